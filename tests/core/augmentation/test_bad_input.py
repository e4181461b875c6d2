"""Rows of every kind go through the whole pipeline, and operators without what they need say how to get it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nltk
import pytest

from core.augmentation.catalogue import operators
from core.augmentation.operator import Context
from core.augmentation.preview import preview, preview_steps, rows_to_show
from core.augmentation.recipe import Recipe
from core.config import parse_config
from core.data.workspace import Version
from core.errors import MissingResource
from core.text import wordnet

ROWS = {
    "empty": "",
    "whitespace": " \n\t\u3000",
    "one word": "film",
    "long": "The film was long and dull. " * 3_600,
    "one long word": "x" * 100_000,
    "emoji": "😀👍🏽 👩‍👩‍👧",
    "right to left": "مرحبا بالعالم. كيف حالك؟ שלום עולם",
    "mixed scripts": "mixed 中文 and English, 混合 text。Yes!",
    "html": '<p class="a">not <b>bold</b><br/>&amp; good</p>',
    "stop words": "the of and to",
    "controls": "a\0b \ud7ff \u200d\u0301",
}
LIGHT = ("casing_noise", "character_swap", "keyboard_noise", "ocr_noise", "random_deletion", "random_swap")
SENTENCES = ("sentence_deletion", "sentence_insertion")
NEED_WORDNET = {"synonym_replacement", "random_insertion"}


@pytest.fixture(autouse=True)
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean cosine has a test of its own; loading the encoder takes seconds."""
    monkeypatch.setattr("core.augmentation.writing.PAIRS", 0)


@pytest.fixture
def no_wordnet(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no WordNet anywhere."""
    monkeypatch.setattr(wordnet, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(nltk.data, "path", [])


@pytest.mark.parametrize("steps", [LIGHT, SENTENCES, ("synonym_replacement", "random_insertion")], ids="+".join)
def test_rows_of_every_kind_pass_through_and_are_counted(
    steps: tuple[str, ...],
    rows_file: Callable[..., Path],
    recipe: Callable[..., Recipe],
    extended: Callable[..., Any],
    synonyms_at_home: None,
) -> None:
    if reason := next(filter(None, (operators()[step].missing() for step in steps)), None):
        pytest.skip(reason)
    source = rows_file([{"id": name, "text": text, "label": "x"} for name, text in ROWS.items()])
    rows, report = extended(source, recipe(*steps, gates=[{"use": "novelty"}, {"use": "length_ratio"}]))
    assert {row["id"]: row["text"] for row in rows[: len(ROWS)]} == ROWS
    assert report.tried == len(ROWS)
    assert report.tried == report.unchanged + report.produced
    assert report.produced == report.accepted + report.duplicates + sum(report.rejected.values())
    made = {row["parent_id"]: row["text"] for row in rows[len(ROWS) :]}
    assert len(made) == report.accepted
    assert not {"empty", "whitespace"} & set(made)
    assert all(text.strip() and text != ROWS[parent] for parent, text in made.items())


def test_without_wordnet_what_needs_it_says_how_to_get_it(no_wordnet: None, tmp_path: Path) -> None:
    told = {name: kind.missing() for name, kind in operators().items()}
    assert {name for name, reason in told.items() if "WordNet" in (reason or "")} == NEED_WORDNET
    for name in NEED_WORDNET:
        assert "wordnet-base" in (told[name] or "")
        with pytest.raises(MissingResource, match="WordNet is not on this machine"):
            parse_config(operators()[name], {}).build(Context("en", tmp_path / "train.parquet", tmp_path / "cache"))


@pytest.mark.parametrize("name", [*LIGHT, "sentence_insertion", "sentence_deletion"])
def test_without_wordnet_the_others_work(no_wordnet: None, make_version: Callable[..., Version], name: str) -> None:
    texts = ["The cat sat quietly on the old mat.", "A dog ran across the yard. It was late."]
    version = make_version(texts)
    chosen = parse_config(Recipe, {"steps": [{"use": name, **({"rate": 0.5} if name in LIGHT else {})}]})
    shown = preview(preview_steps(chosen, version), rows_to_show(version, 0, 2))
    assert all(text.before != text.after for text in shown)

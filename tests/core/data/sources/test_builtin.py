"""The built-in datasets, opened and read whole."""

import functools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import nltk
import pyarrow as pa
import pytest

from core.data.rows import BATCH_ROWS
from core.data.sources.builtin import BUILTINS
from core.data.sources.source import Source
from core.errors import MissingResource, UnknownName
from core.text import wordnet


class Read(NamedTuple):
    source: Source
    batches: list[pa.RecordBatch]
    done: list[int | None]  # what the source said after each batch

    @property
    def table(self) -> pa.Table:
        return pa.Table.from_batches(self.batches)


@pytest.fixture(scope="module")
def read() -> Callable[[str], Read]:
    """A function that reads a built-in dataset, once; a skip where this machine lacks what it is made from."""

    @functools.cache
    def read_one(name: str) -> Read:
        if reason := BUILTINS[name].available():
            pytest.skip(reason)
        source = BUILTINS[name].open()
        found = [(batch, source.done()) for batch in source.batches]
        return Read(source, [batch for batch, _ in found], [done for _, done in found])

    return read_one


@pytest.mark.parametrize("name", list(BUILTINS))
def test_every_builtin_keeps_what_it_says(name: str, read: Callable[[str], Read]) -> None:
    builtin = BUILTINS[name]
    assert builtin.name == name
    assert builtin.title and builtin.note.endswith(".")
    source, batches, done = read(name)
    rows = 0
    for batch, said in zip(batches, done, strict=True):
        assert 0 < len(batch) <= BATCH_ROWS
        rows += len(batch)
        assert said == rows
        mapped = [column for column in source.mapping.model_dump().values() if column]
        assert set(mapped) <= set(batch.schema.names)
        assert all(text.strip() for text in batch[source.mapping.text].to_pylist())
    assert builtin.rows in (None, rows)
    assert source.total in (None, rows)
    assert source.name == name
    assert source.language == builtin.language == "en"


def test_an_unknown_name_lists_the_choices() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'reviews'"):
        BUILTINS["review"]


def test_reviews_are_half_positive_and_half_negative(read: Callable[[str], Read]) -> None:
    table = read("reviews").table
    assert table.column_names == ["text", "label", "topic", "difficulty"]
    assert Counter(table["label"].to_pylist()) == {"positive": 150, "negative": 150}


def test_glosses_have_unique_ids_and_45_topics(read: Callable[[str], Read]) -> None:
    table = read("wordnet-glosses").table
    assert len(table) == len(set(table["synset"].to_pylist())) == 117_659
    assert len(set(table["topic"].to_pylist())) == 45
    car = table.slice(table["synset"].to_pylist().index("02958343-n"), 1).to_pylist()[0]
    assert car == {
        "synset": "02958343-n",
        "text": "A motor vehicle with four wheels; usually propelled by an internal combustion engine. "
        "He needs a car to get to work.",
        "topic": "noun.artifact",
        "words": "car, auto, automobile, machine, motorcar",
        "part_of_speech": "noun",
    }


def test_the_preset_holds_the_eight_largest_noun_topics(read: Callable[[str], Read]) -> None:
    of_all = Counter(read("wordnet-glosses").table["topic"].to_pylist())
    nouns = Counter({topic: count for topic, count in of_all.items() if topic.startswith("noun.")})
    preset = Counter(read("wordnet-topics").table["topic"].to_pylist())
    assert preset == dict(nouns.most_common(8))


def test_few_quotation_marks_are_left_in_the_real_glosses(read: Callable[[str], Read]) -> None:
    """32,930 glosses hold examples; the marks that stay belong to words quoted within a sentence, or are WordNet's own
    slips."""
    texts = read("wordnet-glosses").table["text"].to_pylist()
    assert sum('"' in text for text in texts) < 50
    assert all(text.endswith((".", "!", "?")) for text in texts)
    assert not any("`" in text or "  " in text for text in texts)


@pytest.mark.parametrize("name", ["wordnet-glosses", "wordnet-topics"])
def test_without_wordnet_the_reason_is_given_before_and_when_opening(
    name: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordnet, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(nltk.data, "path", [])
    reason = BUILTINS[name].available()
    assert reason and "wordnet-base" in reason
    with pytest.raises(MissingResource, match="wordnet-base"):
        BUILTINS[name].open()

"""Guesses of what the columns are."""

import pytest

from core.data.mapping import (
    guess_mapping,
    looks_like_text,
    normal_split,
    other_text,
    resolve_mapping,
    unique_names,
)
from core.data.sources.source import ColumnMapping
from core.errors import InputError, UnknownName

SENTENCES = ["A film that I liked.", "So very dull.", "Nothing happens in it.", "Go and see it."] * 5
CLASSES = ["pos", "neg", "neg", "pos"] * 5
LONG_CLASSES = ["a question about an invoice or a payment", "a complaint about the way it was delivered"] * 10
IDS = [str(i) for i in range(20)]
SPLITS = (["train"] * 3 + ["dev"]) * 5


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"text": SENTENCES, "label": CLASSES}, {"text": "text", "label": "label"}),
        ({"label": CLASSES, "review": SENTENCES}, {"text": "review", "label": "label"}),
        ({"a": CLASSES, "b": SENTENCES}, {"text": "b", "label": "a"}),
        ({"Review_Text": SENTENCES, "Sentiment": CLASSES}, {"text": "Review_Text", "label": "Sentiment"}),
        ({"评论": SENTENCES, "标签": CLASSES}, {"text": "评论", "label": "标签"}),
        ({"id": IDS, "x": SENTENCES, "set": SPLITS}, {"text": "x", "split": "set", "id": "id"}),
        ({"x": SENTENCES, "part": SPLITS, "y": CLASSES}, {"text": "x", "split": "part", "label": "y"}),
        ({"title": ["Film"] * 20, "text": SENTENCES, "stars": ["1", "5"] * 10}, {"text": "text", "label": "stars"}),
        ({"n": IDS, "sentence": SENTENCES}, {"text": "sentence"}),
        ({"score": [str(i / 7) for i in range(20)], "body": SENTENCES}, {"text": "body"}),
        ({"id": ["1", "1"] * 10, "text": SENTENCES}, {"text": "text"}),
        ({"text": SENTENCES, "label": [None] * 20}, {"text": "text", "label": "label"}),
        ({"text": SENTENCES, "label": CLASSES, "verified": ["y", "n"] * 10}, {"text": "text", "label": "label"}),
        ({"text": SENTENCES, "a": CLASSES, "b": ["y", "n"] * 10}, {"text": "text"}),
        ({"text": IDS, "story": SENTENCES}, {"text": "story"}),
        ({"text": SENTENCES, "label": [0, 1] * 10}, {"text": "text", "label": "label"}),
        ({"tokens": [["a", "b"]] * 20, "text": SENTENCES}, {"text": "text"}),
        ({"height": IDS, "width": IDS}, {"text": "height"}),
        ({"text": []}, {"text": "text"}),
        ({"text": [None] * 20, "label": CLASSES}, {"text": "text", "label": "label"}),
        ({"label": CLASSES}, {"text": "label"}),
        ({"text": SENTENCES, "label": LONG_CLASSES, "x": IDS}, {"text": "text", "label": "label"}),
        ({"text": SENTENCES, "note": LONG_CLASSES, "x": IDS}, {"text": "text"}),
    ],
)
def test_columns_are_guessed_from_names_and_values(columns: dict[str, list[object]], expected: dict[str, str]) -> None:
    guess = guess_mapping(columns)
    assert guess.model_dump(exclude_none=True) == expected


def test_a_choice_overrules_the_guess() -> None:
    samples = {"a": SENTENCES, "b": CLASSES, "c": IDS}
    guess = ColumnMapping(text="a", label="b")
    assert resolve_mapping(samples, guess, {}) == guess
    assert resolve_mapping(samples, guess, {"label": "c"}) == ColumnMapping(text="a", label="c")
    assert resolve_mapping(samples, guess, {"label": ""}) == ColumnMapping(text="a")
    assert resolve_mapping(samples, guess, {"text": "b"}) == ColumnMapping(text="b")
    assert resolve_mapping(samples, guess, {"label": "a"}) == ColumnMapping(text="b", label="a")


def test_a_choice_that_cannot_be_has_a_sentence() -> None:
    samples = {"a": SENTENCES, "b": CLASSES}
    guess = ColumnMapping(text="a", label="b")
    with pytest.raises(UnknownName, match="no column named 'c'"):
        resolve_mapping(samples, guess, {"text": "c"})
    with pytest.raises(InputError, match="The column 'a' is chosen twice"):
        resolve_mapping(samples, guess, {"text": "a", "label": "a"})
    with pytest.raises(InputError, match="No column is left for the text"):
        resolve_mapping({"a": SENTENCES}, ColumnMapping(text="a"), {"label": "a"})


def test_words_are_told_from_numbers() -> None:
    assert looks_like_text(["abc", "好", "12"])
    assert not looks_like_text(["1", "-2.5", "nan", "1e5"])
    assert not looks_like_text(["2024-01-31", "12:30"])
    assert other_text({"n": IDS, "story": SENTENCES}, "n") == "story"
    assert other_text({"n": IDS, "m": IDS}, "n") is None
    assert other_text({"n": IDS}, "n") is None


@pytest.mark.parametrize(
    ("word", "split"),
    [("Train", "train"), (" VALID ", "validation"), ("dev", "validation"), ("eval", "test"), ("trian", None)],
)
def test_words_for_splits(word: str, split: str | None) -> None:
    assert normal_split(word) == split


def test_names_are_made_unique_whatever_their_case() -> None:
    assert unique_names(["a", "A", "", "a", " b\n c ", "a 2"]) == ["a", "A 2", "column 3", "a 3", "b c", "a 2 2"]
    assert len(unique_names(["x" * 500])[0]) == 100

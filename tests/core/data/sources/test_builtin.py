"""The built-in datasets, opened and read whole."""

from collections import Counter
from pathlib import Path

import nltk
import pyarrow as pa
import pytest

from core.data.rows import BATCH_ROWS
from core.data.sources.builtin import BUILTINS, Builtin
from core.errors import MissingResource, UnknownName
from core.text import wordnet


def read(builtin: Builtin) -> pa.Table:
    """All rows of a built-in dataset, or a skip where this machine lacks what it is made from."""
    if reason := builtin.available():
        pytest.skip(reason)
    return pa.Table.from_batches(builtin.open().batches)


@pytest.mark.parametrize("name", list(BUILTINS))
def test_every_builtin_keeps_what_it_says(name: str) -> None:
    builtin = BUILTINS[name]
    assert builtin.name == name
    assert builtin.title and builtin.note.endswith(".")
    if reason := builtin.available():
        pytest.skip(reason)
    source = builtin.open()
    rows = 0
    for batch in source.batches:
        assert 0 < len(batch) <= BATCH_ROWS
        rows += len(batch)
        assert source.done() == rows
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


def test_reviews_are_half_positive_and_half_negative() -> None:
    table = read(BUILTINS["reviews"])
    assert table.column_names == ["text", "label", "topic", "difficulty"]
    assert Counter(table["label"].to_pylist()) == {"positive": 150, "negative": 150}


def test_glosses_have_unique_ids_and_45_topics() -> None:
    table = read(BUILTINS["wordnet-glosses"])
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


def test_the_preset_holds_the_eight_largest_noun_topics() -> None:
    of_all = Counter(read(BUILTINS["wordnet-glosses"])["topic"].to_pylist())
    nouns = Counter({topic: count for topic, count in of_all.items() if topic.startswith("noun.")})
    preset = Counter(read(BUILTINS["wordnet-topics"])["topic"].to_pylist())
    assert preset == dict(nouns.most_common(8))


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

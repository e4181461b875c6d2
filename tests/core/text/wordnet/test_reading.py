"""Reading WordNet: a small one made here, and the real one where it is there."""

from collections import Counter
from pathlib import Path

import pytest

from core.errors import FileError, MissingResource
from core.text.wordnet import LEXICOGRAPHER_FILES, Synset, read_synsets, wordnet_folder
from tests.core.text.wordnet.small_wordnet import FILES, SYNSETS, write


@pytest.fixture(scope="module")
def real() -> list[Synset]:
    """All of them, read once."""
    try:
        return list(read_synsets(wordnet_folder()))
    except MissingResource as error:
        pytest.skip(str(error))


def test_synsets_are_read_with_their_words_topic_and_gloss(tmp_path: Path) -> None:
    assert list(read_synsets(write(tmp_path / "small"))) == SYNSETS


@pytest.mark.parametrize(
    "line",
    [
        *("02084071 05 n 01 dog 0 000\n", "02084071 45 n 01 dog 0 000 | a pet\n", "x 05 n 01 dog 0 000 | a pet\n"),
        "02084071 05 n 01 dog 0 002 @ 02083346 n 0000 | a pet\n",
    ],
    ids=["no gloss", "no such topic", "no offset", "fewer pointers than it says"],
)
def test_a_damaged_line_is_named_by_file_and_number(tmp_path: Path, line: str) -> None:
    folder = write(tmp_path / "small", {**FILES, "data.verb": line})
    with pytest.raises(FileError, match=r"Line 2 of WordNet's file .*data\.verb is damaged"):
        list(read_synsets(folder))


def test_the_real_wordnet_has_117_659_synsets_in_45_topics(real: list[Synset]) -> None:
    topics: Counter[str] = Counter()
    ids = set()
    for synset in real:
        topics[synset.topic] += 1
        ids.add(synset.id)
        assert synset.words and synset.gloss
    assert len(ids) == topics.total() == 117_659
    assert set(topics) == set(LEXICOGRAPHER_FILES)
    assert topics["noun.animal"] == 7_509


def test_a_topic_belongs_to_the_part_of_speech_in_its_name(real: list[Synset]) -> None:
    short = {"noun": "noun", "verb": "verb", "adjective": "adj", "adverb": "adv"}
    assert all(synset.topic.split(".")[0] == short[synset.part_of_speech] for synset in real)

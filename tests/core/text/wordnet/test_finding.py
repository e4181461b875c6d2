"""Finding WordNet on this machine, as a folder or as an archive."""

from pathlib import Path

import nltk
import pytest

from core.errors import FileError, MissingResource
from core.text import wordnet
from core.text.wordnet import read_synsets, wordnet_folder
from tests.core.text.wordnet.small_wordnet import FILES, SYNSETS, names, packed, write


def test_without_wordnet_the_error_tells_both_ways_to_get_it(bare: Path) -> None:
    with pytest.raises(MissingResource) as caught:
        wordnet_folder()
    assert "make setup" in caught.value.remedy
    assert "apt-get install wordnet-base" in caught.value.remedy


def test_an_incomplete_folder_is_not_wordnet(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    part = write(tmp_path / "part", {"data.noun": FILES["data.noun"]})
    monkeypatch.setattr(wordnet, "SYSTEM_FOLDERS", (part,))
    with pytest.raises(MissingResource):
        wordnet_folder()


def test_a_folder_on_nltks_path_is_used_where_it_is(bare: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "nltk_data" / "corpora" / "wordnet")
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    assert wordnet_folder() == folder
    assert not bare.exists()


def test_an_archive_on_nltks_path_is_unpacked_once_into_the_home_folder(bare: Path, tmp_path: Path) -> None:
    archive = tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(packed())
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    folder = wordnet_folder()
    assert folder == bare / "cache" / "nltk" / "corpora" / "wordnet"
    assert list(read_synsets(folder)) == SYNSETS
    archive.unlink()
    assert wordnet_folder() == folder
    assert names(folder.parent) == ["wordnet"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed()[:-200], "is damaged"),
        (packed().replace(packed()[60:90], b"\xff" * 30), "is damaged"),
        (b"not an archive", "is damaged"),
        (packed({"data.noun": FILES["data.noun"]}), "does not hold WordNet"),
    ],
    ids=["cut off", "overwritten", "no archive", "incomplete"],
)
def test_a_bad_archive_is_named_and_leaves_nothing(bare: Path, tmp_path: Path, content: bytes, words: str) -> None:
    archive = tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(content)
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    with pytest.raises(FileError, match=words):
        wordnet_folder()
    assert names(bare / "cache" / "nltk" / "corpora") == []


def test_an_archive_that_unpacks_to_too_much_is_refused(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordnet, "MAX_UNZIPPED", 100)
    archive = tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(packed())
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    with pytest.raises(FileError, match="too large"):
        wordnet_folder()

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.errors import FileError
from core.text.stopwords import NLTK_FILES, bundled_stopwords, nltk_stopwords, stopwords


@pytest.fixture(autouse=True)
def no_nltk_data(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the folder below the test's own home can hold NLTK's data."""
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.delenv("NLTK_DATA", raising=False)


def test_the_bundled_lists_are_short_lower_case_and_hold_the_commonest_words() -> None:
    commonest = {
        **{"en": "the of and", "zh": "的 了 是", "de": "der die und", "fr": "de la et", "es": "de la que"},
        **{"it": "di che e", "pt": "de que não", "nl": "de het een", "ru": "и в не"},
    }
    lists = bundled_stopwords()
    assert lists.keys() == commonest.keys()
    for language, words in commonest.items():
        assert set(words.split()) <= lists[language]
        assert 100 <= len(lists[language]) <= 200
        assert all(word == word.lower().strip() for word in lists[language])


@pytest.mark.skipif(bool(nltk_stopwords("en")), reason="NLTK's stop words are installed for everybody here")
def test_without_nltks_corpus_the_bundled_list_is_used() -> None:
    assert nltk_stopwords("en") == frozenset()
    assert stopwords("de") == bundled_stopwords()["de"]
    assert stopwords("en") == bundled_stopwords()["en"] | {"'s", "'m", "'re", "'ve", "'ll", "'d", "n't"}


def test_a_language_without_a_list_has_no_stop_words() -> None:
    assert stopwords("ja") == stopwords("und") == stopwords("xx") == frozenset()


def put(archive: Path, home: Path) -> Path:
    target = home / "cache" / "nltk" / "corpora" / "stopwords.zip"
    target.parent.mkdir(parents=True)
    shutil.copy(archive, target)
    return target


def test_nltks_corpus_is_used_zipped_or_unpacked(shared_data: Path, home: Path) -> None:
    archive = put(shared_data / "nltk" / "stopwords.zip", home)
    zipped = {language: nltk_stopwords(language) for language in NLTK_FILES}
    assert all(len(words) > 30 for words in zipped.values())
    assert {"the", "mustn't"} <= zipped["en"]
    assert "'s" in stopwords("en")
    with zipfile.ZipFile(archive) as pack:
        pack.extractall(archive.parent)
    archive.unlink()
    assert {language: nltk_stopwords(language) for language in NLTK_FILES} == zipped
    assert stopwords("ar") == zipped["ar"]  # a language without a bundled list


def test_a_damaged_archive_is_named(home: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK not a zip file")
    put(tmp_path / "broken.zip", home)
    with pytest.raises(FileError, match=r"stopwords\.zip is damaged"):
        stopwords("en")


def test_the_folders_are_those_of_nltk_itself(tmp_path: Path) -> None:
    code = (
        "import nltk.data; from core.text.stopwords import nltk_folders; from pathlib import Path; "
        "print(nltk_folders()[1:] == [Path(p) for p in nltk.data.path])"
    )
    environment = {**os.environ, "NLTK_DATA": f"{tmp_path}/a{os.pathsep}~/b"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "True"

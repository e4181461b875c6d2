"""Synonyms in the same form, from the real WordNet, made once for all tests of this file."""

from pathlib import Path

import pytest

from core.errors import MissingResource
from core.text.synonym_forms import SynonymForms


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "synonyms"  # the operator's tests use it too: it takes ten seconds to make


@pytest.fixture(scope="module")
def table(cache: Path) -> SynonymForms:
    try:
        return SynonymForms.load(cache)
    except MissingResource as error:
        pytest.skip(str(error))


def words(table: SynonymForms, form: str, tag: str) -> list[str]:
    found = table.get(form, tag)
    return [near.word for near in found.candidates] if found else []


@pytest.mark.parametrize(
    ("form", "tag", "expected"),
    [
        ("movies", "NNS", "films"),
        ("movie", "NN", "film"),
        ("watched", "VBD", "viewed"),
        ("watched", "VBN", "viewed"),
        ("buying", "VBG", "purchasing"),
        ("bigger", "JJR", "larger"),
        ("often", "RB", "frequently"),
        ("movie", "NN", "motion picture"),
    ],
)
def test_the_form_is_kept(table: SynonymForms, form: str, tag: str, expected: str) -> None:
    assert expected in words(table, form, tag)
    assert form not in words(table, form, tag)


def test_the_part_of_speech_is_kept(table: SynonymForms) -> None:
    assert "viewed" not in words(table, "watch", "NN")
    assert words(table, "movies", "VBZ") == words(table, "zorb", "NN") == []


def test_the_best_stand_first_and_fits_are_shares(table: SynonymForms) -> None:
    found = table.get("film", "NN")
    assert found is not None
    fits = [near.fit for near in found.candidates]
    assert fits == sorted(fits, reverse=True)
    assert all(0 < fit <= 1 for fit in fits)
    assert found.candidates[0].word == "movie"


def test_a_form_of_two_words_has_none(table: SynonymForms) -> None:
    assert words(table, "leaves", "NNS") == []  # of "leaf" or of "leave"
    assert words(table, "leaves", "VBZ")


def test_what_a_form_can_be_besides(table: SynonymForms) -> None:
    movies, film, watched, enjoyed, moving = (
        table.get(*key)
        for key in (("movies", "NNS"), ("film", "NN"), ("watched", "VBD"), ("enjoyed", "VBD"), ("moving", "VBG"))
    )
    assert movies and film and watched and enjoyed and moving
    assert (movies.is_alone, film.is_alone, enjoyed.is_alone) == (True, False, False)
    # "film" is a verb too; "watched" may become "saw" or "seen", "enjoyed" means the same as VBD and VBN.
    assert [found.one_part for found in (movies, film, watched, enjoyed)] == [True, False, False, True]
    assert (moving.is_adjective, watched.is_adjective) == (True, False)
    assert watched.lemma == "watch"


def test_offensive_and_odd_words_are_not_among_them(table: SynonymForms) -> None:
    every = {near for key in table._places if "\t" in key for near in words(table, *key.split("\t"))}
    assert len(every) > 20_000
    assert not every & {"ass", "bitch", "faggot", "nigger", "twelvemonth", "yr", "hr", "eld", "histrion"}
    assert all(word.islower() for word in every)


def test_phrases_are_known(table: SynonymForms) -> None:
    assert table.is_phrase("soap", "opera")
    assert table.is_phrase("carry", "out")
    assert not table.is_phrase("good", "film")


def test_the_table_is_made_once_and_hypernyms_have_their_own(table: SynonymForms, cache: Path) -> None:
    made = {path.name: path.stat().st_mtime_ns for path in cache.glob("*.arrow")}
    assert words(SynonymForms.load(cache), "movies", "NNS") == words(table, "movies", "NNS")
    assert {path.name: path.stat().st_mtime_ns for path in cache.glob("*.arrow")} == made
    assert "dogs" in words(SynonymForms.load(cache, "hypernym"), "puppies", "NNS")
    assert sorted(path.name.split("-")[0] for path in cache.glob("*.arrow")) == ["hypernym", "synonym"]

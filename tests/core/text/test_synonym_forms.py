"""Synonyms in the same form, from the real WordNet, made once for all tests of this file."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import MissingResource
from core.text.synonym_forms import SynonymForms
from core.text.synonym_table import Certainty
from core.text.tagging import tagger


@pytest.fixture(scope="module")
def table(synonyms: Path) -> SynonymForms:
    try:
        return SynonymForms.load(synonyms)
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


def test_how_sure_the_likeliest_tag_is(table: SynonymForms) -> None:
    def certainty(word: str) -> int:
        place = table.places.get(word)
        return Certainty.NEVER if place is None else int(table.certainty[place])

    movies = table.places["movies"]
    assert tagger().rules.names[table.tags[movies]] == "NNS"
    assert certainty("movies") == Certainty.ALWAYS
    assert certainty("enjoyed") == Certainty.ALWAYS  # as VBD and VBN it means the same
    assert certainty("film") in (Certainty.OPEN, Certainty.MOSTLY)  # there is a verb
    assert certainty("story") == Certainty.ALWAYS
    assert not any(map(certainty, ("moving", "entertaining", "paris", "hollywood")))


def test_a_sure_tag_has_something_to_offer(table: SynonymForms) -> None:
    sure = np.flatnonzero(table.certainty == Certainty.ALWAYS)
    assert len(sure) > 10_000
    vb, vbp = tagger().rules.codes(["VB", "VBP"])
    tags = table.tags[sure]
    assert (table.meanings(sure, np.where(tags == vbp, vb, tags)) >= 0).all()


def test_meanings_are_found_by_word_and_tag(table: SynonymForms) -> None:
    tags = tagger().rules.codes(["NN", "VB", "VBZ", "RB"])
    watch, often = table.places["watch"], table.places["often"]
    found = table.meanings(np.array([watch, watch, watch, often, often]), np.array([tags[1], *tags[1:], tags[0]]))
    assert (found >= 0).tolist() == [True, True, False, True, False]
    assert table.words[int(table.lemmas[found[0]])].as_py() == "watch"


def test_offensive_and_odd_words_are_not_among_them(table: SynonymForms) -> None:
    every = set(table.candidates.to_pylist())
    assert len(every) > 20_000
    assert not every & {"ass", "bitch", "faggot", "nigger", "twelvemonth", "yr", "hr", "eld", "histrion"}
    assert all(word.islower() for word in every)


def test_phrases_are_known(table: SynonymForms) -> None:
    def makes_phrase(first: str, second: str) -> bool:
        return bool(table.makes_phrase(*(np.array([table.places[word]]) for word in (first, second)))[0])

    assert makes_phrase("soap", "opera")
    assert makes_phrase("opera", "house")
    assert makes_phrase("carry", "out")
    assert not makes_phrase("opera", "soap")
    nowhere = np.array([len(table.words)])  # what is no word of the table is part of no phrase
    assert not table.makes_phrase(nowhere, nowhere).any()
    assert "zorb" not in table.places


def test_the_table_is_made_once_and_hypernyms_have_their_own(table: SynonymForms, hypernyms: Path) -> None:
    made = {path.name: path.stat().st_mtime_ns for path in hypernyms.glob("*.arrow")}
    assert words(SynonymForms.load(hypernyms), "movies", "NNS") == words(table, "movies", "NNS")
    assert made.items() <= {path.name: path.stat().st_mtime_ns for path in hypernyms.glob("*.arrow")}.items()
    assert "dogs" in words(SynonymForms.load(hypernyms, "hypernym"), "puppies", "NNS")
    assert {"hypernym", "synonym"} <= {path.name.split("-")[0] for path in hypernyms.glob("*.arrow")}

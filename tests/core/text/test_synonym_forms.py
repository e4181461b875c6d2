"""Synonyms in the same form, from the real WordNet, made once for all tests of this file."""

from pathlib import Path

import pytest

from core.errors import MissingResource
from core.text.synonym_forms import Certainty, SynonymForms


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
    leads = {lead.form: lead for lead in table.leads()}
    movies = leads["movies"]
    assert (movies.tag, movies.certainty, movies.lemma) == ("NNS", Certainty.ALWAYS, "movie")
    assert leads["enjoyed"].certainty == Certainty.ALWAYS  # as VBD and VBN it means the same
    assert leads["film"].certainty in (Certainty.OPEN, Certainty.MOSTLY)  # there is a verb
    assert leads["story"].certainty == Certainty.ALWAYS
    assert not leads.keys() & {"moving", "entertaining", "paris", "hollywood"}
    assert all(lead.fit >= lead.word_fit for lead in leads.values())


def test_offensive_and_odd_words_are_not_among_them(table: SynonymForms) -> None:
    every = {near for key in table._places if "\t" in key for near in words(table, *key.split("\t"))}
    assert len(every) > 20_000
    assert not every & {"ass", "bitch", "faggot", "nigger", "twelvemonth", "yr", "hr", "eld", "histrion"}
    assert all(word.islower() for word in every)


def test_phrases_are_known(table: SynonymForms) -> None:
    before, after = table.partners("opera")
    assert "soap" in before
    assert "house" in after
    assert "out" in table.partners("carry")[1]
    assert table.partners("zorb") == (frozenset(), frozenset())


def test_the_table_is_made_once_and_hypernyms_have_their_own(table: SynonymForms, synonyms: Path) -> None:
    made = {path.name: path.stat().st_mtime_ns for path in synonyms.glob("*.arrow")}
    assert words(SynonymForms.load(synonyms), "movies", "NNS") == words(table, "movies", "NNS")
    assert made.items() <= {path.name: path.stat().st_mtime_ns for path in synonyms.glob("*.arrow")}.items()
    assert "dogs" in words(SynonymForms.load(synonyms, "hypernym"), "puppies", "NNS")
    assert {"hypernym", "synonym"} <= {path.name.split("-")[0] for path in synonyms.glob("*.arrow")}

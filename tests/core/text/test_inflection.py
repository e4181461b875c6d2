"""Inflected forms: regular, irregular, of phrases, and none that is no word."""

import pytest
from lemminflect import getAllInflections

from core.text.inflection import forms, inflected


@pytest.mark.parametrize(
    ("lemma", "tag", "form"),
    [
        ("film", "NNS", "films"),
        ("child", "NNS", "children"),
        ("view", "VBD", "viewed"),
        ("see", "VBN", "seen"),
        ("see", "VBD", "saw"),
        ("see", "VBP", "see"),
        ("large", "JJR", "larger"),
        ("fast", "RBS", "fastest"),
        ("beneficial", "JJR", None),  # no "beneficialer"
        ("zorb", "VBD", None),
        ("zorb", "NN", "zorb"),
        ("take in", "VBD", "took in"),
        ("motion picture", "NNS", "motion pictures"),
        ("at last", "RB", "at last"),
        ("at last", "RBR", None),
    ],
)
def test_forms(lemma: str, tag: str, form: str | None) -> None:
    assert inflected(lemma, tag) == form


def test_regular_verbs_have_a_participle_too() -> None:
    assert forms("view", "v") == {"VB": "view", "VBZ": "views", "VBG": "viewing", "VBD": "viewed", "VBN": "viewed"}


def test_forms_are_those_that_lemminflect_gives() -> None:
    tags = {"n": "NOUN", "v": "VERB", "a": "ADJ", "r": "ADV"}
    lemmas = "be can bless child dare dog fast get good learn leaf lie may old quiz run see ski small swim wolf zorb"
    for lemma in lemmas.split():
        for part, universal in tags.items():
            own = forms(lemma, part)
            given = getAllInflections(lemma, universal)
            base = next(iter(own))
            expected = {tag: spellings[0] for tag, spellings in given.items() if tag not in (base, "VBP", "MD")}
            assert {tag: form for tag, form in own.items() if tag in expected} == expected
            assert set(own) - set(expected) <= {base, "VBN"}

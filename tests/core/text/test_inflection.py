"""Inflected forms: regular, irregular, of phrases, and none that is no word."""

import pytest

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

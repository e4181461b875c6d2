"""Tags: known words, guesses by the ending, and the rules that look at neighbours."""

import numpy as np
import pytest

from core.errors import MissingResource
from core.text import tagging
from core.text.contextual_rules import FAR
from core.text.tagging import tagger


def tagged(text: str) -> str:
    words = text.split()
    return " ".join(tagger().tags(words))


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("they watch the watch .", "PRP VBP DT NN ."),
        ("I want to film a film", "PRP VBP TO VB DT NN"),
        ("an entertaining film", "DT JJ NN"),
        ("he plans to work on the work", "PRP VBZ TO VB IN DT NN"),
        ("The movies were great", "DT NNS VBD JJ"),  # a capital at the start makes no name
        ("Paris is a city", "NNP VBZ DT NN"),
        ("", ""),
    ],
)
def test_neighbours_decide_between_the_tags_of_a_word(text: str, tags: str) -> None:
    assert tagged(text) == tags


def test_unknown_words_are_tagged_by_their_ending() -> None:
    assert [tagger().word_tag(word) for word in ("zorbly", "zorbed", "zorbs", "zorbing", "12.5")] == [
        *("RB", "VBN", "NNS", "VBG", "CD")
    ]
    assert not tagger().knows("zorbly")


def test_names_are_known_in_lower_case() -> None:
    assert tagger().is_name("hollywood")
    assert not tagger().is_name("movie")
    assert not tagger().is_name("zorbly")


def test_a_tag_depends_on_three_words_to_either_side_at_most() -> None:
    text = "the long and winding road that leads to a door will never disappear from view"
    words = text.split()
    rules = tagger().rules
    plain = [tagger().word_tag(word) for word in words]
    codes = np.array([rules.codes(words), rules.codes(plain)], np.int16)
    every = np.arange(FAR, len(words) - FAR)
    whole = rules.corrected(codes, every)
    assert whole.any()
    for i, new in zip(every.tolist(), whole.tolist(), strict=True):
        assert rules.corrected(codes[:, i - FAR : i + FAR + 1], np.array([FAR])) == [new]


def test_what_is_kept_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "MOST_KEPT", 50)
    for i in range(200):
        assert tagger().word_tag(f"zorb{i}ly") == "RB"
    assert len(tagger()._kept) <= 50


def test_without_textblob_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingResource, match="pip install textblob"):
        tagging.tagger.__wrapped__()

"""Tags: known words, guesses by the ending, and the rules that look at neighbours."""

from pathlib import Path

import pytest

from core.errors import MissingResource
from core.text import tagging
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
    tags = tagger().tags(words)
    plain = [tagger().word_tag(word) for word in words]
    for i in range(3, len(words) - 3):
        near = slice(i - 3, i + 4)
        assert tagger().tag_at(words[near], plain[near], 3) == tags[i]


def test_the_first_rule_that_holds_decides(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_text(";;; a comment\n\nNN VB PREVTAG TO\nNN JJ NEXTWD dog\nNN RB SURROUNDTAG TO DT\nNN UH CURWD oh\n")
    rules = tagging._contextual_rules(path)
    one = tagging.Tagger.__new__(tagging.Tagger)
    one._rules = rules
    assert one.tag_at(["to", "x", "dog"], ["TO", "NN", "NN"], 1) == "VB"  # the rule before NEXTWD's
    assert one.tag_at(["a", "x", "dog"], ["DT", "NN", "NN"], 1) == "JJ"
    assert one.tag_at(["oh"], ["NN"], 0) == "UH"
    assert one.tag_at(["x"], ["NN"], 0) == "NN"
    assert one.tag_at(["x"], ["VB"], 0) == "VB"


def test_what_is_kept_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "MOST_KEPT", 50)
    for i in range(200):
        assert tagger().word_tag(f"zorb{i}ly") == "RB"
    assert len(tagger()._kept) <= 50


def test_without_textblob_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingResource, match="pip install textblob"):
        tagging.tagger.__wrapped__()

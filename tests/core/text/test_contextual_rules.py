"""Rules by hand: which of them decides, and where each looks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.text.contextual_rules import FAR, OUTSIDE, ContextualRules

Corrected = Callable[[str, str, int], str]


@pytest.fixture
def corrected(tmp_path: Path) -> Callable[[str], Corrected]:
    """A function that makes one of rules: from words, their tags and a place to the new tag, "" without one."""

    def make(lines: str) -> Corrected:
        path = tmp_path / "rules.txt"
        path.write_text(lines, encoding="utf-8")
        rules = ContextualRules(path)

        def new_tag(words: str, tags: str, i: int) -> str:
            outside = [OUTSIDE] * FAR
            names = ([*outside, *line.split(), *outside] for line in (words, tags))
            return rules.names[int(rules.corrected(np.array(list(map(rules.codes, names))), np.array([i + FAR]))[0])]

        return new_tag

    return make


def test_the_first_rule_that_holds_decides(corrected: Callable[[str], Corrected]) -> None:
    tag_at = corrected(";;; a comment\n\nNN VB PREVTAG TO\nNN JJ NEXTWD dog\nNN RB SURROUNDTAG TO DT\nNN UH CURWD oh\n")
    assert tag_at("to x dog", "TO NN NN", 1) == "VB"  # the rule before NEXTWD's
    assert tag_at("a x dog", "DT NN NN", 1) == "JJ"
    assert tag_at("oh", "NN", 0) == "UH"
    assert tag_at("x", "NN", 0) == ""
    assert tag_at("to x", "TO VB", 1) == ""


@pytest.mark.parametrize(
    ("rule", "words", "tags", "holds"),
    [
        ("NN VB PREVTAG TO", "x y z", "TO NN TO", True),
        ("NN VB PREVTAG TO", "x y z", "DT NN TO", False),
        ("NN VB NEXTTAG TO", "x y z", "DT NN TO", True),
        ("NN VB PREVTAG STAART", "y", "NN", True),  # nothing stands before it
        ("NN VB PREVTAG STAART", "x y", "DT NN", False),
        ("NN VB PREV1OR2TAG TO", "x y", "DT NN", False),
        ("NN VB SURROUNDTAG TO DT", "x y z", "TO NN DT", True),
        ("NN VB SURROUNDTAG TO DT", "x y z", "DT NN TO", False),
        ("NN VB CURWD y", "x y z", "DT NN TO", True),
        ("NN VB WDNEXTTAG y TO", "x y z", "DT NN TO", True),
        ("NN VB WDNEXTTAG x TO", "x y z", "DT NN TO", False),
        ("NN VB LBIGRAM x y", "x y z", "DT NN TO", True),
        ("NN VB RBIGRAM x y", "x y z", "DT NN TO", False),
    ],
)
def test_where_a_rule_looks(
    corrected: Callable[[str], Corrected], rule: str, words: str, tags: str, holds: bool
) -> None:
    every_kind = "UH FW CURWD zorb\nUH FW LBIGRAM zorb zorb\n"
    place = words.split().index("y")
    assert corrected(f"{rule}\n{every_kind}")(words, tags, place) == ("VB" if holds else "")


def test_two_pairs_that_begin_alike_are_told_apart(corrected: Callable[[str], Corrected]) -> None:
    tag_at = corrected("NN VB SURROUNDTAG TO DT\nNN JJ SURROUNDTAG TO NN\nNN RB NEXTTAG VB\n")
    assert [tag_at("x y z", f"TO NN {after}", 1) for after in ("DT", "NN", "VB", "TO")] == ["VB", "JJ", "RB", ""]

"""Which words of a text changed: the difference between two texts, word by word, blanks included."""

import difflib
import functools
import re
from typing import Literal, NamedTuple

from core.text.characters import UNSPACED, outside_words

MAX_TOKENS = 2_000  # the comparison takes quadratic time at worst; longer differences are shown as one


class WordChange(NamedTuple):
    """A stretch of text. `before` is empty where it was inserted, `after` where it was deleted."""

    kind: Literal["same", "inserted", "deleted", "replaced"]
    before: str
    after: str


def word_changes(before: str, after: str) -> list[WordChange]:
    """Return the stretches that turn `before` into `after`, in order.

    Joining every `before` gives `before`, joining every `after` gives `after`; no two stretches of one kind are
    neighbours. Where more than MAX_TOKENS words differ they are one stretch that was replaced.
    """
    old, new = _token().findall(before), _token().findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    pieces = [
        _change(old[:start], new[:start]),
        *_middle(old_middle, new_middle),
        _change(old[len(old) - end :], new[len(new) - end :]),
    ]
    return [piece for piece in pieces if piece.before or piece.after]


@functools.cache
def _token() -> re.Pattern[str]:
    """Return the pattern of a word, a run of blanks, or one other character; "unspaced" characters are words."""
    inside = f"[^{outside_words()}{UNSPACED}]+"
    return re.compile(rf"{inside}(?:['’]{inside})*|\s+|.", re.DOTALL)


def _middle(old: list[str], new: list[str]) -> list[WordChange]:
    if max(len(old), len(new)) > MAX_TOKENS:
        return [_change(old, new)]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [_change(old[i:j], new[k:n]) for _, i, j, k, n in matcher.get_opcodes()]


def _change(old: list[str], new: list[str]) -> WordChange:
    before, after = "".join(old), "".join(new)
    if before == after:
        return WordChange("same", before, after)
    if not before:
        return WordChange("inserted", before, after)
    return WordChange("replaced" if after else "deleted", before, after)


def _common(old: list[str], new: list[str]) -> int:
    """Return how many tokens both begin with."""
    count = 0
    for x, y in zip(old, new, strict=False):
        if x != y:
            break
        count += 1
    return count

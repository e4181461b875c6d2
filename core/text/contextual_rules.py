"""Brill's contextual rules: they correct the tag of a word by what stands around it, for many places at once.

Brill 1995, "Transformation-based error-driven learning and natural language processing", section 4. Words and tags are
small numbers here, and a kind of rule is a table in which all places look at once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.text.inflection import TAGS

Codes = NDArray[np.integer[Any]]

FAR = 3  # words to either side that rules look at
OUTSIDE = "STAART"  # the tag and the word before the first and after the last, as the rules spell it
OTHER = 0  # the code of words and tags that no rule names
NO_RULE = 1 << 14  # more than there are

# Where each kind of rule looks. T0 is the place's own tag, T-1 the tag before it, W1 the word after it. A rule of the
# first kind holds if any of its slots has the rule's value, one of the second kind if both have theirs.
ANY_OF = {
    **{"PREVTAG": "T-1", "PREV2TAG": "T-2", "PREV1OR2TAG": "T-1 T-2", "PREV1OR2OR3TAG": "T-1 T-2 T-3"},
    **{"NEXTTAG": "T1", "NEXT2TAG": "T2", "NEXT1OR2TAG": "T1 T2", "NEXT1OR2OR3TAG": "T1 T2 T3"},
    **{"CURWD": "W0", "PREVWD": "W-1", "NEXTWD": "W1", "PREV1OR2WD": "W-1 W-2", "NEXT1OR2WD": "W1 W2"},
}
BOTH_OF = {
    **{"SURROUNDTAG": "T-1 T1", "PREVBIGRAM": "T-2 T-1", "NEXTBIGRAM": "T1 T2"},
    **{"WDPREVTAG": "T-1 W0", "WDNEXTTAG": "W0 T1", "WDAND2TAGBFR": "T-2 W0", "WDAND2TAGAFT": "W0 T2"},
    **{"WDAND2AFT": "W0 W2", "LBIGRAM": "W-1 W0", "RBIGRAM": "W0 W1"},
}


class ContextualRules:
    """The rules of a file: "NN VB PREVTAG TO" makes NN a VB where TO stands before it."""

    def __init__(self, path: Path) -> None:
        lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
        rules = [fields for fields in lines if fields and ";" not in fields[0]]
        named = {OUTSIDE, *(tag for tags in TAGS.values() for tag in tags)}
        named.update(name for old, new, _, *values in rules for name in (old, new, *values))
        self.names = ["", *sorted(named)]  # by code; a word and a tag that are spelt alike share one
        self._codes = {name: code for code, name in enumerate(self.names) if name}
        self._new = np.full(NO_RULE + 1, OTHER, np.int16)  # the tag that a rule gives
        size = len(self.names)
        one: dict[int, Codes] = defaultdict(lambda: np.full((size, size), NO_RULE, np.int16))
        two: dict[tuple[int, int], Codes] = defaultdict(lambda: np.zeros((size, size), np.int16))
        last = [np.full(size, NO_RULE, np.int16)]
        for number, (old, new, kind, *values) in reversed(list(enumerate(rules))):  # so the first one stays
            own, *wanted = self.codes((old, *values))
            self._new[number] = self.codes([new])[0]
            for slot in _slots(ANY_OF.get(kind, "")):
                one[slot][own, wanted[0]] = number
            if kind in BOTH_OF:
                first, second = _slots(BOTH_OF[kind])
                pairs = two[first, second]
                if not pairs[own, wanted[0]]:
                    pairs[own, wanted[0]] = len(last)
                    last.append(last[0].copy())
                last[pairs[own, wanted[0]]][wanted[1]] = number
        # By slot, own tag and value there: the first rule.
        self._slots, self._one = np.array(list(one)), np.stack(list(one.values()))
        # By pair of slots, own tag and value in the first: a number. By that number and value in the second: the rule.
        self._pairs, self._two = np.array(list(two)).T, np.stack(list(two.values()))
        self._last = np.stack(last)

    def codes(self, names: Iterable[str]) -> list[int]:
        """Return the numbers of words or tags, OTHER for those that no rule names."""
        return [self._codes.get(name, OTHER) for name in names]

    def corrected(self, codes: Codes, places: Codes) -> Codes:
        """Return the tags that the first rule that holds gives the `places` (N,), OTHER where none holds.

        `codes` (2, P) are those of words and of their tags, with FAR times OUTSIDE's before and after every text.
        """
        window = places + np.arange(-FAR, FAR + 1)[:, None]
        around = codes[:, window].reshape(2 * len(window), len(places))
        own = codes[1, places]
        rules = self._one[_index(self._slots), own, around[self._slots]].min(0)
        first, second = self._pairs
        numbers = self._two[_index(first), own, around[first]]
        found: Codes = self._new[np.minimum(rules, self._last[numbers, around[second]].min(0))]
        return found


def _index(values: Codes) -> Codes:
    return np.arange(len(values))[:, None]


def _slots(names: str) -> Sequence[int]:
    """Return the places of the slots among the words and then the tags of a window."""
    return [FAR + int(far) + (2 * FAR + 1 if kind == "T" else 0) for kind, far in re.findall(r"([TW])(-?\d)", names)]

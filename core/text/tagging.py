"""Parts of speech of English words, offline: TextBlob's PatternTagger, and Brill's contextual rules that come with it.

PatternTagger gives each word the tag it has most often (94,000 words of the Brown and Wall Street Journal corpora), or
one by its ending, without a look at its neighbours, so its answers can be kept by word. TextBlob leaves the contextual
rules (Brill 1995, "Transformation-based error-driven learning", section 4) unused; here they correct "the watch" and
"to film". TextBlob's package imports NLTK, which takes seconds, so the one file that is needed is loaded by its path.
"""

import functools
import importlib.util
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from core.errors import MissingResource

MOST_KEPT = 100_000  # words whose tags are kept; above it all are forgotten, so memory stays bounded
REMEDY = "Run `make setup`, or install it with `pip install textblob`."
OUTSIDE = "STAART"  # the tag and the word before the first and after the last, as the rules spell it
SENTENCE_END = frozenset({".", "!", "?", "...", "…", '"', "“", "''", "``", "(", ":"})

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

FAR = 3  # words to either side that rules look at
NO_RULE = 1 << 16  # more than there are

Rule = tuple[int, str]  # its place in the file, and the new tag


class _Rules(NamedTuple):
    """The rules that change one tag. A slot is a place among the words and then the tags of a window."""

    one: list[tuple[int, dict[str, Rule]]]  # a slot, and the rules by what stands in it
    two: list[tuple[int, int, dict[tuple[str, str], Rule]]]


class _Kept(dict[str, str]):
    """Tags by word; what is not there is asked for and kept."""

    def __init__(self, module: ModuleType, lexicon: dict[str, str]) -> None:
        self._module = module
        self._lexicon = lexicon

    def __missing__(self, word: str) -> str:
        tag = self._lexicon.get(word) or self._lexicon.get(word.lower())
        if tag is None:  # guessed by the ending
            tag = self._module.find_tags([word], lexicon=self._lexicon, language="en")[0][1]
        if len(self) >= MOST_KEPT:
            self.clear()
        self[word] = tag = tag.partition("|")[0]
        return tag


class Tagger:
    """Gives English words the tags of the Penn Treebank (NN, NNS, VBD, JJ, ...)."""

    def __init__(self, module: ModuleType, folder: Path) -> None:
        lexicon = module.Lexicon(path=str(folder / "en-lexicon.txt"))
        self._lexicon: dict[str, str] = dict(lexicon.items())
        self._kept = _Kept(module, self._lexicon)
        self._rules = _contextual_rules(folder / "en-context.txt")

    def knows(self, word: str) -> bool:
        """Tell whether `word` is in the lexicon as it is written; other words' tags are guesses by their endings."""
        return word in self._lexicon

    def is_name(self, word: str) -> bool:
        """Tell whether `word`, in lower case, is in the lexicon as a name only ("hollywood")."""
        return word not in self._lexicon and str(self._lexicon.get(word.title(), "")).startswith("NNP")

    def word_tag(self, word: str) -> str:
        """Return the tag that `word` has most often, whatever stands around it."""
        return self._kept[word]

    def tags(self, words: Sequence[str]) -> list[str]:
        """Return a tag for each of `words` (punctuation marks are words), corrected by what stands around it.

        A capital at the start of a sentence does not make a name.
        """
        plain = [self._kept[self._uncapitalised(words, i)] for i in range(len(words))]
        return [self.tag_at(words, plain, i) for i in range(len(words))]

    def _uncapitalised(self, words: Sequence[str], i: int) -> str:
        word = words[i]
        if word.islower() or not (i == 0 or words[i - 1] in SENTENCE_END or word.isupper()):
            return word
        lower = word.lower()
        return lower if lower in self._lexicon else word

    def tag_at(self, words: Sequence[str], plain: Sequence[str], i: int) -> str:
        """Return the tag of the word at `i`, given every word's `word_tag`: the first rule that holds there decides.

        It depends on nothing further away than FAR words.
        """
        rules = self._rules.get(plain[i])
        if rules is None:
            return plain[i]
        around = [*_window(words, i), *_window(plain, i)]
        best: Rule = (NO_RULE, plain[i])
        for place, found in rules.one:
            rule = found.get(around[place])
            if rule is not None and rule < best:
                best = rule
        for place, other, pairs in rules.two:
            rule = pairs.get((around[place], around[other]))
            if rule is not None and rule < best:
                best = rule
        return best[1]


def _window(values: Sequence[str], i: int) -> Sequence[str]:
    """Return the 2 FAR + 1 values around the place `i`."""
    if i >= FAR and i + FAR < len(values):
        return values[i - FAR : i + FAR + 1]
    return [values[j] if 0 <= j < len(values) else OUTSIDE for j in range(i - FAR, i + FAR + 1)]


@functools.cache
def tagger() -> Tagger:
    """Return the tagger; the first time it takes a tenth of a second. Raises MissingResource without TextBlob."""
    path = _textblob()
    spec = importlib.util.spec_from_file_location("textblob_text", path)
    if spec is None or spec.loader is None:
        raise MissingResource("TextBlob's file _text.py cannot be read.", REMEDY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Tagger(module, path.parent / "en")


def _textblob() -> Path:
    """Return the path of TextBlob's file that tags. Raises MissingResource."""
    package = importlib.util.find_spec("textblob")
    folders = package.submodule_search_locations if package else None
    path = Path(folders[0]) / "_text.py" if folders else None
    if path is None or not path.is_file():
        raise MissingResource("TextBlob, which finds parts of speech, is not installed.", REMEDY)
    return path


def _contextual_rules(path: Path) -> dict[str, _Rules]:
    """Return the rules of `path` by the tag they change: "NN VB PREVTAG TO" makes NN a VB where TO stands before it."""
    one: dict[str, dict[int, dict[str, Rule]]] = defaultdict(lambda: defaultdict(dict))
    two: dict[str, dict[tuple[int, int], dict[tuple[str, str], Rule]]] = defaultdict(lambda: defaultdict(dict))
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    for number, (old, new, kind, *values) in enumerate(fields for fields in lines if fields and ";" not in fields[0]):
        for slot in _slots(ANY_OF.get(kind, "")):
            one[old][slot].setdefault(values[0], (number, new))
        if kind in BOTH_OF:
            first, second = _slots(BOTH_OF[kind])
            two[old][first, second].setdefault((values[0], values[1]), (number, new))
    return {
        old: _Rules(list(one[old].items()), [(*slots, found) for slots, found in two[old].items()])
        for old in one.keys() | two.keys()
    }


def _slots(names: str) -> list[int]:
    return [FAR + int(far) + (2 * FAR + 1 if kind == "T" else 0) for kind, far in re.findall(r"([TW])(-?\d)", names)]

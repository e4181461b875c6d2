"""Parts of speech of English words, offline: TextBlob's PatternTagger, and Brill's contextual rules that come with it.

PatternTagger gives each word the tag it has most often (94,000 words of the Brown and Wall Street Journal corpora), or
one by its ending, without a look at its neighbours, so its answers can be kept by word. TextBlob leaves the contextual
rules unused; here they correct "the watch" and "to film". TextBlob's package imports NLTK, which takes seconds, so the
one file that is needed is loaded by its path.
"""

import functools
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from core.errors import MissingResource
from core.text.contextual_rules import FAR, OUTSIDE, ContextualRules

MOST_KEPT = 100_000  # words whose tags are kept; above it all are forgotten, so memory stays bounded
REMEDY = "Run `make setup`, or install it with `pip install textblob`."
SENTENCE_END = frozenset({".", "!", "?", "...", "…", '"', "“", "''", "``", "(", ":"})


class _Kept(dict[str, str]):
    """Tags by word; what is not there is asked for and kept."""

    def __init__(self, module: ModuleType, lexicon: dict[str, str]) -> None:
        self._module = module
        self._lexicon = lexicon

    def __missing__(self, word: str) -> str:
        self.keep([word])
        return self[word]

    def keep(self, words: Sequence[str]) -> None:
        """Find the tags of `words`; of many at once in half the time that it takes one by one."""
        if len(self) + len(words) > MOST_KEPT:
            self.clear()
        unknown = []
        for word in words:
            tag = self._lexicon.get(word) or self._lexicon.get(word.lower())
            if tag is None:
                unknown.append(word)
            else:
                self[word] = tag.partition("|")[0]
        if unknown:
            self.update(self._module.find_tags(unknown, lexicon={}, language="en"))  # guessed by the ending


class Tagger:
    """Gives English words the tags of the Penn Treebank (NN, NNS, VBD, JJ, ...)."""

    def __init__(self, module: ModuleType, folder: Path) -> None:
        lexicon = module.Lexicon(path=str(folder / "en-lexicon.txt"))
        self._lexicon: dict[str, str] = dict(lexicon.items())
        self._kept = _Kept(module, self._lexicon)
        self.rules = ContextualRules(folder / "en-context.txt")

    def knows(self, word: str) -> bool:
        """Tell whether `word` is in the lexicon as it is written; other words' tags are guesses by their endings."""
        return word in self._lexicon

    def is_name(self, word: str) -> bool:
        """Tell whether `word`, in lower case, is in the lexicon as a name only ("hollywood")."""
        return word not in self._lexicon and str(self._lexicon.get(word.title(), "")).startswith("NNP")

    def word_tag(self, word: str) -> str:
        """Return the tag that `word` has most often, whatever stands around it."""
        return self._kept[word]

    def word_tags(self, words: Sequence[str]) -> list[str]:
        """Return the `word_tag` of each of `words`."""
        self._kept.keep([word for word in words if word not in self._kept])
        return list(map(self._kept.__getitem__, words))

    def tags(self, words: Sequence[str]) -> list[str]:
        """Return a tag for each of `words` (punctuation marks are words), corrected by what stands around it.

        A capital at the start of a sentence does not make a name.
        """
        plain = self.word_tags([self._uncapitalised(words, i) for i in range(len(words))])
        outside = [OUTSIDE] * FAR
        codes = np.array([self.rules.codes([*outside, *names, *outside]) for names in (words, plain)])
        corrected = self.rules.corrected(codes, np.arange(FAR, FAR + len(words)))
        return [self.rules.names[code] or tag for code, tag in zip(corrected.tolist(), plain, strict=True)]

    def _uncapitalised(self, words: Sequence[str], i: int) -> str:
        word = words[i]
        if word.islower() or not (i == 0 or words[i - 1] in SENTENCE_END or word.isupper()):
            return word
        lower = word.lower()
        return lower if lower in self._lexicon else word


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

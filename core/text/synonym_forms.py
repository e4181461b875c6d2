"""What could stand in place of a word form: synonyms (or hypernyms, hyponyms) in the same inflected form.

"movies" as NNS gives "films", "watched" as VBD gives "viewed". All this is worked out once for all of WordNet and kept
on disk; columns of numbers are used as they lie in the file.
"""

import functools
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.text.synonym_table import make
from core.text.tagging import tagger
from core.text.thesaurus import Relation
from core.text.wordnet import wordnet_folder

ROOT = Path(__file__).parents[2]
FORMAT = 3  # of the table; another number makes a new one

Ints = NDArray[np.integer[Any]]


class Related(NamedTuple):
    """A word to put in another's place; `fit` in (0, 1] is how well it does."""

    word: str
    fit: float


class Forms(NamedTuple):
    """What could stand in place of a form under one tag, the best first, and the form's lemma."""

    lemma: str
    candidates: list[Related]


class SynonymForms:
    """Words, the commonest first, and what could stand in their place under each tag, for one relation.

    Words are named by their places, tags by their codes in the tagger's rules. The meanings of word w, one a tag, are
    those from `first_meaning[w]` to before `first_meaning[w + 1]`; the candidates of meaning m, the best first, those
    from `first_candidate[m]` to before `first_candidate[m + 1]`.
    """

    def __init__(self, table: pa.Table) -> None:
        self.words, tags, certainty, meanings, partners = (column.chunk(0) for column in table.columns)
        meaning_tags, lemmas, candidates = meanings.values.flatten()
        self.candidates, fits = candidates.values.flatten()
        self.tags, self.meaning_tags = map(_codes, (tags, meaning_tags))  # (words,), (meanings,); the commonest tag
        self.certainty: Ints = _numbers(certainty)  # (words,)
        self.lemmas: Ints = _numbers(lemmas)  # (meanings,)
        self.fits: Ints = _numbers(fits)  # (candidates,), in thousandths
        self.first_meaning: Ints = _numbers(meanings.offsets)  # (words + 1,)
        self.first_candidate: Ints = _numbers(candidates.offsets)  # (meanings + 1,)
        self._most = int(np.diff(self.first_meaning).max())
        places = np.arange(len(self.words))
        first = np.repeat(places, np.diff(_numbers(partners.offsets)))
        second = _numbers(partners.values)
        self._phrases = self._pairs(first, second)
        self._begins, self._ends = (np.isin(np.append(places, -1), words) for words in (first, second))

    @classmethod
    def load(cls, cache: Path, relation: Relation = "synonym") -> "SynonymForms":
        """Return the table from the folder `cache`; the first time it is made there, which takes seven seconds.

        It is made by a process of its own, which gives back the half gigabyte that this needs. Raises MissingResource
        where WordNet or TextBlob is absent, FileError where WordNet is damaged, StorageError.
        """
        path = cache / f"{relation}-forms-{FORMAT}.arrow"
        with suppress(OSError, pa.ArrowInvalid):
            return cls(_open(path))
        wordnet_folder()  # what is absent is told before the work
        tagger()
        # It makes millions of small things and throws none away: looking for garbage among them takes an eighth longer.
        code = f"import gc, sys; gc.disable(); from {make.__module__} import make; make(*sys.argv[1:])"
        made = subprocess.run([sys.executable, "-c", code, path, relation], cwd=ROOT, capture_output=True)
        if made.returncode:
            make(path, relation)  # it fails here too, with its reason
        return cls(_open(path))

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """The places of the words, which are in lower case."""
        return {word: place for place, word in enumerate(self.words.to_pylist())}

    def get(self, form: str, tag: str) -> Forms | None:
        """Return what could stand in place of `form` (in lower case) where it has the Penn Treebank `tag`, or None."""
        place = self.places.get(form)
        if place is None:
            return None
        code = tagger().rules.codes([tag])[0]
        for meaning in range(self.first_meaning[place], self.first_meaning[place + 1]):
            if self.meaning_tags[meaning] == code:
                found = slice(self.first_candidate[meaning], self.first_candidate[meaning + 1])
                fits = self.fits[found] / 1000
                pairs = zip(self.candidates[found].to_pylist(), fits.tolist(), strict=True)
                return Forms(self.words[int(self.lemmas[meaning])].as_py(), [Related(*pair) for pair in pairs])
        return None

    def meanings(self, words: Ints, tags: Ints) -> Ints:
        """Return the meaning of each of `words` (N,) under each of `tags` (N,), -1 where there is none."""
        near = self.first_meaning[words][:, None] + np.arange(self._most)  # (N, meanings of the word)
        held = near < self.first_meaning[words + 1][:, None]
        held &= self.meaning_tags[np.minimum(near, len(self.meaning_tags) - 1)] == tags[:, None]
        return np.where(held.any(1), near[np.arange(len(words)), held.argmax(1)], -1)

    def makes_phrase(self, first: Ints, second: Ints) -> NDArray[np.bool_]:
        """Tell of each pair of words (N,), (N,) whether WordNet has the phrase that they make: "soap opera"."""
        found = self._begins[first] & self._ends[second]
        likely = np.flatnonzero(found)
        pairs = self._pairs(first[likely], second[likely])
        near = np.minimum(np.searchsorted(self._phrases, pairs), len(self._phrases) - 1)
        found[likely] = self._phrases[near] == pairs
        return found

    def _pairs(self, first: Ints, second: Ints) -> Ints:
        return first.astype(np.int64) * (len(self.words) + 1) + second


def _codes(tags: pa.DictionaryArray) -> Ints:
    return np.array(tagger().rules.codes(tags.dictionary.to_pylist()), np.int16)[_numbers(tags.indices)]


def _numbers(array: pa.Array) -> Ints:
    """Return the numbers as they lie in the file; Arrow's own way imports pandas, which takes a quarter of a second."""
    numbers = np.frombuffer(array.buffers()[1], f"i{array.type.bit_width // 8}")
    return numbers[array.offset : array.offset + len(array)]


def _open(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()

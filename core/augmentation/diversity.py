"""How varied texts are: tokens, vocabulary and distinct-n, in bounded memory however many texts there are.

Distinct-n is the number of different n-grams divided by the number of all (Li et al. 2016, "A Diversity-Promoting
Objective Function for Neural Conversation Models", section 5). Different ones are counted by the KEPT smallest of
their 64-bit hashes: exactly up to that many, beyond that with a standard error of 0.2 % (Beyer et al. 2007, "On
Synopses for Distinct-Value Estimation Under Multiset Operations", section 3).
"""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

KEPT = 1 << 18
WAITING = 1 << 20
REMEMBERED_TOKENS = 300_000

Hashes = npt.NDArray[np.uint64]
Tokenize = Callable[[Sequence[str]], list[list[str]]]


class DistinctCount:
    """Counts the different ones among uniformly distributed 64-bit hashes."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._smallest: Hashes = np.empty(0, np.uint64)
        self._waiting: tuple[Hashes, ...] = ()
        self._full = False

    def add(self, hashes: Hashes) -> None:
        """Count `hashes`."""
        if self._full:
            hashes = hashes[hashes < self._smallest[-1]]
        self._waiting = (*self._waiting, hashes)
        if sum(map(len, self._waiting)) >= WAITING:
            self._settle()

    def count(self) -> int:
        """Return how many different hashes there were."""
        self._settle()
        if not self._full:
            return len(self._smallest)
        return round((self._kept - 1) / ((int(self._smallest[-1]) + 1) / 2**64))

    def _settle(self) -> None:
        different = np.unique(np.concatenate([self._smallest, *self._waiting]))
        self._full = self._full or len(different) > self._kept
        self._smallest, self._waiting = different[: self._kept], ()


class Diversity:
    """Tokens, vocabulary, distinct-1 and distinct-2 of the texts added so far."""

    def __init__(self, tokenize: Tokenize) -> None:
        self._tokenize = tokenize
        self._hashes: dict[str, int] = {}
        self._words, self._pairs = DistinctCount(), DistinctCount()
        self.tokens = self._bigrams = 0

    def emptied(self) -> "Diversity":
        """Return one that has seen nothing."""
        return Diversity(self._tokenize)

    def add(self, texts: Sequence[str]) -> None:
        """Count the tokens of `texts`."""
        rows = self._tokenize(texts)
        lengths = [len(row) for row in rows]
        words = np.fromiter((self._hash(token) for row in rows for token in row), np.uint64, sum(lengths))
        row = np.repeat(np.arange(len(rows)), lengths)
        pairs = _mixed(words[:-1] * np.uint64(0x9E3779B97F4A7C15) + words[1:])[row[:-1] == row[1:]]
        self._words.add(words)
        self._pairs.add(pairs)
        self.tokens += len(words)
        self._bigrams += len(pairs)

    @property
    def vocabulary(self) -> int:
        """How many different tokens there are."""
        return self._words.count()

    @property
    def distinct_1(self) -> float:
        """Different tokens by all tokens, 0 where there are none."""
        return self._words.count() / max(1, self.tokens)

    @property
    def distinct_2(self) -> float:
        """Different pairs of neighbouring tokens by all such pairs, 0 where there are none."""
        return self._pairs.count() / max(1, self._bigrams)

    def _hash(self, token: str) -> int:
        known = self._hashes.get(token)
        if known is None:
            if len(self._hashes) >= REMEMBERED_TOKENS:
                self._hashes.clear()
            digest = hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            known = self._hashes[token] = int.from_bytes(digest, "big")
        return known


def _mixed(numbers: Hashes) -> Hashes:
    """Return numbers spread evenly over 64 bits (the finaliser of SplitMix64, Steele et al. 2014, figure 17)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))

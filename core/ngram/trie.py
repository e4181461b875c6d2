"""All n-grams of a model, level by level, so that millions are looked up at once.

Level k holds the n-grams of k words in the order of their words' numbers. An n-gram is known by its place in its level,
and kept as one 64-bit key: the place of its first k - 1 words in the level below, then the number of its last word.
Level 1 is the vocabulary, and a place there is the number of the word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.ngram.vocabulary import BEGIN, Ids

Keys = NDArray[np.uint64]
Places = NDArray[np.int64]  # -1 where there is no such n-gram
Flags = NDArray[np.bool_]

BLOCK = 1 << 20


@dataclass(frozen=True)
class Matches:
    """What of a stream a trie holds, for every position i and k = 1 to order.

    `places[k - 1][i]` is the place of the n-gram of k words that ends at i, and `whole[k - 1][i]` tells whether the
    sequence is that long there.
    """

    places: list[Places]
    whole: list[Flags]


class Trie:
    """The keys of the n-grams; `keys[0]` belongs to level 2."""

    def __init__(self, vocabulary_size: int, keys: Sequence[Keys]) -> None:
        self.vocabulary_size = vocabulary_size
        self.keys = keys
        self.bits = np.uint64(bits_for(vocabulary_size))
        self.order = len(keys) + 1

    def size(self, k: int) -> int:
        """Return how many n-grams of `k` words there are."""
        return self.vocabulary_size if k == 1 else len(self.keys[k - 2])

    def find(self, k: int, prefixes: Places, words: NDArray[np.integer]) -> Places:
        """Return the places in level `k` >= 2 of the n-grams that are these places of level k - 1 and these words."""
        keys = self.keys[k - 2]
        if not len(keys):
            return np.full(len(words), -1, np.int64)
        wanted = (prefixes.astype(np.uint64) << self.bits) | words.astype(np.uint64)
        different, inverse = np.unique(wanted, return_inverse=True)  # in order, the search stays in the cache
        places = np.searchsorted(keys, different)
        found = keys[np.minimum(places, len(keys) - 1)] == different
        found_places: Places = np.where(found, places, -1)[inverse]
        return found_places

    def place(self, words: Sequence[int]) -> int:
        """Return the place of one n-gram in its level, -1 where it was not seen."""
        place = words[0]
        for k, word in enumerate(words[1:], 2):
            if place < 0 or k > self.order:
                return -1
            place = int(self.find(k, np.array([place]), np.array([word]))[0])
        return place

    def children(self, k: int, place: int) -> slice:
        """Return where in level k + 1 the n-grams are that begin with the one at `place` of level `k`."""
        bounds = np.array([place, place + 1], np.uint64) << self.bits
        start, stop = np.searchsorted(self.keys[k - 1], bounds).tolist()
        return slice(start, stop)

    def last_words(self, k: int, where: slice) -> Places:
        """Return the last word of each n-gram of level `k` >= 2 in `where`."""
        return (self.keys[k - 2][where] & self._mask).astype(np.int64)

    def prefixes(self, k: int, where: slice) -> Places:
        """Return the place in level k - 1 of each n-gram of level `k` >= 2 in `where`, without its last word."""
        return (self.keys[k - 2][where] >> self.bits).astype(np.int64)

    def words(self, k: int, where: slice) -> list[Places]:
        """Return the words of the n-grams of level `k` in `where`: `k` arrays, the first words first."""
        if k == 1:
            return [np.arange(self.vocabulary_size, dtype=np.int64)[where]]
        words, places = [self.last_words(k, where)], self.prefixes(k, where)
        for below in range(k - 1, 1, -1):
            keys = self.keys[below - 2][places]
            words.append((keys & self._mask).astype(np.int64))
            places = (keys >> self.bits).astype(np.int64)
        return [places, *reversed(words)]

    def blocks(self, k: int) -> Iterator[slice]:
        """Yield level `k` in parts of about BLOCK n-grams; those with one prefix are never in different parts."""
        keys = self.keys[k - 2] if k > 1 else np.arange(self.vocabulary_size, dtype=np.uint64)
        start = 0
        while start < len(keys):
            stop = min(start + BLOCK, len(keys))
            if k > 1:
                following = ((keys[stop - 1] >> self.bits) + np.uint64(1)) << self.bits
                stop = int(np.searchsorted(keys, following))
            else:
                stop = len(keys)
            yield slice(start, stop)
            start = stop

    def beginning(self, k: int) -> slice:
        """Return where in level `k` the n-grams are that begin with `<s>`."""
        start, stop = BEGIN, BEGIN + 1
        for level in range(1, k):
            start, stop = self.children(level, start).start, self.children(level, stop - 1).stop
            if start >= stop:
                return slice(start, start)
        return slice(start, stop)

    def match(self, stream: Ids) -> Matches:
        """Return the n-grams that end at each position of `stream`, sequences between `<s>` and `</s>`."""
        follows = stream != BEGIN
        places: list[Places] = [stream.astype(np.int64)]
        whole: list[Flags] = [np.ones(len(stream), bool)]
        for k in range(2, self.order + 1):
            is_whole = np.zeros(len(stream), bool)
            is_whole[1:] = whole[-1][:-1] & follows[1:]
            at = np.flatnonzero(is_whole[1:] & (places[-1][:-1] >= 0)) + 1
            found = np.full(len(stream), -1, np.int64)
            found[at] = self.find(k, places[-1][at - 1], stream[at])
            places.append(found)
            whole.append(is_whole)
        return Matches(places, whole)

    @property
    def _mask(self) -> np.uint64:
        return (np.uint64(1) << self.bits) - np.uint64(1)


def bits_for(vocabulary_size: int) -> int:
    """Return how many bits hold the number of any word of a vocabulary."""
    return max(1, (vocabulary_size - 1).bit_length())

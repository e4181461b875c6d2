"""Counting: how often every n-gram up to an order is in a text, by sorting 64-bit numbers, one length after the other.

The number of an n-gram that ends at a position is made of three parts, each in bits of its own: the rank of the n-gram
of the words before, the word, and the position. One sort of these numbers puts equal n-grams side by side, in the order
of a trie, and tells where each was. A text that is too long for that is counted in chunks, which are merged.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.jobs import Job, Progress
from core.ngram.levels import Level, empty_level, firsts_of, lengths_of, sums
from core.ngram.merging import merge_level
from core.ngram.text import Text
from core.ngram.trie import Trie, bits_for
from core.ngram.vocabulary import BEGIN, Ids

CHUNK = 1 << 23  # positions counted at once: about 300 MB while they are sorted


@dataclass(frozen=True)
class Counted:
    """How often every n-gram was seen. `words` (V,) are the counts of level 1; `levels[0]` is level 2."""

    words: NDArray[np.int64]
    levels: list[Level]
    tokens: int
    sequences: int

    @property
    def trie(self) -> Trie:
        """The n-grams."""
        return Trie(len(self.words), [level.keys for level in self.levels])


def count(text: Text, order: int, folder: Path, chunk: int = CHUNK) -> Job[Counted]:
    """Return the n-grams of 1 to `order` words of `text`, in files in `folder`.

    N-grams do not reach from one sequence into the next; the first ones of a sequence begin with one `<s>`. More than
    `chunk` positions at once, or fewer where the vocabulary is so large that three numbers do not fit into 64 bits, are
    sorted in parts that wait on disk, so the memory needed does not grow with the text.
    """
    vocabulary_size = len(text.counts)
    bits = bits_for(vocabulary_size)
    chunk = min(chunk, (1 << min((64 - bits) // 2, 64 - 2 * bits)) - order)
    parts: list[Path] = []
    try:
        starts = range(0, len(text.stream), chunk) if order > 1 else []
        for start in starts:
            yield Progress(start, len(text.stream), "tokens", "Counting the n-grams")
            before = min(start, order - 1)  # words that belong to the n-grams across the border between two chunks
            levels = count_chunk(text.stream[start - before : start + chunk], before, order, bits)
            part = folder if len(text.stream) <= chunk else folder / f"chunk-{len(parts)}"
            part.mkdir(parents=True, exist_ok=True)
            for k, level in enumerate(levels, 2):
                level.save(part, k)
            del levels
            parts.append(part)
        if len(parts) > 1:
            maps = [np.arange(vocabulary_size, dtype=np.uint32)] * len(parts)
            for k in range(2, order + 1):
                yield Progress(k - 1, order, "orders", "Merging the counts")
                maps = merge_level(parts, maps, k, bits, folder)
    finally:
        for part in parts:
            if part != folder:
                shutil.rmtree(part)
    loaded = [Level.load(folder, k) for k in range(2, order + 1)]
    return Counted(text.counts, loaded, text.tokens, text.sequences)


def count_chunk(stream: Ids, before: int, order: int, bits: int) -> list[Level]:
    """Return levels 2 to `order` of the n-grams in `stream` (N,), counting those that end after the first `before`."""
    position_bits = np.uint64(len(stream).bit_length())
    position_mask = (np.uint64(1) << position_bits) - np.uint64(1)
    follows = stream != BEGIN
    whole = np.ones(len(stream), bool)
    ranks = stream.astype(np.uint32)  # of the n-gram that ends at each position, in its level
    levels: list[Level] = []
    for _ in range(2, order + 1):
        whole[1:] = whole[:-1] & follows[1:]
        whole[0] = False
        at = np.flatnonzero(whole)
        if not len(at):
            levels.append(empty_level())
            continue
        keys = ranks[at - 1].astype(np.uint64)
        keys <<= np.uint64(bits)
        keys |= stream[at].astype(np.uint64)
        keys <<= position_bits
        keys |= at.astype(np.uint64)
        del at
        keys.sort()
        positions = (keys & position_mask).astype(np.uint32)
        keys >>= position_bits
        firsts = firsts_of(keys)
        lengths = lengths_of(firsts, len(keys))
        counts = sums((positions >= before).astype(np.uint32), firsts) if before else lengths.astype(np.uint32)
        levels.append(Level(keys[firsts], counts, ranks[positions[firsts]]))
        ranks[positions] = np.repeat(np.arange(len(firsts), dtype=np.uint32), lengths)
    return levels

"""From counts to tables: for an interpolated estimator, the probability of every n-gram that was seen and the weight
that its history hands to the shorter one, written to disk level by level."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.jobs import Job, Progress
from core.ngram.counting import Counted
from core.ngram.estimators import Integers, Interpolated
from core.ngram.levels import filled, firsts_of, lengths_of, path_of
from core.ngram.trie import Trie
from core.ngram.vocabulary import BEGIN

Table = NDArray[np.float32]

BLOCK = 1 << 22
HISTOGRAM = 5  # counts 0 to 4, which discounts are made from


@dataclass(frozen=True)
class Tables:
    """`probabilities[k - 1]` are those of the n-grams of level k, `backoffs[k - 1]` the weights of level k as
    histories: what a probability under the history without its first word is multiplied by. What is no history
    weighs as much as one that was never seen."""

    probabilities: list[Table]
    backoffs: list[Table]


@dataclass(frozen=True)
class Discounts:
    """What was taken off the counts of the n-grams of each length, and the lengths for which the fallback was used."""

    values: list[tuple[float, ...]]
    fallbacks: list[int]


def estimate(counted: Counted, order: int, kind: type[Interpolated], folder: Path) -> Job[tuple[Tables, Discounts]]:
    """Return the tables of `kind` for n-grams of up to `order` words, in files in `folder`.

    At the highest order, and without continuation counts at each, the counts are those of the text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trie = counted.trie
    tables, discounts = Tables([], []), Discounts([], [])
    for k in range(1, order + 1):
        yield Progress(k - 1, order, "orders", "Estimating the probabilities")
        counts = counts_of(counted, trie, k, continuation=kind.continuation and k < order, folder=folder)
        estimator, fell_back = kind.fitted(histogram_of(counts))
        discounts.values.append(estimator.discounts)
        discounts.fallbacks.extend([k] if fell_back else [])
        tables.probabilities.append(filled(path_of(folder, k, "probabilities"), len(counts), np.float32))
        if k == 1:
            _single_words(counts, estimator, tables.probabilities[0])
        else:
            path = path_of(folder, k - 1, "backoffs")
            tables.backoffs.append(filled(path, trie.size(k - 1), np.float32, kind.unseen))
            _level(counts, counted, trie, k, estimator, tables)
        if kind.continuation and k < order:
            del counts
            (folder / "continuation.npy").unlink(missing_ok=True)
    return tables, discounts


def _single_words(counts: NDArray[np.integer], estimator: Interpolated, probabilities: Table) -> None:
    """Fill in the probabilities of level 1: `<s>` has none, and what is left over goes to all others alike."""
    predicted = np.delete(counts, BEGIN).astype(np.int64)
    shares, left = estimator.word_shares(predicted)
    probabilities[:] = np.insert(shares + left / len(predicted), BEGIN, 0.0)


def _level(
    counts: NDArray[np.integer], counted: Counted, trie: Trie, k: int, estimator: Interpolated, tables: Tables
) -> None:
    """Fill in the probabilities of level `k` and the weights of its histories."""
    backoffs = tables.backoffs[-1]
    for block in trie.blocks(k):
        prefixes = trie.prefixes(k, block)
        firsts = firsts_of(prefixes)
        shares, left = estimator.shares(counts[block].astype(np.int64), firsts)
        if estimator.adds_up:
            below = tables.probabilities[k - 2][counted.levels[k - 2].suffixes[block]]
            shares += np.repeat(left, lengths_of(firsts, len(prefixes))) * below
        tables.probabilities[k - 1][block] = shares
        backoffs[prefixes[firsts]] = left


def counts_of(counted: Counted, trie: Trie, k: int, continuation: bool, folder: Path) -> NDArray[np.integer]:
    """Return the counts of level `k` that probabilities are made from; `<s>` is never predicted and has the count 0.

    With `continuation`, an n-gram counts by how many different words stand before it, unless it begins with `<s>`.
    """
    raw: NDArray[np.integer] = counted.words if k == 1 else counted.levels[k - 2].counts
    if k == 1:
        raw = raw.copy()
        raw[BEGIN] = 0
    if not continuation:
        return raw
    counts: NDArray[np.integer] = filled(folder / "continuation.npy", len(raw), np.uint32)
    suffixes = counted.levels[k - 1].suffixes
    for block in _blocks(len(suffixes)):
        np.add.at(counts, suffixes[block].astype(np.intp), np.uint32(1))  # with other types it takes 20 times as long
    beginning = trie.beginning(k)
    counts[beginning] = raw[beginning]
    return counts


def histogram_of(counts: NDArray[np.integer]) -> Integers:
    """Return how many of `counts` are 0, 1, 2, 3 and 4, (5,)."""
    histogram = np.zeros(HISTOGRAM + 1, np.int64)
    for block in _blocks(len(counts)):
        histogram += np.bincount(np.minimum(counts[block], HISTOGRAM), minlength=HISTOGRAM + 1)
    return histogram[:HISTOGRAM]


def _blocks(size: int) -> Iterator[slice]:
    for start in range(0, size, BLOCK):
        yield slice(start, start + BLOCK)

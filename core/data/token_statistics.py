"""What the words are: a sample of a version's tokens, and from it Zipf's curve, vocabulary growth and n-grams."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.data.explore import EVERYTHING, opened
from core.data.filters import Filters, filtered_sql
from core.data.workspace import Version
from core.text.tokenizers import TOKENIZERS, tokenizer_for

# Enough for the shape of every curve, and read and tokenized in under a second on one core.
SAMPLE_ROWS = 20_000
ROW_CHARACTERS = 10_000
SAMPLE_CHARACTERS = 300_000
SAMPLE_CHARACTERS_OF = {"basic_english": 3_000_000, "whitespace": 3_000_000, "characters": 1_000_000, "jieba": 120_000}

CURVE_POINTS = 200
HASHES = 2**64
LARGEST_KEY = 2**63 - 1

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class TokenSample:
    """The tokens of `sampled` rows out of `of` that match the filters, drawn by the hash of their ids.

    `codes` (N,) are places in `vocabulary`, which is in the order of first appearance; `ends` (sampled,) says where
    each row stops in `codes`. Of `cut` rows only the first ROW_CHARACTERS were read.
    """

    codes: Codes
    ends: Codes
    vocabulary: Sequence[str]
    tokenizer: str
    sampled: int
    of: int
    cut: int

    @cached_property
    def counts(self) -> Codes:
        """How often each token of the vocabulary occurs, (V,)."""
        return np.bincount(self.codes, minlength=len(self.vocabulary))


@dataclass(frozen=True)
class Zipf:
    """Tokens by rank: `ranks` from 1, `counts` and `tokens` at about CURVE_POINTS ranks spaced evenly in the logarithm.

    `exponent` is s in count ~ rank**-s, by least squares through these points in log-log; None below 3 points.
    """

    ranks: tuple[int, ...]
    counts: tuple[int, ...]
    tokens: tuple[str, ...]
    exponent: float | None


@dataclass(frozen=True)
class Growth:
    """After `tokens[i]` tokens, `types[i]` different ones were seen."""

    tokens: tuple[int, ...]
    types: tuple[int, ...]


@dataclass(frozen=True)
class Ngram:
    """A run of tokens inside one row, and how often it occurs in the sample."""

    tokens: tuple[str, ...]
    count: int


def token_sample(version: Version, filters: Filters = EVERYTHING, tokenizer: str | None = None) -> TokenSample:
    """Return the tokens of the rows that match, or of a sample where they are many; the same rows every time.

    `tokenizer` is a name in TOKENIZERS, None for the one that suits the language. The sample is at most about
    SAMPLE_ROWS rows and as many characters as its tokenizer reads in half a second. Raises as
    `core.data.explore.rows_page`, and UnknownName or MissingResource for the tokenizer.
    """
    name = tokenizer or tokenizer_for(version.language)
    tokenize = TOKENIZERS[name].tokenize_many
    where, values = filtered_sql(version, filters)
    budget = SAMPLE_CHARACTERS_OF.get(name, SAMPLE_CHARACTERS)
    with opened(version) as duck:
        of = duck.execute(f"SELECT count(*) FROM data WHERE {where}", values).fetchall()[0][0]
        drawn = f"AND hash(id) < {SAMPLE_ROWS * HASHES // of}" if of > SAMPLE_ROWS else ""
        # Rows in the order of their hashes, until their characters are enough.
        order = "OVER (ORDER BY hash(id), id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        read = f"least(length(text), {ROW_CHARACTERS})"
        rows = duck.execute(
            f"SELECT left(text, {ROW_CHARACTERS}), length(text) > {ROW_CHARACTERS} FROM data WHERE {where} {drawn} "
            f"QUALIFY sum({read}) {order} - {read} < {budget} ORDER BY hash(id), id",
            values,
        ).fetchall()
    return encoded(tokenize([text for text, _ in rows]), name, of, sum(cut for _, cut in rows))


def encoded(rows: Sequence[Sequence[str]], tokenizer: str, of: int, cut: int = 0) -> TokenSample:
    """Return `rows` of tokens as a sample out of `of` rows."""
    every = list(itertools.chain.from_iterable(rows))
    vocabulary: dict[str, int] = defaultdict(itertools.count().__next__)
    codes = np.fromiter(map(vocabulary.__getitem__, every), np.int64, len(every))
    ends = np.cumsum(list(map(len, rows)), dtype=np.int64)
    return TokenSample(codes, ends, tuple(vocabulary), tokenizer, len(rows), of, cut)


def zipf(sample: TokenSample) -> Zipf:
    """Return the counts of the tokens by rank (Zipf 1949, "Human Behavior and the Principle of Least Effort")."""
    order = np.argsort(-sample.counts, kind="stable")
    ranks = _log_spaced(len(order))
    counts = sample.counts[order[ranks - 1]]
    exponent = -float(np.polyfit(np.log(ranks), np.log(counts), 1)[0]) if len(ranks) > 2 else None
    tokens = tuple(sample.vocabulary[i] for i in order[ranks - 1])
    return Zipf(tuple(ranks.tolist()), tuple(counts.tolist()), tokens, exponent)


def vocabulary_growth(sample: TokenSample) -> Growth:
    """Return how the vocabulary grows as the rows are read in the order of the hash of their ids (Heaps 1978)."""
    if not len(sample.codes):
        return Growth((), ())
    seen = np.maximum.accumulate(sample.codes) + 1  # codes are handed out in the order of first appearance
    at = np.unique(np.linspace(1, len(seen), CURVE_POINTS).astype(np.int64))
    return Growth(tuple(at.tolist()), tuple(seen[at - 1].tolist()))


def top_ngrams(sample: TokenSample, n: int = 1, k: int = 20, without: Collection[str] = ()) -> list[Ngram]:
    """Return the `k` most frequent runs of `n` tokens; those that hold a token of `without` are left out.

    Runs do not cross from row to row. Equally frequent ones stand in the order in which their tokens first appeared.
    """
    windows = _windows(sample, n, frozenset(without))  # (M, n)
    if not len(windows):
        return []
    keys, possible = windows[:, 0], len(sample.vocabulary)
    for column in range(1, n):
        if possible * len(sample.vocabulary) > LARGEST_KEY:
            distinct, keys = np.unique(keys, return_inverse=True)
            possible = len(distinct)
        keys = keys * len(sample.vocabulary) + windows[:, column]
        possible *= len(sample.vocabulary)
    distinct, counts = np.unique(keys, return_counts=True)
    best = np.argsort(-counts, kind="stable")[:k]
    codes = [windows[np.argmax(keys == distinct[i])] for i in best]
    return [Ngram(tuple(sample.vocabulary[c] for c in run), int(counts[i])) for run, i in zip(codes, best, strict=True)]


def _windows(sample: TokenSample, n: int, without: frozenset[str]) -> Codes:
    """Return every run of `n` codes inside one row that holds no token of `without`, (M, n)."""
    codes = sample.codes
    if n < 1 or len(codes) < n:
        return np.empty((0, max(n, 1)), np.int64)
    row = np.repeat(np.arange(len(sample.ends)), np.diff(sample.ends, prepend=0))
    windows = np.lib.stride_tricks.sliding_window_view(codes, n)
    keep = row[: len(windows)] == row[n - 1 :]
    if without:
        allowed = np.array([token not in without for token in sample.vocabulary])
        keep &= allowed[windows].all(axis=1)
    kept: Codes = windows[keep]
    return kept


def _log_spaced(last: int) -> Codes:
    """Return whole numbers from 1 to `last` (none if that is 0), evenly spaced in the logarithm."""
    if not last:
        return np.empty(0, np.int64)
    return np.unique(np.rint(np.geomspace(1, last, CURVE_POINTS)).astype(np.int64))

"""Writing ARPA files, which KenLM and SRILM read: every n-gram with its log10 probability and its log10 backoff weight.

The format is that of SRILM's ngram-format(5). Lines are put together column by column, two blocks at a time.
"""

import functools
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.errors import InputError
from core.jobs import Job, Progress
from core.ngram.estimating import Tables
from core.ngram.estimators import ESTIMATORS, Interpolated
from core.ngram.model import IMPORTED, NgramModel
from core.ngram.trie import Trie
from core.ngram.vocabulary import Vocabulary
from core.storage import storage_errors

BLOCK = 1 << 18  # lines
THREADS = 2
SMALLEST = -99.0  # what stands for the logarithm of 0
BLANKS = frozenset(" \t\n\r\v\f\0")

MILLIONTHS = 1_000_000


def require_writable(estimator: str) -> None:
    """Raise InputError where an ARPA file cannot hold the models of `estimator`."""
    kind = None if estimator == IMPORTED else ESTIMATORS[estimator]
    if kind and not (issubclass(kind, Interpolated) and kind.adds_up):
        problem = f"The estimator {estimator} has no backoff weights that make probabilities, which ARPA files hold."
        raise InputError(problem, "Choose Witten-Bell, absolute discounting or Kneser-Ney.")


def write_arpa(model: NgramModel, path: Path) -> Job[int]:
    """Write `model` to `path` with six decimals and return how many n-grams there are.

    Raises InputError for an estimator that an ARPA file cannot hold and for words with blanks in them, StorageError
    where the disk is full.
    """
    require_writable(model.settings.estimator)
    for word in model.vocabulary.words:
        if not word or not BLANKS.isdisjoint(word):
            problem = f"The token {word!r} has a blank in it, and ARPA separates words by blanks."
            raise InputError(problem, "Choose another tokenizer.")
    part = path.with_name(f"{path.name}.part")
    sizes = [model.trie.size(k) for k in range(1, model.order + 1)]
    done = 0
    with storage_errors(path):
        try:
            with part.open("wb") as file, ThreadPoolExecutor(THREADS) as threads:
                file.write(b"\\data\\\n" + b"".join(b"ngram %d=%d\n" % pair for pair in enumerate(sizes, 1)))
                text = _Text(model.trie, model.tables, _words(model.vocabulary))
                for k in range(1, model.order + 1):
                    file.write(b"\n\\%d-grams:\n" % k)
                    for lines, count in _ahead(threads, text, k):
                        file.write(lines)
                        done += count
                        yield Progress(done, sum(sizes), "n-grams", "Writing the ARPA file")
                file.write(b"\n\\end\\\n")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return done


@dataclass(frozen=True)
class _Text:
    """What the lines are made of; `words` are the vocabulary as text, and the same with a blank after each word."""

    trie: Trie
    tables: Tables
    words: tuple[pa.Array, pa.Array]


def _ahead(threads: ThreadPoolExecutor, text: _Text, k: int) -> Iterator[tuple[memoryview, int]]:
    """Yield the lines of level `k` and how many they are, block by block, while the next blocks are being made."""
    waiting: deque[Future[tuple[memoryview, int]]] = deque()
    size = text.trie.size(k)
    for start in range(0, size, BLOCK):
        waiting.append(threads.submit(_lines, text, k, slice(start, min(start + BLOCK, size))))
        if len(waiting) > THREADS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _lines(text: _Text, k: int, where: slice) -> tuple[memoryview, int]:
    plain, followed = text.words
    *before, last = text.trie.words(k, where)
    thousandths, rest = _decimals(text.tables.probabilities[k - 1][where])
    columns = [_numbers().take(thousandths), _rests().take(rest)]
    columns += [followed.take(pa.array(words)) for words in before]
    columns.append(plain.take(pa.array(last)))
    if k < text.trie.order:
        weights = text.tables.backoffs[k - 1][where]
        thousandths, rest = _decimals(weights)
        is_none = pa.array(weights == 1.0)
        columns.append(pc.if_else(is_none, "", _numbers("\t").take(thousandths)))
        columns.append(pc.if_else(is_none, "\n", _rests("\n").take(rest)))
    else:
        columns.append(pa.scalar("\n"))
    joined = pc.binary_join_element_wise(*columns, "")
    _, ends, data = joined.buffers()
    return memoryview(data)[: np.frombuffer(ends, np.int32)[len(joined)]], len(joined)


def _decimals(values: NDArray[np.float32]) -> tuple[pa.Array, pa.Array]:
    """Return log10 of `values` (N,) as the places of its first digits in `_numbers` and of its last in `_rests`."""
    is_zero = values <= 0
    logs = np.log10(np.where(is_zero, 1.0, values.astype(np.float64)))
    logs[is_zero] = SMALLEST
    millionths = np.rint(np.abs(logs) * MILLIONTHS).astype(np.int64)
    above, below = np.divmod(millionths, 1000)
    return pa.array(above + 100_000 * (logs > 0)), pa.array(below)


@functools.cache
def _numbers(before: str = "") -> pa.Array:
    """Return 0.000 to 99.999 as text after `before`, first with a minus sign and then without."""
    thousandths = np.tile(np.arange(100_000), 2)
    signs = pa.array([f"{before}-", before]).take(pa.array(np.repeat([0, 1], 100_000)))
    whole = pa.array(thousandths // 1000).cast(pa.string())
    return pc.binary_join_element_wise(signs, whole, ".", _rests("").take(pa.array(thousandths % 1000)), "")


@functools.cache
def _rests(after: str = "\t") -> pa.Array:
    """Return 000 to 999, the last three of six decimals, as text before `after`."""
    return pa.array([f"{i:03}{after}" for i in range(1000)])


def _words(vocabulary: Vocabulary) -> tuple[pa.Array, pa.Array]:
    plain = pa.array(vocabulary.words, pa.string())
    return plain, pc.binary_join_element_wise(plain, " ", "")

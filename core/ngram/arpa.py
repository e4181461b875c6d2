"""Writing ARPA files, which KenLM and SRILM read: every n-gram with its log10 probability and its log10 backoff weight.

The format is that of SRILM's ngram-format(5). Lines are put together column by column, two blocks at a time.
"""

import functools
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.errors import InputError
from core.jobs import Job, Progress
from core.ngram.columns import numbers, strings
from core.ngram.estimating import Tables
from core.ngram.estimators import ESTIMATORS, Interpolated
from core.ngram.model import IMPORTED, NgramModel
from core.ngram.pace import Pace
from core.ngram.trie import Trie
from core.storage import storage_errors

BLOCK = 1 << 18  # lines
THREADS = 2
SMALLEST = -99.0  # what stands for the logarithm of 0
BLANKS = frozenset(" \t\n\r\v\f\0")

MILLIONTHS = 1_000_000
MANY = 100_000  # thousandths up to 99.999
AFTER = (" ", "", "\n")


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
    words = model.vocabulary.words
    for word in words:
        if not word or not BLANKS.isdisjoint(word):
            problem = f"The token {word!r} has a blank in it, and ARPA separates words by blanks."
            raise InputError(problem, "Choose another tokenizer.")
    part = path.with_name(f"{path.name}.part")
    sizes = [model.trie.size(k) for k in range(1, model.order + 1)]
    pace, done = Pace(), 0
    with storage_errors(path):
        try:
            with part.open("wb") as file, ThreadPoolExecutor(THREADS) as threads:
                file.write(b"\\data\\\n" + b"".join(b"ngram %d=%d\n" % pair for pair in enumerate(sizes, 1)))
                spelled = {after: strings([word + after for word in words]) for after in AFTER}
                text = _Text(model.trie, model.tables, spelled)
                for k in range(1, model.order + 1):
                    file.write(b"\n\\%d-grams:\n" % k)
                    for lines, count in _ahead(threads, text, k):
                        file.write(lines)
                        done += count
                        if pace.due():
                            yield Progress(done, sum(sizes), "n-grams", "Writing the ARPA file")
                file.write(b"\n\\end\\\n")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return done


@dataclass(frozen=True)
class _Text:
    """What the lines are made of; the columns of `words` are the vocabulary, each word followed by one of AFTER."""

    trie: Trie
    tables: Tables
    words: dict[str, Any]


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
    *before, last = text.trie.words(k, where)
    columns = _decimals(text.tables.probabilities[k - 1][where], "", "\t")
    columns += [text.words[" "].take(numbers(words)) for words in before]
    columns.append(text.words["" if k < text.trie.order else "\n"].take(numbers(last)))
    if k < text.trie.order:
        weights = text.tables.backoffs[k - 1][where]
        columns += _decimals(weights, "\t", "\n", left_out=weights == 1.0)
    joined = _joined(*columns)
    _, ends, data = joined.buffers()
    return memoryview(data)[: np.frombuffer(ends, np.int32)[len(joined)]], len(joined)


def _decimals(
    values: NDArray[np.float32], before: str, after: str, left_out: NDArray[np.bool_] | None = None
) -> list[Any]:
    """Return log10 of `values` (N,) as two columns of text: what there is up to the third decimal, and three more.

    Where `left_out` is true there is only `after`.
    """
    is_zero = values <= 0
    logs = np.log10(np.where(is_zero, 1.0, values.astype(np.float64)))
    logs[is_zero] = SMALLEST
    above, below = np.divmod(np.rint(np.abs(logs) * MILLIONTHS).astype(np.int64), 1000)
    above += MANY * (logs > 0)
    if left_out is not None:
        above[left_out], below[left_out] = 2 * MANY, 1000
    return [_firsts(before).take(numbers(above)), _lasts(after).take(numbers(below))]


@functools.cache
def _firsts(before: str) -> Any:
    """Return 0.000 to 99.999 as text after `before`, first with a minus sign and then without, and then nothing."""
    whole, thousandths = np.divmod(np.arange(MANY), 1000)
    texts = _joined(strings([f"{i}." for i in range(100)]).take(numbers(whole)), _lasts("").take(numbers(thousandths)))
    signs = [strings([before + sign]).take(numbers(np.zeros(MANY, int))) for sign in ("-", "")]
    return pa.concat_arrays([*(_joined(sign, texts) for sign in signs), strings([""])])


@functools.cache
def _lasts(after: str) -> Any:
    """Return 000 to 999 as text before `after`, and then `after` alone."""
    return strings([*(f"{i:03}{after}" for i in range(1000)), after])


def _joined(*columns: Any) -> Any:
    return pc.binary_join_element_wise(*columns, strings([""])[0])

"""Sentences to insert into rows: a sample of bounded size, the same whatever the order of the rows it is drawn from."""

import hashlib
import heapq
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from core.data.rows import BATCH_ROWS
from core.data.sources.files import open_file
from core.errors import FileError, InputError
from core.precision import torch_threads
from core.randomness import Draws
from core.storage import storage_errors
from core.text.encoder import SentenceEncoder, Vectors
from core.text.sentences import sentences

MOST_SENTENCES = 100_000  # in all pools together
FEWEST_LETTERS, MOST_CHARACTERS = 3, 400  # of a sentence that is worth inserting and bounded in memory

SPACED_MARK = re.compile(r"\s[.,!?;](?=\s|$)")
ATTACHED_MARK = re.compile(r"\w[.,!?;](?=\s|$)")

Key = str | None  # a label, or None where labels do not count


@dataclass(frozen=True)
class Pooled:
    """A sentence without blanks around it, and the id of the row it is from."""

    row_id: str
    text: str


@dataclass(frozen=True)
class SentencePool:
    """The sentences by label, in an order of chance. `is_spaced`: punctuation stands alone, as in texts cut before."""

    by_label: dict[Key, list[Pooled]]
    is_spaced: bool


def pool_of_rows(train: Path, seed: int, size: int, same_label: bool) -> SentencePool:
    """Return a pool of at most one sentence of each of the rows of `train`, at most `size` for each label.

    Rows are streamed, and kept by a number that follows from `seed` and their id (bottom-k sampling), so memory is
    bounded and the order of the rows changes nothing.
    """
    labels = _labels(train) if same_label else {None}
    return _pool(_rows(train, same_label), seed, max(1, min(size, MOST_SENTENCES // max(1, len(labels)))))


def pool_of_file(path: Path, seed: int, size: int) -> SentencePool:
    """Return a pool of the texts of a file, one sentence of each; "name:3" is the id of the third.

    Raises FileError where it is not there or cannot be read, InputError where it has no sentence.
    """
    if not path.is_file():
        raise FileError(f"There is no file {path}.", "Name a file with a sentence in each line.")
    source = open_file(path, format="lines" if path.suffix in ("", ".txt") else "auto")
    texts = (text for batch in source.batches for text in batch.column(source.mapping.text).to_pylist())
    pool = _pool(((f"{path.name}:{i}", text or "", None) for i, text in enumerate(texts, 1)), seed, size)
    if not pool.by_label:
        raise InputError(f"The file {path} has no sentence.", "Name a file with a sentence in each line.")
    return pool


def vectors_of(pool: Sequence[Pooled], encoder: SentenceEncoder, cache: Path) -> Vectors:
    """Return the vectors of the sentences, (N, 384), from the folder `cache` where they were computed before."""
    digest = hashlib.blake2b(digest_size=16)
    for pooled in pool:
        digest.update(pooled.text.encode("utf-8", "surrogatepass") + b"\0")
    path = cache / f"sentence-vectors-{digest.hexdigest()}.npy"
    with storage_errors(cache):
        if path.is_file():
            kept: npt.NDArray[np.float32] = np.load(path, allow_pickle=False)
            return kept
        with torch_threads(1):  # as one of several processes would compute them, to the last bit
            vectors = encoder.encode([pooled.text for pooled in pool])
        cache.mkdir(parents=True, exist_ok=True)
        staged = path.with_name(f"{uuid.uuid4().hex}.npy")  # workers may write at the same time
        np.save(staged, vectors)
        staged.replace(path)
    return vectors


def is_spaced(text: str) -> bool | None:
    """Tell whether punctuation stands alone in `text`, None where it has none that tells."""
    spaced, attached = _marks(text)
    return None if spaced == attached else spaced > attached


def _marks(text: str) -> tuple[int, int]:
    return len(SPACED_MARK.findall(text)), len(ATTACHED_MARK.findall(text))


def _labels(train: Path) -> set[Key]:
    with pq.ParquetFile(train) as file:
        found: Counter[Key] = Counter()
        for batch in file.iter_batches(BATCH_ROWS, columns=["label"]):
            found.update(batch.column(0).unique().to_pylist())
    return set(found)


def _rows(train: Path, same_label: bool) -> Iterator[tuple[str, str, Key]]:
    with pq.ParquetFile(train) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=["id", "text", "label"]):
            ids, texts, labels = (batch.column(name).to_pylist() for name in ("id", "text", "label"))
            yield from zip(ids, texts, labels if same_label else [None] * len(ids), strict=True)


def _pool(rows: Iterable[tuple[str, str, Key]], seed: int, size: int) -> SentencePool:
    heaps: dict[Key, list[tuple[int, str, str]]] = {}
    for row_id, text, label in rows:
        draws = Draws(seed, row_id, "sentence pool")
        priority = -draws.integer()  # heapq keeps the smallest on top: the one to go first
        heap = heaps.get(label, [])
        if len(heap) == size and (priority, row_id) <= heap[0][:2]:
            continue
        options = [option for piece in sentences(text) if _is_worthy(option := piece.strip())]
        if not options:
            continue
        entry = (priority, row_id, draws.choice(options))
        if len(heap) < size:
            heapq.heappush(heaps.setdefault(label, heap), entry)
        else:
            heapq.heapreplace(heap, entry)
    pools = {
        label: [Pooled(row_id, text) for _, row_id, text in sorted(heap, reverse=True)] for label, heap in heaps.items()
    }
    counted = [_marks(pooled.text) for pool in pools.values() for pooled in pool]
    return SentencePool(pools, sum(spaced for spaced, _ in counted) > sum(attached for _, attached in counted))


def _is_worthy(sentence: str) -> bool:
    return len(sentence) <= MOST_CHARACTERS and sum(map(str.isalpha, sentence)) >= FEWEST_LETTERS

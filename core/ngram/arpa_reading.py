"""Reading ARPA files, as KenLM, SRILM and Corpus Lab write them, into a model that has probabilities but no counts."""

import mmap
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.errors import FileError
from core.jobs import Job, Progress
from core.ngram.levels import path_of, save
from core.ngram.model import IMPORTED, SETTINGS, VOCABULARY, NgramModel, Settings
from core.ngram.trie import Keys, Places, Trie
from core.ngram.vocabulary import BEGIN, Vocabulary
from core.storage import storage_errors

ANNOUNCED = re.compile(rb"ngram\s+(\d+)\s*=\s*(\d+)\s*")
SMALLEST = -37.0  # what is less, as the -99 that stands for the logarithm of 0, becomes the probability 0
AGAIN = "Write the ARPA file again."


@dataclass(frozen=True)
class _Section:
    """The n-grams of one length as they stand in the file: (N,) texts, probabilities and backoff weights."""

    ngrams: Any
    probabilities: NDArray[np.float32]
    backoffs: NDArray[np.float32]


def read_arpa(path: Path, folder: Path) -> Job[NgramModel]:
    """Make the ARPA file at `path` a model in `folder` and return it.

    Raises FileError for what is no ARPA file or a damaged one, StorageError where the disk is full.
    """
    if not path.is_file() or not path.stat().st_size:
        raise FileError(f"There is no ARPA file at {path}.", "Check the path.")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        sizes = _announced(content, path.name)
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            keys: list[Keys] = []
            vocabulary = Vocabulary(())
            for k, size in enumerate(sizes, 1):
                yield Progress(k - 1, len(sizes), "orders", "Reading the ARPA file")
                try:
                    section = _section(content, k, size)
                    if k == 1:
                        vocabulary = Vocabulary(section.ngrams.to_pylist())
                    numbers = _numbered(section.ngrams, k, vocabulary)
                    places = numbers[:, 0] if k == 1 else _sorted_in(numbers, Trie(len(vocabulary), keys), keys)
                except (ValueError, pa.ArrowInvalid) as error:
                    problem = f"{path.name} is damaged where the n-grams of {k} words are: {error}."
                    raise FileError(problem.replace("..", "."), AGAIN) from None
                _save(section, k, places, len(vocabulary) if k == 1 else size, k < len(sizes), folder)
                if k > 1:
                    save(path_of(folder, k, "keys"), keys[-1])
            vocabulary.save(folder / VOCABULARY)
            settings = Settings(order=len(sizes), estimator=IMPORTED, ngrams=tuple(sizes))
            (folder / SETTINGS).write_text(settings.model_dump_json(indent=2), "utf-8")
    return NgramModel.load(folder)


def _announced(content: mmap.mmap, name: str) -> list[int]:
    """Return how many n-grams of each length the head of the file announces."""
    start = content.find(b"\\data\\")
    stop = content.find(b"\\1-grams:", start)
    if start < 0 or stop < 0:
        problem = f"{name} has no \\data\\ followed by \\1-grams:, so it is no ARPA file."
        raise FileError(problem, "Choose an ARPA file.")
    found = [(int(match[1]), int(match[2])) for match in ANNOUNCED.finditer(content[start:stop])]
    if not found or [k for k, _ in found] != list(range(1, len(found) + 1)):
        raise FileError(f"The head of {name} does not say how many n-grams of each length follow.", AGAIN)
    return [size for _, size in found]


def _section(content: mmap.mmap, k: int, size: int) -> _Section:
    """Return the n-grams of `k` words. Raises ValueError or ArrowInvalid for what they cannot be read from."""
    head = content.find(b"\n\\%d-grams:" % k)
    start = content.find(b"\n", head + 1) + 1
    stop = content.find(b"\n\\", start - 1)
    if head < 0 or not start or stop < 0:
        raise ValueError("they have no beginning or no end")
    data = pa.py_buffer(content[start : stop + 1])
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1
    offsets = pa.py_buffer(np.concatenate([[0], ends]).astype(np.int64))
    lines = pa.LargeStringArray.from_buffers(len(ends), offsets, data)
    lines.validate(full=True)
    lines = pc.ascii_trim_whitespace(lines)
    lines = lines.filter(pc.not_equal(lines, ""))
    parts = pc.split_pattern(lines, "\t")
    firsts, fields = parts.offsets.to_numpy()[:-1], np.diff(parts.offsets.to_numpy())
    if len(lines) != size:
        raise ValueError(f"the head says that they are {size:,}, and they are {len(lines):,}")
    if not np.isin(fields, (2, 3)).all():
        raise ValueError("a line is not a probability, words, and perhaps a weight, with tabs between them")
    logs = parts.values.take(pa.array(firsts)).cast(pa.float64()).to_numpy()
    backoffs = np.zeros(size)
    has_backoff = fields == 3
    backoffs[has_backoff] = parts.values.take(pa.array(firsts[has_backoff] + 2)).cast(pa.float64()).to_numpy()
    ngrams = parts.values.take(pa.array(firsts + 1))
    return _Section(ngrams, _without_logarithm(logs), _without_logarithm(backoffs))


def _without_logarithm(logs: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.where(logs < SMALLEST, 0.0, 10.0 ** np.maximum(logs, SMALLEST)).astype(np.float32)


def _numbered(ngrams: Any, k: int, vocabulary: Vocabulary) -> Places:
    """Return the numbers of the words of the n-grams, (N, k). Raises ValueError for a word that is no unigram."""
    words = pc.split_pattern(ngrams, " ")
    if not (np.diff(words.offsets.to_numpy()) == k).all():
        raise ValueError(f"one does not have {k} words")
    numbers = pc.index_in(words.values, pa.array(vocabulary.words, words.values.type))
    if numbers.null_count:
        missing = words.values.filter(pc.is_null(numbers))[0]
        raise ValueError(f"the word {str(missing)!r} is not among the n-grams of 1 word")
    places: Places = numbers.to_numpy().astype(np.int64).reshape(-1, k)
    return places


def _sorted_in(numbers: Places, trie: Trie, keys: list[Keys]) -> Places:
    """Append the keys of the n-grams (N, k) to `keys` in order, and return the place of each n-gram among them."""
    prefixes = numbers[:, 0]
    for k in range(2, numbers.shape[1]):
        prefixes = trie.find(k, prefixes, numbers[:, k - 1])
    if (prefixes < 0).any():
        raise ValueError("one begins with words that are not there as a shorter n-gram")
    unsorted = (prefixes.astype(np.uint64) << trie.bits) | numbers[:, -1].astype(np.uint64)
    keys.append(np.sort(unsorted))
    if (keys[-1][1:] == keys[-1][:-1]).any():
        raise ValueError("one stands there twice")
    return np.searchsorted(keys[-1], unsorted)


def _save(section: _Section, k: int, places: Places, length: int, has_backoffs: bool, folder: Path) -> None:
    probabilities = np.zeros(length, np.float32)
    probabilities[places] = section.probabilities
    if k == 1:
        probabilities[BEGIN] = 0.0  # never predicted, whatever the file says
    save(path_of(folder, k, "probabilities"), probabilities)
    if has_backoffs:
        backoffs = np.ones(length, np.float32)
        backoffs[places] = section.backoffs
        save(path_of(folder, k, "backoffs"), backoffs)

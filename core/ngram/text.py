"""A text as one stream of numbers on disk, and the choice of the words that are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.corpus import Corpus
from core.errors import InputError
from core.jobs import Job, Progress
from core.ngram.pace import Pace
from core.ngram.vocabulary import BEGIN, SPECIAL, GrowingVocabulary, Ids, Vocabulary

BLOCK = 1 << 22


@dataclass(frozen=True)
class Text:
    """`stream` (N,) are numbers of `words`, each sequence between `<s>` and `</s>`; `counts` (V,) says how often."""

    stream: Ids
    words: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def sequences(self) -> int:
        """How many sequences there are."""
        return int(self.counts[BEGIN])

    @property
    def tokens(self) -> int:
        """How many words there are to predict: every token and the end of every sequence."""
        return int(self.counts.sum()) - self.sequences


def read_text(corpus: Corpus, path: Path) -> Job[Text]:
    """Write the tokens of `corpus` to the file `path` and return them, every different token with a number of its own.

    Raises InputError where there is no token, and what `Corpus.batches` raises.
    """
    vocabulary = GrowingVocabulary()
    rows = tokens = 0
    pace = Pace()
    with path.open("wb") as file:
        for batch in corpus.batches():
            if batch.tokens:
                stream = vocabulary.encode(batch.tokens)
                file.write(stream.data)
                tokens += len(stream) - 2 * len(batch.tokens)
            rows += len(batch.ids)
            if pace.due():
                yield Progress(rows, None, message="Reading the text")
    if not tokens:
        raise InputError(f"{corpus.name} has no tokens.", "Choose a text that has words.")
    stream = np.memmap(path, np.int32, "r")
    words = (*SPECIAL, *list(vocabulary)[len(SPECIAL) :])
    return Text(stream, words, counted(stream, len(words)))


def counted(stream: Ids, size: int) -> NDArray[np.int64]:
    """Return how often each of `size` numbers is in `stream`."""
    counts = np.zeros(size, np.int64)
    for start in range(0, len(stream), BLOCK):
        counts += np.bincount(stream[start : start + BLOCK], minlength=size)
    return counts


def vocabulary_of(text: Text, cutoff: int = 1, given: Sequence[str] = ()) -> Vocabulary:
    """Return the words `given`, or, where there are none, those that are at least `cutoff` times in `text`."""
    if given:
        return Vocabulary(dict.fromkeys(given))
    return Vocabulary(word for word, count in zip(text.words, text.counts.tolist(), strict=True) if count >= cutoff)


def renumbered(text: Text, vocabulary: Vocabulary, path: Path) -> Text:
    """Return `text` in the numbers of `vocabulary`, in the file `path`; words that it does not have are `<unk>`."""
    if vocabulary.words == text.words:
        return text
    numbers = np.fromiter(map(vocabulary.word, text.words), np.int32, len(text.words))
    numbers[: len(SPECIAL)] = range(len(SPECIAL))
    with path.open("wb") as file:
        for start in range(0, len(text.stream), BLOCK):
            file.write(numbers[text.stream[start : start + BLOCK]].data)
    stream = np.memmap(path, np.int32, "r")
    return Text(stream, vocabulary.words, counted(stream, len(vocabulary)))

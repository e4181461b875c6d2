"""The words of a model and their numbers. Words outside the vocabulary are all one word, `<unk>`.

`<unk>` written in a text is that word, in training and in scoring alike. `<s>` and `</s>` mark where a sequence begins
and ends; written in a text they are unknown words too.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.ngram.columns import strings

UNKNOWN_WORD, BEGIN_WORD, END_WORD = SPECIAL = ("<unk>", "<s>", "</s>")
UNKNOWN, BEGIN, END = range(len(SPECIAL))

Ids = NDArray[np.int32]


class Vocabulary:
    """Words by number: 0 is `<unk>`, 1 `<s>`, 2 `</s>`, then the others."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: tuple[str, ...] = (*SPECIAL, *(word for word in words if word not in SPECIAL))

    def __len__(self) -> int:
        return len(self.words)

    @property
    def predicted(self) -> int:
        """How many words a model divides its probability among: all but `<s>`."""
        return len(self.words) - 1

    @cached_property
    def ids(self) -> dict[str, int]:
        """The number of every word; `<s>` and `</s>` in a text are unknown words."""
        ids = {word: i for i, word in enumerate(self.words)}
        return {**ids, BEGIN_WORD: UNKNOWN, END_WORD: UNKNOWN}

    def history(self, words: Sequence[str]) -> list[int]:
        """Return the numbers of a history as a person types it, in which `<s>` means where a sequence begins."""
        return [BEGIN if word == BEGIN_WORD else self.ids.get(word, UNKNOWN) for word in words]

    def word(self, word: str) -> int:
        """Return the number of a word that may follow; `</s>` means the end of the sequence."""
        return END if word == END_WORD else self.ids.get(word, UNKNOWN)

    def encode(self, sequences: Sequence[Sequence[str]]) -> Ids:
        """Return the sequences as one stream of numbers, each with `<s>` before and `</s>` after it."""
        total = sum(map(len, sequences))
        flat = np.fromiter(map(self.ids.get, chain.from_iterable(sequences), repeat(UNKNOWN)), np.int32, total)
        return marked(flat, sequences)

    def save(self, path: Path) -> None:
        """Write the words as an Arrow file with the one column `word`."""
        table = pa.Table.from_arrays([strings(self.words)], ["word"])
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Return the vocabulary that `save` wrote."""
        with pa.memory_map(str(path)) as file:
            return cls(pa.ipc.open_file(file).read_all()["word"].to_pylist()[len(SPECIAL) :])


class GrowingVocabulary(dict[str, int]):
    """Numbers for words as they are first met: the dictionary grows with every word that is looked up."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(SPECIAL, UNKNOWN))

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number

    def encode(self, sequences: Sequence[Sequence[str]]) -> Ids:
        """Return the sequences as `Vocabulary.encode` does, and number the new words."""
        total = sum(map(len, sequences))
        return marked(np.fromiter(map(self.__getitem__, chain.from_iterable(sequences)), np.int32, total), sequences)


def marked(flat: Ids, sequences: Sequence[Sequence[str]]) -> Ids:
    """Return `flat`, the numbers of all tokens, with `<s>` before and `</s>` after every sequence."""
    lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
    ends = np.cumsum(lengths + 2)
    stream = np.empty(len(flat) + 2 * len(sequences), np.int32)
    is_word = np.ones(len(stream), bool)
    is_word[ends - 1] = is_word[ends - lengths - 2] = False
    stream[is_word] = flat
    stream[ends - 1] = END
    stream[ends - lengths - 2] = BEGIN
    return stream

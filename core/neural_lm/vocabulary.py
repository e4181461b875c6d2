"""The words a model knows, each with its number, and how often it was seen."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError

Ids = npt.NDArray[np.int32]

UNKNOWN, END = "<unk>", "</s>"  # a word that is not in the vocabulary; the end of a line
UNKNOWN_ID, END_ID = 0, 1
MARKS = ("</s>", "<s>")  # written in a text, these are unknown words


@dataclass(frozen=True)
class Vocabulary:
    """`words[n]` is word number n; `counts[n]` is how often it stood in the training text, with END once a line."""

    words: tuple[str, ...]
    counts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)} | dict.fromkeys(MARKS, UNKNOWN_ID)

    def encode(self, lines: Iterable[Sequence[str]]) -> Ids:
        """Return the numbers of all words in `lines`, END_ID after each line, (N,)."""
        numbers = self._numbers
        ids: list[int] = []
        for line in lines:
            ids += [numbers.get(word, UNKNOWN_ID) for word in line]
            ids.append(END_ID)
        return np.array(ids, np.int32)

    def save(self, path: Path) -> None:
        """Write the vocabulary as JSON."""
        path.write_text(json.dumps({"words": self.words, "counts": self.counts}, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Return the vocabulary that `save` wrote. Raises InputError when the file holds none."""
        try:
            read = json.loads(path.read_text("utf-8"))
            words, counts = tuple(map(str, read["words"])), tuple(map(int, read["counts"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"The file {path.name} holds no vocabulary.", "Choose the folder of a model.") from error
        if words[:2] != (UNKNOWN, END) or len(set(words)) != len(words) or len(counts) != len(words):
            raise InputError(f"The vocabulary in {path.name} is damaged.", "Train the model again.")
        return cls(words, counts)


def frequent(words: Sequence[str], ids: Ids, cutoff: int) -> tuple[Vocabulary, Ids]:
    """Return the vocabulary of the words that occur at least `cutoff` times in `ids`, and `ids` renumbered to it.

    `words` are all words, UNKNOWN and END first; `ids` (N,) are places in it. The most frequent word comes first after
    these two; what is left out is counted as UNKNOWN.
    """
    counts = np.bincount(ids, minlength=len(words))
    order = np.lexsort((np.arange(len(words)), -counts))
    kept = [UNKNOWN_ID, END_ID, *(int(n) for n in order if n > END_ID and counts[n] >= cutoff)]
    places = np.full(len(words), UNKNOWN_ID, np.int32)
    places[kept] = np.arange(len(kept), dtype=np.int32)
    renumbered = places[ids]
    seen = np.bincount(renumbered, minlength=len(kept))
    return Vocabulary(tuple(words[n] for n in kept), tuple(seen.tolist())), renumbered

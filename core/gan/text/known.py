"""What a dataset has: its texts, the texts of its validation and test rows, and the training rows' 4-grams."""

import hashlib
import re
from collections.abc import Iterator, Sequence

MOST_FOUR_GRAMS = 2_000_000
IGNORED = re.compile(r"[\W_]+")


class Known:
    """A memory of texts without case, blanks and punctuation, and of sequences of four words, as 64-bit hashes."""

    def __init__(self) -> None:
        self._texts: dict[int, bool] = {}  # whether a row that is held out has this text
        self._four_grams: set[int] = set()

    def add(self, words: Sequence[str], is_train: bool) -> None:
        """Remember a row."""
        key = _key("".join(words))
        self._texts[key] = self._texts.get(key, False) or not is_train
        if is_train and len(self._four_grams) < MOST_FOUR_GRAMS:
            self._four_grams.update(map(hash, four_grams(words)))

    def has(self, words: Sequence[str]) -> bool:
        """Whether a row of the dataset has this text."""
        return _key("".join(words)) in self._texts

    def holds_out(self, words: Sequence[str]) -> bool:
        """Whether a validation or test row has this text."""
        return self._texts.get(_key("".join(words)), False)

    def copied(self, words: Sequence[str]) -> float:
        """Return the share of the row's sequences of four words that a training row has; 0 where it has none."""
        found = [hash(gram) in self._four_grams for gram in four_grams(words)]
        return sum(found) / len(found) if found else 0.0


def same(words: Sequence[str]) -> int:
    """Return a number that is equal for rows whose texts differ by case, blanks and punctuation only."""
    return _key("".join(words))


def four_grams(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the sequences of four words."""
    lowered = [word.casefold() for word in words]
    return zip(lowered, lowered[1:], lowered[2:], lowered[3:], strict=False)


def _key(text: str) -> int:
    normal = IGNORED.sub("", text.casefold()) or text
    return int.from_bytes(hashlib.blake2b(normal.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")

"""What was written, as words: those of the real row where it was kept, those of the generator at its blanks."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.gan.text.material import Material, Part
from core.gan.text.model import Written


@dataclass(frozen=True)
class NewRow:
    """A row that was written. `parent` is the place of the row it was made from, `filled` says which words are new."""

    words: tuple[str, ...]
    filled: tuple[bool, ...]
    label: int
    parent: int


def new_rows(written: Written, part: Part, material: Material, infill: bool) -> list[NewRow]:
    """Return the rows of `written`, which were made from rows of `part`."""
    rows = []
    for ids, blanks, parent in zip(written.ids, written.blanks, written.parents.tolist(), strict=True):
        words = material.vocabulary.decode(ids.tolist())
        if infill:
            real = part.rows[parent].words
            words = [word if blank else kept for word, blank, kept in zip(words, blanks, real, strict=False)]
        filled = tuple(blanks[: len(words)].tolist())
        rows.append(NewRow(tuple(words), filled, int(part.labels[parent]), parent))
    return rows


def distinct_2(rows: Sequence[NewRow]) -> float:
    """Return different pairs of neighbouring words by all such pairs, of those with a written word; 0 without any.

    Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models", section 5.
    """
    pairs = [
        pair
        for row in rows
        for pair, left, right in zip(
            zip(row.words, row.words[1:], strict=False), row.filled, row.filled[1:], strict=False
        )
        if left or right
    ]
    return len(set(pairs)) / len(pairs) if pairs else 0.0

"""Random deletion: each word goes with the same probability (Wei & Zou 2019, "EDA", section 2)."""

import math
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.randomness import Draws
from core.text.cleaning import cut
from core.text.protected import is_protected
from core.text.word_slots import slots


@OPERATORS.register("random_deletion")
class RandomDeletion(OperatorConfig):
    """Settings of random deletion."""

    title: ClassVar[str] = "Random deletion"
    summary: ClassVar[str] = (
        "Each word goes with the same probability. Negations, numbers and links stay, and so does at least one word."
    )

    rate: float = Field(
        0.1,
        gt=0,
        le=0.9,
        title="Probability",
        description="How likely each word is to go. Where chance takes none, one word goes nevertheless.",
    )
    max_deletions: int | None = Field(None, ge=1, title="Most deletions", description="At most so many words a row.")

    def build(self, context: Context) -> Operator:
        """Return the operator. Raises MissingResource where Chinese needs jieba and it is not installed."""

        def delete(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            return [self._thinned(row.text, draw, context.language) for row, draw in zip(rows, draws, strict=True)]

        return delete

    def _thinned(self, text: str, draws: Draws, language: str) -> Made | None:
        pieces = slots(text, language)
        words = len(pieces) // 2
        gone = [i for i in self._chosen(words, draws) if not is_protected(pieces[2 * i + 1], language)]
        if not gone:
            gone = [i for i in range(words) if not is_protected(pieces[2 * i + 1], language)]
            gone = [draws.choice(gone)] if gone else []
        if self.max_deletions is not None and len(gone) > self.max_deletions:
            gone = sorted(draws.sample(gone, self.max_deletions))
        if len(gone) == words and gone:
            gone.remove(draws.choice(gone))
        if not gone:
            return None
        ends = _ends(pieces)
        return Made(cut(text, ((ends[2 * i], ends[2 * i + 1]) for i in gone)))

    def _chosen(self, words: int, draws: Draws) -> list[int]:
        """Return each of `words` places with the probability `rate`; a draw for each chosen one, not for each place."""
        chosen: list[int] = []
        skip = math.log1p(-self.rate)
        place = -1
        while True:
            place += 1 + int(math.log1p(-draws.uniform()) / skip)
            if place >= words:
                return chosen
            chosen.append(place)


def _ends(pieces: Sequence[str]) -> list[int]:
    """Return where each of `pieces` ends in the text they make."""
    ends = []
    end = 0
    for piece in pieces:
        end += len(piece)
        ends.append(end)
    return ends

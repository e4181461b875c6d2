"""Random swap: words change places (Wei & Zou 2019, "EDA", section 2)."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.amount import how_many, shuffled
from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.randomness import Draws
from core.text.protected import is_protected
from core.text.word_slots import joined, slots


@OPERATORS.register("random_swap")
class RandomSwap(OperatorConfig):
    """Settings of random swap."""

    title: ClassVar[str] = "Random swap"
    summary: ClassVar[str] = (
        "Two words change places. Punctuation and blanks stay, and so do negations, numbers and links."
    )

    rate: float = Field(
        0.1,
        gt=0,
        le=0.5,
        title="Share of swaps",
        description="Swaps for each word of the text, at least one a row. Each swap moves two words.",
    )
    max_swaps: int | None = Field(None, ge=1, title="Most swaps", description="At most so many swaps a row.")

    def build(self, context: Context) -> Operator:
        """Return the operator. Raises MissingResource where Chinese needs jieba and it is not installed."""

        def swap(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            return [self._swapped(row.text, draw, context.language) for row, draw in zip(rows, draws, strict=True)]

        return swap

    def _swapped(self, text: str, draws: Draws, language: str) -> Made | None:
        pieces = slots(text, language)
        swaps = how_many(self.rate, len(pieces) // 2, self.max_swaps)
        changed = False
        left = None  # each word moves at most once, so that no swap undoes another
        for place in shuffled(range(1, len(pieces), 2), draws):
            if is_protected(pieces[place], language):
                continue
            if left is None:
                left = place
            elif pieces[left] != pieces[place]:
                pieces[left], pieces[place] = pieces[place], pieces[left]
                left, changed, swaps = None, True, swaps - 1
                if not swaps:
                    break
        made = joined(pieces) if changed else text
        return Made(made) if made != text else None  # "好" and "好好" side by side look the same either way

"""Two operators without any data, for tests of the pipeline; processes of their own find them by this module's name."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.operator import Context, Made, Operator, OperatorConfig, Row
from core.randomness import Draws


class TinySwap(OperatorConfig):
    """Two words change places; rows of one word stay."""

    title: ClassVar[str] = "Tiny swap"
    summary: ClassVar[str] = "Two words change places."

    times: int = Field(default=1, ge=1, le=9, description="How often.")

    def build(self, context: Context) -> Operator:
        def swap(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            return [self._swapped(row, draw) for row, draw in zip(rows, draws, strict=True)]

        return swap

    def _swapped(self, row: Row, draw: Draws) -> Made | None:
        words = row.text.split(" ")
        if len(words) < 2:
            return None
        for _ in range(self.times):
            i, j = draw.sample(range(len(words)), 2)
            words[i], words[j] = words[j], words[i]
        return Made(" ".join(words), {"first": i})


class TinyWord(OperatorConfig):
    """A word is added at the end."""

    title: ClassVar[str] = "Tiny word"
    summary: ClassVar[str] = "A word is added."

    words: tuple[str, ...] = Field(default=("indeed", "really", "truly"), description="The words.")

    def build(self, context: Context) -> Operator:
        def add(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            pairs = zip(rows, draws, strict=True)
            return [Made(f"{row.text} {draw.choice(self.words)}") if row.text.strip() else None for row, draw in pairs]

        return add


class TinyTrouble(OperatorConfig):
    """Fails, or ends its process, on a row that says so."""

    title: ClassVar[str] = "Tiny trouble"
    summary: ClassVar[str] = "Fails."

    def build(self, context: Context) -> Operator:
        def fail(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            for row in rows:
                if "fail" in row.text:
                    raise ValueError(row.text)
            return [Made(f"{row.text} fine") for row in rows]

        return fail

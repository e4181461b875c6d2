"""Character swaps: two letters side by side change places."""

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.noise import Edit, NoiseConfig
from core.augmentation.operator import OPERATORS
from core.randomness import Draws
from core.text.protected import CHINESE_NEGATIONS


@OPERATORS.register("character_swap")
class CharacterSwap(NoiseConfig):
    """Settings of character swaps."""

    title: ClassVar[str] = "Character swaps"
    summary: ClassVar[str] = (
        "Two letters side by side in a word change places; capitals stay where they are. "
        "Negations, numbers, dates, links, @names and #tags stay."
    )

    keep_first: bool = Field(
        True, title="Keep first letters", description="The first letter of a word stays where it is."
    )

    def _places(self, text: str, language: str) -> Sequence[int]:
        first = self.keep_first and language != "zh"
        # A place needs a letter at it and after it, and where first letters stay also one before it.
        return [
            i
            for i in range(1 if first else 0, len(text) - 1)
            if text[i].isalpha()
            and text[i + 1].isalpha()
            and text[i] != text[i + 1]
            and not (first and not text[i - 1].isalpha())
        ]

    def _edit(self, text: str, place: int, draws: Draws, language: str) -> Edit | None:
        left, right = text[place], text[place + 1]
        after = text[place + 2 : place + 3]
        if right in CHINESE_NEGATIONS or (after and unicodedata.category(after)[0] == "M"):
            return None  # a mark such as an accent belongs to the letter before it
        new_left, new_right = right, left
        if left.isupper() != right.isupper():  # "Th" becomes "Ht"
            new_left = right.upper() if left.isupper() else right.lower()
            new_right = left.upper() if right.isupper() else left.lower()
        new = new_left + new_right
        return (place, place + 2, new) if len(new) == 2 and new != left + right else None

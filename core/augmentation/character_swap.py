"""Character swaps: two letters side by side change places."""

import re
import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.noise import Edit, NoiseConfig
from core.augmentation.operator import OPERATORS
from core.randomness import Draws
from core.text.protected import CHINESE_NEGATIONS

LETTERS = re.compile(r"[^\W\d_]+")


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
        first = 1 if self.keep_first and language != "zh" else 0
        places: list[int] = []
        for letters in LETTERS.finditer(text):
            places.extend(range(letters.start() + first, letters.end() - 1))
        return places

    def _edit(self, text: str, place: int, draws: Draws, language: str) -> Edit | None:
        left, right = text[place], text[place + 1]
        after = text[place + 2 : place + 3]
        if not (left.isalpha() and right.isalpha()):
            return None  # "²" is a letter to the patterns
        if right in CHINESE_NEGATIONS or (after and unicodedata.category(after)[0] == "M"):
            return None  # a mark such as an accent belongs to the letter before it
        new_left, new_right = right, left
        if left.isupper() != right.isupper():  # "Th" becomes "Ht"
            new_left = right.upper() if left.isupper() else right.lower()
            new_right = left.upper() if right.isupper() else left.lower()
        new = new_left + new_right
        return (place, place + 2, new) if len(new) == 2 and new != left + right else None

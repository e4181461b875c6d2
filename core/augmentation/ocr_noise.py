"""Misread characters: what a scanner takes for something else, such as 0 for O, rn for m, 未 for 末."""

import functools
import re
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.noise import Edit, NoiseConfig
from core.augmentation.operator import OPERATORS
from core.randomness import Draws
from core.text.chinese_characters import lookalikes
from core.text.protected import masked

# Each of a group may be read as each other.
GROUPS = (
    *("0 O o", "1 l I i", "5 S s", "8 B", "2 Z z", "6 b G", "9 g q", "rn m", "cl d", "vv w", "VV W", "ii u", "c e o"),
    *("a o", "f t", "h b", "u v", "y v", "n h", "j i", "C G", "D O", "Q O", "E F", "P R", "U V", "M N", "ri n", "nn m"),
)


@OPERATORS.register("ocr_noise")
class OcrNoise(NoiseConfig):
    """Settings of misread characters."""

    title: ClassVar[str] = "Misread characters"
    summary: ClassVar[str] = (
        "Characters become others that look alike, as in scanned text: O and 0, rn and m, 末 and 未. "
        "Negations, links, @names and #tags stay, and so do numbers and dates unless you allow them to change."
    )

    keep_numbers: bool = Field(
        True, title="Keep numbers", description="Numbers, dates and words with a digit in them stay whole."
    )

    def _free(self, text: str) -> str:
        return masked(text, numbers=self.keep_numbers)

    def _places(self, text: str, language: str) -> Sequence[int]:
        return [found.start() for found in _pattern(language).finditer(text)]

    def _edit(self, text: str, place: int, draws: Draws, language: str) -> Edit | None:
        found = _pattern(language).match(text, place)
        if found is None:
            return None
        return *found.span(), draws.choice(_confusions(language)[found[0]])


@functools.cache
def _confusions(language: str) -> dict[str, tuple[str, ...]]:
    """Return what each string may be read as."""
    table: dict[str, tuple[str, ...]] = {}
    for group in GROUPS:
        members = tuple(group.split())
        for member in members:
            others = table.get(member, ()) + tuple(other for other in members if other != member)
            table[member] = tuple(dict.fromkeys(others))
    if language == "zh":
        table |= {character: tuple(others) for character, others in lookalikes().items()}
    return table


@functools.cache
def _pattern(language: str) -> re.Pattern[str]:
    table = _confusions(language)
    single = "".join(sorted(key for key in table if len(key) == 1))
    longer = "|".join(sorted(key for key in table if len(key) > 1))
    return re.compile(f"{longer}|[{single}]")

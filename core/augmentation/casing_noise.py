"""Casing: words or letters in the wrong case, as people type them."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from core.augmentation.noise import Edit, NoiseConfig, word_end, words_in
from core.augmentation.operator import OPERATORS
from core.randomness import Draws


@OPERATORS.register("casing_noise")
class CasingNoise(NoiseConfig):
    """Settings of casing noise."""

    title: ClassVar[str] = "Casing"
    summary: ClassVar[str] = (
        "Words or single letters change between capitals and small letters. Only scripts with capitals have them; "
        "numbers, dates, links, @names and #tags stay."
    )

    rate: float = Field(
        0.1,
        gt=0,
        le=1,
        title="Share changed",
        description="The share of the words, or of the letters, whose case is changed; at least one a row.",
    )
    per: Literal["character", "word"] = Field(
        "word", title="Counted per", description="Whether whole words change their case, or single letters."
    )
    style: Literal["any", "upper", "lower", "title"] = Field(
        "any",
        title="New case",
        description="What words become: upper (GREAT), lower (great), title (Great), or any of these that differs.",
    )

    spares_negations: ClassVar[bool] = False  # NOT denies as much as not
    one_place_a_word: ClassVar[bool] = True

    def _places(self, text: str, language: str) -> Sequence[int]:
        if self.per == "character":
            return [i for i, character in enumerate(text) if self._cases(character)]
        starts = [start for start, _ in words_in(text, language)]
        return [start for start in starts if text[start].lower() != text[start].upper()]

    def _edit(self, text: str, place: int, draws: Draws, language: str) -> Edit | None:
        stop = place + 1 if self.per == "character" else word_end(text, place, language)
        cases = self._cases(text[place:stop])
        return (place, stop, draws.choice(cases)) if cases else None

    def _cases(self, word: str) -> list[str]:
        """Return `word` in the cases it may get, without the one it has."""
        upper, lower = word.upper(), word.lower()
        if upper == lower:
            return []
        title = upper[:1] + lower[1:]
        wanted = {"upper": [upper], "lower": [lower], "title": [title], "any": [upper, lower, title]}[self.style]
        # ß has no capital of one letter, nor has ŉ: such words keep their case.
        return [new for new in dict.fromkeys(wanted) if new != word and len(new) == len(word)]

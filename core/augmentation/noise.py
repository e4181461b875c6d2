"""What the noise operators share: how much noise, where it may fall, and the changes written into the text."""

import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from core.augmentation.amount import how_many, shuffled
from core.augmentation.operator import Context, Made, Operator, OperatorConfig, Row
from core.randomness import Draws
from core.text.characters import SCRIPTS
from core.text.protected import CHINESE_NEGATIONS, is_negation, masked

Edit = tuple[int, int, str]  # where it starts and stops in the text, and what stands there afterwards

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# In Chinese each character counts as a word.
CHARACTER_OR_WORD = re.compile(f"[{SCRIPTS['han']}]|[^\\W_{SCRIPTS['han']}]+(?:['’][^\\W_{SCRIPTS['han']}]+)*")
FIRST_IDEOGRAPH = "\u2e80"
WORD_REACH = 20  # characters looked at on each side to see which word a character is in


class NoiseConfig(OperatorConfig):
    """Settings of every noise operator; each says where it could change something, and what it changes there."""

    rate: float = Field(
        0.05,
        gt=0,
        le=1,
        title="Share changed",
        description="The share of the characters, or of the words, that is changed; at least one a row.",
    )
    per: Literal["character", "word"] = Field(
        "character",
        title="Counted per",
        description="Whether the share is one of the characters, or of the words with one change in each. "
        "Each Chinese character counts as a word.",
    )
    max_changes: int | None = Field(None, ge=1, title="Most changes", description="At most so many changes a row.")

    def build(self, context: Context) -> Operator:
        """Return the operator."""

        def disturb(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            return [self._noisy(row.text, draw, context.language) for row, draw in zip(rows, draws, strict=True)]

        return disturb

    spares_negations: ClassVar[bool] = True
    one_place_a_word: ClassVar[bool] = False  # with the share counted per word there is one place in each already

    @abstractmethod
    def _places(self, text: str, language: str) -> Sequence[int]:
        """Return, in order, where `text` could be changed; in it what must stay is masked."""

    @abstractmethod
    def _edit(self, text: str, place: int, draws: Draws, language: str) -> Edit | None:
        """Return a change of the masked `text` at `place`, None where nothing would change."""

    def _free(self, text: str) -> str:
        """Return `text` with what must stay masked."""
        return masked(text)

    def _noisy(self, text: str, draws: Draws, language: str) -> Made | None:
        free = self._free(text)
        places = self._places(free, language)
        tries: Iterator[int]
        if self.per == "word" and not self.one_place_a_word:
            groups = _by_word(free, places, language)
            wanted = how_many(self.rate, len(groups), self.max_changes)
            tries = (draws.choice(group) for group in shuffled(groups, draws))
        else:
            wanted = how_many(self.rate, len(places), self.max_changes)
            tries = shuffled(places, draws)
        edits: list[Edit] = []
        touched: set[int] = set()
        for place in tries if wanted else ():
            if self.spares_negations and _denies(free, place, language):
                continue
            edit = self._edit(free, place, draws, language)
            if edit is None or not touched.isdisjoint(range(edit[0], edit[1])):
                continue
            edits.append(edit)
            touched.update(range(edit[0], edit[1]))
            if len(edits) == wanted:
                break
        return Made(_edited(text, sorted(edits))) if edits else None


def words_in(text: str, language: str) -> list[tuple[int, int]]:
    """Return where the words of `text` start and stop."""
    return [found.span() for found in _pattern(language).finditer(text)]


def word_end(text: str, start: int, language: str) -> int:
    """Return where the word that starts at `start` stops."""
    found = _pattern(language).match(text, start)
    return found.end() if found else start


def _pattern(language: str) -> re.Pattern[str]:
    return CHARACTER_OR_WORD if language == "zh" else WORD


def _by_word(text: str, places: Sequence[int], language: str) -> list[list[int]]:
    """Return `places` in groups, one for each word that has any."""
    groups = []
    at = 0
    for _, stop in words_in(text, language):
        first = at
        while at < len(places) and places[at] < stop:
            at += 1
        if at > first:
            groups.append(list(places[first:at]))
    return groups


def _denies(text: str, place: int, language: str) -> bool:
    """Tell whether the character at `place` belongs to a negation."""
    if text[place] >= FIRST_IDEOGRAPH:
        return text[place] in CHINESE_NEGATIONS
    left, right = max(0, place - WORD_REACH), min(len(text), place + WORD_REACH)
    start, stop = text.rfind(" ", left, place) + 1, text.find(" ", place, right)
    if start and stop > 0 and text[start:stop].isalpha():
        return is_negation(text[start:stop], language)
    start = stop = place
    while start > left and _is_inside(text[start - 1]):
        start -= 1
    while stop < right and _is_inside(text[stop]):
        stop += 1
    return is_negation(text[start:stop], language)


def _is_inside(character: str) -> bool:
    return character < FIRST_IDEOGRAPH and (character.isalpha() or character in "'’")


def _edited(text: str, edits: Sequence[Edit]) -> str:
    parts: list[str] = []
    end = 0
    for start, stop, new in edits:
        parts += (text[end:start], new)
        end = stop
    return "".join(parts) + text[end:]

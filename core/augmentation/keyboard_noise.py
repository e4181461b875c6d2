"""Keyboard typos: a letter becomes its neighbour on the keyboard, a Chinese character one that sounds alike."""

from collections.abc import Sequence
from typing import ClassVar

from core.augmentation.noise import Edit, NoiseConfig
from core.augmentation.operator import OPERATORS
from core.randomness import Draws
from core.text.chinese_characters import homophones

# The letters around each letter on a QWERTY keyboard.
QWERTY = {
    **{"q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj", "i": "uojk"},
    **{"o": "ipkl", "p": "ol", "a": "qwsz", "s": "weadzx", "d": "ersfxc", "f": "rtdgcv", "g": "tyfhvb"},
    **{"h": "yugjbn", "j": "uihknm", "k": "iojlm", "l": "opk", "z": "asx", "x": "sdzc", "c": "dfxv", "v": "fgcb"},
    **{"b": "ghvn", "n": "hjbm", "m": "jkn"},
}
NEIGHBOURS = QWERTY | {letter.upper(): around.upper() for letter, around in QWERTY.items()}


@OPERATORS.register("keyboard_noise")
class KeyboardNoise(NoiseConfig):
    """Settings of keyboard typos."""

    title: ClassVar[str] = "Keyboard typos"
    summary: ClassVar[str] = (
        "Letters become their neighbours on a QWERTY keyboard, Chinese characters others that sound alike. "
        "Negations, numbers, dates, links, @names and #tags stay."
    )

    def _places(self, text: str, language: str) -> Sequence[int]:
        known = NEIGHBOURS | homophones() if language == "zh" else NEIGHBOURS
        return [i for i, character in enumerate(text) if character in known]

    def _edit(self, text: str, place: int, draws: Draws, language: str) -> Edit | None:
        old = text[place]
        return place, place + 1, draws.choice(NEIGHBOURS.get(old) or homophones()[old])

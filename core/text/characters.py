r"""What kind of character a character is: its script, whether it is punctuation, whether it is part of a word.

Python's `re` knows no scripts and no Unicode categories, and its `\w` leaves out the vowel signs of Hindi and Thai, so
the classes are made here from `unicodedata`.
"""

import functools
import re
import unicodedata
from collections.abc import Callable

# Ranges as they stand between the square brackets of a regular expression.
SCRIPTS = {
    "latin": "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ",
    "han": "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f",
    "kana": "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "arabic": "\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "hebrew": "\u05d0-\u05ea\ufb1d-\ufb4f",
    "devanagari": "\u0900-\u0963\u0970-\u097f",
    "thai": "\u0e01-\u0e3a\u0e40-\u0e4e",
}

# Scripts written without blanks between words: Han, kana, Thai, Lao, Burmese and Khmer.
UNSPACED = SCRIPTS["han"] + SCRIPTS["kana"] + SCRIPTS["thai"] + "\u0e80-\u0eff\u1000-\u109f\u1780-\u17d3"

JOINERS = "\u00ad\u200c\u200d"  # soft hyphen, zero-width non-joiner and joiner: inside words, though category Cf
PICTURES = "\U0001d000-\U0001d3ff\U0001f000-\U0001faff"  # notes, tiles, flags, emoji: category So above

# Only the Basic Multilingual Plane is listed character by character: `re` looks a class up at once there, but goes
# through ranges above it one by one, for every character. Above it are marks of ancient scripts, and PICTURES.
LAST_CODE_POINT = 0xFFFF


@functools.cache
def punctuation() -> str:
    """Return the punctuation marks and the currency, mathematical and modifier signs, as a regex class's inside.

    Emoji and other pictures (category So) are not among them.
    """
    return _ranges(lambda category, character: category[0] == "P" or category in {"Sc", "Sm", "Sk"})


@functools.cache
def outside_words() -> str:
    """Return what is in no word, as a regex class's inside: blanks, punctuation, symbols, emoji, control characters."""

    def belongs(category: str, character: str) -> bool:
        return category[0] in "PSZ" or (category in {"Cc", "Cf"} and character not in JOINERS)

    return _ranges(belongs) + PICTURES


@functools.cache
def word_pattern() -> re.Pattern[str]:
    """Return the pattern of a word: letters, marks and digits, with apostrophes between them ("don't", "l’été")."""
    inside = f"[^{outside_words()}]+"
    return re.compile(f"{inside}(?:['’]{inside})*")


@functools.cache
def spaced_letter() -> re.Pattern[str]:
    """Return the pattern of one letter, mark or digit of a script that puts blanks between words."""
    return re.compile(f"[^{outside_words()}{UNSPACED}]")


def _ranges(belongs: Callable[[str, str], bool]) -> str:
    """Return the characters that `belongs(category, character)` accepts, as ranges of escaped code points."""
    ranges: list[list[int]] = []
    for code in range(LAST_CODE_POINT + 1):
        if belongs(unicodedata.category(chr(code)), chr(code)):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in ranges)

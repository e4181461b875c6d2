"""Putting sentences side by side in the way a text is written: its end marks, its blanks, its paragraphs."""

import re
import unicodedata
from collections.abc import Sequence

from core.text.characters import SCRIPTS

ENDS = tuple(".!?…。！？｡؟۔।॥；;")
CLOSERS = "\"'”’»)]}」』）】》 "
HALF_MARKS = ",，、:：-–— "  # at the end of what is no whole sentence
CHINESE = re.compile(f"[{SCRIPTS['han']}{SCRIPTS['kana']}]")
FULL_WIDTH = re.compile(f"[{SCRIPTS['han']}{SCRIPTS['kana']}。！？；，、：…“”‘’「」『』（）【】《》]")
CHINESE_REACH = 20  # characters before an end that tell whether it is Chinese
ATTACHED_MARK = re.compile(r"(?<=\w)([.,!?;:])(?=\s|$)")


def with_sentence(parts: Sequence[str], sentence: str, place: int, is_spaced: bool) -> str:
    """Return the text of `parts`, as `sentences` cuts it, with `sentence` before the part at `place`, or at the end.

    What stands beside the new sentence, and the new sentence, get an end mark where they have none; `is_spaced` says
    that marks have a blank before them, as in texts cut into tokens. Blanks that are there stay; beside Chinese
    there are none.
    """
    left, right = "".join(parts[:place]), "".join(parts[place:])
    before, after = left.rstrip(), right.strip()
    new = ended(ATTACHED_MARK.sub(r" \1", sentence) if is_spaced else sentence, is_spaced)
    tail = right[len(right.rstrip()) :] if after else left[len(before) :]
    if not before:
        lead = right[: len(right) - len(right.lstrip())]
        return left + lead + new + _blank(new, after) + ended(after, is_spaced) + tail
    before = ended(before, is_spaced)
    begun = before + _blank(before, new) + new
    if not after:
        return begun + tail
    return begun + (left[len(left.rstrip()) :] or _blank(new, after)) + ended(after, is_spaced) + tail


def ended(sentence: str, is_spaced: bool) -> str:
    """Return `sentence`, which has no blanks around it, with an end mark where it has none; a comma at its end goes."""
    bare = sentence.rstrip(CLOSERS)
    if not bare or bare.endswith(ENDS):
        return sentence
    if bare == sentence and (whole := sentence.rstrip(HALF_MARKS)):
        sentence = bare = whole
    if not bare[-1].isalnum() and unicodedata.category(bare[-1])[0] != "M":
        return sentence  # an emoji or the like ends it well enough
    if CHINESE.search(bare[-CHINESE_REACH:]):
        return f"{sentence}。"
    return f"{sentence} ." if is_spaced else f"{sentence}."


def _blank(left: str, right: str) -> str:
    """Return what stands between two sentences."""
    if not left or not right:
        return ""
    return "" if FULL_WIDTH.match(left[-1]) or FULL_WIDTH.match(right[0]) else " "

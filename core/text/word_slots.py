"""A text as words and what stands between them, so that words can move while punctuation and blanks stay in place."""

import functools
import re
from collections.abc import Sequence

from core.text.characters import SCRIPTS, UNSPACED, outside_words, spaced_letter
from core.text.protected import LITERAL_OR_NUMBER, has_signs
from core.text.tokenizers import TOKENIZERS

HAN = re.compile(f"[{SCRIPTS['han']}]")


def slots(text: str, language: str) -> list[str]:
    """Return the pieces of `text`, which joined give it back: words at odd places, what is between them at even ones.

    A date, a number, an address, an @name and a #tag are one word; so are "don't", "well-known" and, in texts that
    were cut before, "do n't" and "film 's". Chinese words are those that jieba finds. Raises MissingResource
    where Chinese needs jieba and it is not installed.
    """
    is_chinese = language == "zh" and HAN.search(text) is not None
    if not is_chinese and not has_signs(text):
        return _words().split(text)
    found = [""]
    start = 0
    for literal in LITERAL_OR_NUMBER.finditer(text):
        _extend(found, _plain(text[start : literal.start()], is_chinese))
        _extend(found, ["", literal[0], ""])
        start = literal.end()
    return _extend(found, _plain(text[start:], is_chinese))


def joined(pieces: Sequence[str]) -> str:
    """Return the text of `pieces` as `slots` made them, with a blank where two Latin words came to stand together."""
    text = "".join(pieces)
    if text.isascii() or not HAN.search(text):
        return text
    letter = spaced_letter()
    parts: list[str] = []
    last = ""
    for piece in pieces:
        if piece:
            if last and letter.match(last) and letter.match(piece):
                parts.append(" ")
            parts.append(piece)
            last = piece[-1]
    return "".join(parts)


def _extend(found: list[str], pieces: Sequence[str]) -> list[str]:
    found[-1] += pieces[0]
    found += pieces[1:]
    return found


def _plain(text: str, is_chinese: bool) -> list[str]:
    if not is_chinese or not HAN.search(text):
        return _words().split(text)
    found = [""]
    start = 0
    for token in TOKENIZERS["jieba"].tokenize(text):
        place = text.index(token, start)
        found[-1] += text[start:place]
        start = place + len(token)
        if _words().fullmatch(token):
            found += (token, "")
        else:
            found[-1] += token
    found[-1] += text[start:]
    return found


@functools.cache
def _words() -> re.Pattern[str]:
    """Return the pattern of a word: a run of letters of scripts with blanks, or of one without."""
    letters, unspaced = f"[^{outside_words()}{UNSPACED}]+", f"[{UNSPACED}]+"
    contraction = "(?: ?n['’]t| ['’](?:s|re|ve|ll|d|m))(?![a-zA-Z])"
    return re.compile(f"({letters}(?:['’-]{letters})*(?:{contraction})?|{unspaced})")

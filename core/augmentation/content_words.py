"""Which words of a text another word may stand in for, and how that word is written there."""

import re
from collections.abc import Sequence

from core.text.articles import with_article
from core.text.characters import UNSPACED
from core.text.protected import is_protected
from core.text.stopwords import stopwords

TITLES_EVERYWHERE = frozenset({"de"})  # German writes every noun with a capital, so a capital shows no name
SENTENCE_END = '.!?…\n"“「『'
CHINESE_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两")  # "三十元" is a number, and jieba's one word
UNSPACED_WORD = re.compile(f"[{UNSPACED}]+")


class ContentWords:
    """Tells which words may be replaced: no stop words, negations, numbers, addresses, names, nor `protected` words."""

    def __init__(self, language: str, protected: Sequence[str] = ()) -> None:
        self._language = language
        self._kept = stopwords(language) | {word.lower() for word in protected}

    def word(self, word: str) -> bool:
        """Tell whether `word`, wherever it stands, may be replaced and may replace another."""
        if any(character in " \u00a0'’" for character in word):  # "do n't", "film 's": two words in one
            return False
        if len(word) == 1 and not UNSPACED_WORD.fullmatch(word):
            return False
        if not CHINESE_NUMERALS.isdisjoint(word):
            return False
        return word.lower() not in self._kept and not is_protected(word, self._language)

    def places(self, pieces: Sequence[str]) -> list[int]:
        """Return the places in `pieces`, as word_slots.slots cuts them, of the words that may be replaced."""
        return [
            place for place in range(1, len(pieces), 2) if self.word(pieces[place]) and not self._is_name(pieces, place)
        ]

    def put(self, pieces: list[str], place: int, word: str) -> None:
        """Put `word` into `place`, written like the word that was there; "a" before it becomes "an" where it must."""
        old = pieces[place]
        pieces[place] = written_like(word, old)
        before = pieces[place - 2] if place > 2 and pieces[place - 1].isspace() else ""
        if self._language == "en" and before.lower() in ("a", "an"):
            pieces[place - 2] = with_article(before, old, pieces[place])

    def _is_name(self, pieces: Sequence[str], place: int) -> bool:
        """Tell whether the word has a capital that the beginning of a sentence does not explain."""
        word = pieces[place]
        if word == word.lower() or self._language in TITLES_EVERYWHERE:
            return False
        between = pieces[place - 1].rstrip(" ")
        begins = place == 1 or between.endswith(tuple(SENTENCE_END))
        return word[1:] != word[1:].lower() or not begins


def written_like(word: str, model: str) -> str:
    """Return `word` with a capital first letter, or in capitals, where `model` is written so."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word

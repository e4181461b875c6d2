"""Which language texts are in, by their script and their commonest words. Needs no model and no network.

The script decides for languages that have one to themselves. Among those in Latin letters the small words decide
(Grefenstette 1995, "Comparing two language identification schemes"), here the bundled stop words.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from core.text.characters import SCRIPTS, word_pattern
from core.text.stopwords import bundled_stopwords

LANGUAGES = {
    **{"en": "English", "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "ru": "Russian", "ar": "Arabic"},
    **{"he": "Hebrew", "el": "Greek", "th": "Thai", "hi": "Hindi", "de": "German", "fr": "French", "es": "Spanish"},
    **{"it": "Italian", "pt": "Portuguese", "nl": "Dutch", "mul": "Several languages", "und": "Not determined"},
}

MAX_TEXTS = 2_000
MAX_CHARACTERS = 200_000  # looked at in all
MAX_CHARACTERS_PER_TEXT = 2_000

# A Han character says about as much as half a word, a kana or Hangul syllable about as much as two letters.
LETTERS_PER_CHARACTER = {"han": 3.0, "kana": 2.0, "hangul": 2.0}

LANGUAGE_OF_SCRIPT = {
    **{"hangul": "ko", "cyrillic": "ru", "arabic": "ar", "hebrew": "he", "greek": "el", "thai": "th"},
    "devanagari": "hi",
}

# Letters that show another language in the same script: Ukrainian, Serbian, ...; Persian, Urdu, ...
FOREIGN_LETTERS = {"ru": "ґєіїўјљњћђџѓќ", "ar": "پچژگکیٹڈڑےہ"}
MAX_FOREIGN = 0.02  # of the letters

# Letters that a text of some length cannot do without: Bulgarian has no ы.
OWN_LETTERS = {"ru": "ы"}
ENOUGH_LETTERS = 300

MIN_KANA = 0.05  # of Han and kana together, from which on it is Japanese
MIN_STOP_WORDS = 0.12  # of the words, each counted by how few of the languages share it
# A few short words of another language look like stop words (Polish "do", "to", "on"), but never many different ones.
MIN_DIFFERENT = 1 / 25  # of the different words, up to
ENOUGH_DIFFERENT = 1 / 5  # of the list

WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|<[^<>]{1,100}>")


def language_in_words(code: str) -> str:
    """Return the name of the language with this ISO 639-1 code, or that it is not determined."""
    return "language not determined" if code == "und" else LANGUAGES.get(code, code)


def detect_language(texts: Iterable[str]) -> str:
    """Return the ISO 639-1 code of the language that most of `texts` is in, or "und" where none of LANGUAGES fits.

    Looks at the first MAX_TEXTS texts and MAX_CHARACTERS characters; the rest is not read. "mul" is never returned.
    """
    sample: list[str] = []
    size = 0
    for text in islice(texts, MAX_TEXTS):
        sample.append(text[:MAX_CHARACTERS_PER_TEXT])
        size += len(sample[-1])
        if size >= MAX_CHARACTERS:
            break
    joined = WEB_ADDRESS.sub(" ", "\n".join(sample)).lower()
    letters = {script: len(pattern.findall(joined)) for script, pattern in _script_patterns().items()}
    weights = {script: count * LETTERS_PER_CHARACTER.get(script, 1.0) for script, count in letters.items()}
    east_asian = weights["han"] + weights["kana"]
    weights |= {"han": east_asian, "kana": 0.0}  # Japanese is written in both
    script = max(weights, key=lambda name: weights[name])
    if weights[script] == 0:
        return "und"
    if script == "latin":
        return _by_stop_words(joined)
    if script == "han":
        return "ja" if letters["kana"] >= MIN_KANA * (letters["han"] + letters["kana"]) else "zh"
    language = LANGUAGE_OF_SCRIPT[script]
    own = [letter for letter in OWN_LETTERS.get(language, "") if letter in joined]
    if language in OWN_LETTERS and not own and letters[script] >= ENOUGH_LETTERS:
        return "und"
    foreign = sum(joined.count(letter) for letter in FOREIGN_LETTERS.get(language, ""))
    return "und" if foreign > MAX_FOREIGN * letters[script] else language


def _by_stop_words(text: str) -> str:
    """Return the language in Latin letters whose stop words make up the largest share of the words, or "und"."""
    # One-letter words say little: "a" and "i" are words in most languages.
    lists = {
        code: [word for word in words if len(word) > 1]
        for code, words in bundled_stopwords().items()
        if code not in ("zh", "ru")
    }
    shared = Counter(word for words in lists.values() for word in words)
    counted = Counter(word_pattern().findall(text.replace("’", "'")))
    total = sum(counted.values())
    scores = {
        code: sum(counted[word] / shared[word] for word in words if word in counted) for code, words in lists.items()
    }
    best = max(scores, key=lambda code: scores[code])
    different = sum(word in counted for word in lists[best])
    enough = different >= min(MIN_DIFFERENT * len(counted), ENOUGH_DIFFERENT * len(lists[best]))
    return best if enough and scores[best] >= MIN_STOP_WORDS * total and total else "und"


@functools.cache
def _script_patterns() -> dict[str, re.Pattern[str]]:
    return {script: re.compile(f"[{ranges}]") for script, ranges in SCRIPTS.items()}

"""English indefinite articles: "a" before the sound of a consonant, "an" before that of a vowel."""

import re

# Spelling deceives: "hour" begins with a vowel's sound, "use" and "one" with a consonant's.
VOWEL_LETTER = re.compile(r"[aeiou]|hour|honest|honou?r|heir", re.I)
CONSONANT_SOUND = re.compile(r"uni(?![nm])|us[eau]|uti|ura|ubiq|eu|ewe|once|one\b", re.I)


def starts_with_vowel(word: str) -> bool:
    """Tell whether `word` begins with the sound of a vowel."""
    return VOWEL_LETTER.match(word) is not None and CONSONANT_SOUND.match(word) is None


def with_article(article: str, old: str, new: str) -> str:
    """Return `article`, which may have an opening mark before it and stood before `old`, as it stands before `new`.

    It stays as it was written where both begin alike, even if it was wrong.
    """
    if starts_with_vowel(old) == starts_with_vowel(new):
        return article
    stem = article.rstrip("nN")
    if not starts_with_vowel(new):
        return stem
    return stem + ("N" if stem.endswith("A") and new.isupper() and len(new) > 1 else "n")

"""Articles: by sound, in the case and with the marks they had."""

import pytest

from core.text.articles import starts_with_vowel, with_article


@pytest.mark.parametrize("word", ["apple", "hour", "honest", "heir", "uninteresting", "unimportant", "umbrella", "Old"])
def test_sounds_of_vowels(word: str) -> None:
    assert starts_with_vowel(word)


@pytest.mark.parametrize(
    "word", ["film", "use", "usual", "unique", "university", "one", "one-way", "European", "house"]
)
def test_sounds_of_consonants(word: str) -> None:
    assert not starts_with_vowel(word)


@pytest.mark.parametrize(
    ("article", "old", "new", "expected"),
    [
        ("a", "movie", "animated", "an"),
        ("an", "attempt", "try", "a"),
        ("A", "movie", "epic", "An"),
        ("A", "MOVIE", "EPIC", "AN"),
        ("AN", "EPIC", "MOVIE", "A"),
        ('"a', "movie", "epic", '"an'),
        ("(An", "epic", "movie", "(A"),
        ("a", "movie", "film", "a"),
        ("a", "awful", "dreadful", "a"),
        ("a", "awful", "atrocious", "a"),  # what was wrong stays as it was
    ],
)
def test_the_article_fits_the_new_word(article: str, old: str, new: str, expected: str) -> None:
    assert with_article(article, old, new) == expected

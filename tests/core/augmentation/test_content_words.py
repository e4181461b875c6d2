import pytest

from core.augmentation.content_words import ContentWords, written_like
from core.text.word_slots import slots


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The old house is not far, don't go.", "en", {"old", "house", "far", "go"}),
        ("We met Alice in Paris. Alice smiled.", "en", {"met", "smiled", "Alice"}),  # the second begins a sentence
        ("NASA launched 3 rockets on 5 March 2020", "en", {"launched", "rockets"}),
        ("see http://example.com/fine/words @someone #tag now", "en", {"see"}),
        ("twelve well-known films , film 's end", "en", {"well-known", "films", "end"}),
        ("酒店不错，早餐三十元", "zh", {"酒店", "早餐"}),
        ("Der alte Mann liest", "de", {"alte", "Mann", "liest"}),
        ("a b c", "en", set()),
        ("", "en", set()),
    ],
)
def test_words_that_carry_meaning_may_be_replaced(text, language, expected):
    pieces = slots(text, language)
    assert {pieces[place] for place in ContentWords(language).places(pieces)} == expected


def test_the_users_own_words_are_kept():
    pieces = slots("Bright colours, bright light", "en")
    places = ContentWords("en", ["BRIGHT"]).places(pieces)
    assert [pieces[place] for place in places] == ["colours", "light"]


def test_a_word_is_written_like_the_one_before_it():
    assert written_like("film", "movie") == "film"
    assert written_like("film", "Movie") == "Film"
    assert written_like("film", "MOVIE") == "FILM"
    assert written_like("film", "I") == "Film"
    assert written_like("电影", "片子") == "电影"


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("A good film", "good", "awful", "An awful film"),
        ("an old film", "old", "good", "a good film"),
        ("a Bad film", "Bad", "awful", "an Awful film"),
        ("a, good film", "good", "awful", "a, awful film"),
        ("good film", "good", "awful", "awful film"),
    ],
)
def test_an_article_fits_the_word_after_it(text, old, new, expected):
    pieces = slots(text, "en")
    ContentWords("en").put(pieces, pieces.index(old), new)
    assert "".join(pieces) == expected

"""Word changes: both texts come back whole, and only what changed is marked."""

import itertools
import random

import pytest

from core.text.word_changes import MAX_TOKENS, WordChange, word_changes


def compact(before: str, after: str) -> list[tuple[str, str, str]]:
    return [tuple(change) for change in word_changes(before, after)]


def test_each_kind_once() -> None:
    assert compact("a good film", "a bad film") == [
        ("same", "a ", "a "),
        ("replaced", "good", "bad"),
        ("same", " film", " film"),
    ]
    assert compact("a film", "a good film") == [
        ("same", "a ", "a "),
        ("inserted", "", "good "),
        ("same", "film", "film"),
    ]
    assert compact("a good film", "a film") == [
        ("same", "a ", "a "),
        ("deleted", "good ", ""),
        ("same", "film", "film"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("same", "same", [("same", "same", "same")]),
        ("", "new", [("inserted", "", "new")]),
        ("old", "", [("deleted", "old", "")]),
        ("a  b", "a b", [("same", "a", "a"), ("replaced", "  ", " "), ("same", "b", "b")]),  # blanks count
        ("don't go", "do go", [("replaced", "don't", "do"), ("same", " go", " go")]),  # an apostrophe is in a word
        ("Good!", "good!", [("replaced", "Good", "good"), ("same", "!", "!")]),
        ("end.", "end!", [("same", "end", "end"), ("replaced", ".", "!")]),
        ("line\none", "line\ntwo", [("same", "line\n", "line\n"), ("replaced", "one", "two")]),
    ],
)
def test_what_counts_as_a_word(before: str, after: str, expected: list[tuple[str, str, str]]) -> None:
    assert compact(before, after) == expected


def test_chinese_and_japanese_change_by_character() -> None:
    assert compact("这部电影很好看", "这部电影不好看") == [
        ("same", "这部电影", "这部电影"),
        ("replaced", "很", "不"),
        ("same", "好看", "好看"),
    ]
    assert compact("この映画", "その映画") == [("replaced", "こ", "そ"), ("same", "の映画", "の映画")]


def test_a_hindi_word_with_vowel_signs_is_one_word() -> None:
    assert compact("फिल्म", "फिल्में") == [("replaced", "फिल्म", "फिल्में")]


def test_joining_the_stretches_gives_both_texts_and_neighbours_differ() -> None:
    chance = random.Random(0)
    words = [
        "a",
        "b",
        "don't",
        " ",
        "  ",
        "\n",
        "，",
        "好",
        "看",
        "é",
        "e\u0301",
        "👩‍👩‍👧",
        "<b>",
        "0.5",
        "\x00",
        "שלום",
        "'",
    ]
    for _ in range(300):
        before = "".join(chance.choices(words, k=chance.randrange(30)))
        after = "".join(chance.choices(words, k=chance.randrange(30)))
        changes = word_changes(before, after)
        assert "".join(change.before for change in changes) == before
        assert "".join(change.after for change in changes) == after
        for kind, x, y in changes:
            assert kind == ("same" if x == y else "inserted" if not x else "replaced" if y else "deleted")
        kinds = [change.kind == "same" for change in changes]
        assert all(x != y for x, y in itertools.pairwise(kinds))


def test_one_changed_word_in_a_book_is_found_at_once() -> None:
    book = [f"word{i}" for i in range(200_000)]
    before = " ".join(book)
    book[100_000] = "changed"
    changed = [change for change in word_changes(before, " ".join(book)) if change.kind != "same"]
    assert changed == [WordChange("replaced", "word100000", "changed")]


def test_two_books_without_a_word_in_common_are_one_replacement() -> None:
    before, after = "x " * (MAX_TOKENS * 50), "y." * (MAX_TOKENS * 50)
    assert word_changes(before, after) == [WordChange("replaced", before, after)]  # word by word it would take hours

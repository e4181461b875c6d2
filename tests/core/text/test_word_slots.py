import random
from pathlib import Path

import pytest

from core.text.word_slots import joined, slots


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Well, it's a well-known (old) fact!", ["Well", "it's", "a", "well-known", "old", "fact"]),
        ("they do n't see the film 's end", ["they", "do n't", "see", "the", "film 's", "end"]),
        ("on May 3, 2020 at 12:30 see http://a.com/x", ["on", "May 3, 2020", "at", "12:30", "see", "http://a.com/x"]),
        ("@bob likes #fun 😀", ["@bob", "likes", "#fun"]),
        ("", []),
        (" ... ", []),
    ],
)
def test_words_stand_at_odd_places(text: str, words: list[str]) -> None:
    assert slots(text, "en")[1::2] == words
    assert "".join(slots(text, "en")) == text


def test_chinese_words_are_those_of_jieba() -> None:
    pieces = slots("酒店的早餐很好，wifi 2M。", "zh")
    assert pieces[1::2] == ["酒店", "的", "早餐", "很", "好", "wifi", "2M"]
    assert pieces[::2] == ["", "", "", "", "", "，", " ", "。"]


def test_pieces_are_the_text_again(shared_data: Path) -> None:
    draw = random.Random(0)
    units = [
        "a",
        "don't",
        " n't",
        "'",
        "-",
        " ",
        "3",
        "3.5",
        "好",
        "酒店",
        "，",
        "@b",
        "#",
        "http://x.cn",
        "😀",
        "\n",
        "<b>",
    ]
    for language in ("en", "zh", "und"):
        for _ in range(1_000):
            text = "".join(draw.choices(units, k=draw.randrange(15)))
            pieces = slots(text, language)
            assert "".join(pieces) == text and len(pieces) % 2 == 1
    path = next((shared_data / "chnsenticorp").glob("*.csv"))
    for line in path.read_text(encoding="utf-8").splitlines()[:200]:
        assert "".join(slots(line, "zh")) == line


def test_latin_words_that_meet_get_a_blank() -> None:
    assert joined(["", "好", "", "wifi", "", "pass", "。"]) == "好wifi pass。"
    assert joined(["", "a", " ", "b", ""]) == "a b"

import random
import time
from pathlib import Path

import pytest

from core.text.sentences import sentences


@pytest.mark.parametrize(
    "expected",
    [
        ["The cat is on the mat. ", "The dog is in the yard."],
        ["Mr. Smith paid $3.50. ", "He left at 5 p.m. ", "The U.S. Army came. ", "J. K. Rowling wrote it."],
        ["He was born in Washington D.C. in 1950. ", "Ph.D. students, e.g. Dr. No, came."],
        ["Acme Inc. ", "The firm grew. ", "Acme Inc. grew. ", "See No. 5. ", "No. ", "That is it."],
        ["1. First point. ", "2. Second point."],
        ['He said "Stop." ', "Then he left. ", '"Go!" she said. ', '"What?" he asked. ', "(It was late.) ", "So what?"],
        ["Wait... what? ", "Well… ", "No. ", "Really?! ", "Yes!"],
        ["it is good . ", "but bad . ", "really ? ", "yes"],
        ["well . . . it is fine . ", "ok"],
        ["i love it. ", "it was great."],
        ["早餐太差。", "无论去多少人！！", "房间本身很好；", "“你好。”", "他说3.5元。"],
        ["会非常麻烦.", "建议用别的路线.", "整体不错!", "下次还来"],
        ["我……我不知道。。。", "呵还有"],
        ["كيف حالك؟ ", "بخير."],
        ["A line\n\n", "Another. ", "Third\nand on"],
        ["  Blanks before. ", "And after.  \n"],
        ["Great :) ! ", "It was. ;-)"],
        ["no end at all"],
        ["..."],
        ["\n \n"],
        [],
    ],
)
def test_sentences_end_where_a_reader_says(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


def test_joined_they_are_the_text() -> None:
    draw = random.Random(0)
    pieces = [
        *("a", "B", "No", "Mr", "3", "好", "。", "！", "；", ".", ". ", " . ", "?", "!", '"', "”", "…", "\n", "\n\n")
    ]
    for _ in range(5_000):
        text = "".join(draw.choices(pieces, k=draw.randrange(30)))
        found = sentences(text)
        assert "".join(found) == text
        assert all(found) and (len(found) < 2 or all(any(map(str.isalnum, each)) for each in found))


@pytest.mark.parametrize(
    "piece", ["! ", "!", "。", " .", "a.", "a. ", "\n", "A. B ", "...a", '"', ".)", "\n ", "! \n\n"]
)
def test_the_time_is_linear_in_the_text(piece: str) -> None:
    start = time.process_time()
    assert "".join(sentences(piece * 100_000)) == piece * 100_000
    assert time.process_time() - start < 10  # seconds; with the square of the length it would be minutes


def test_real_texts_have_sensible_sentences(shared_data: Path) -> None:
    path = next((shared_data / "chnsenticorp").glob("*.csv"))
    lines = path.read_text(encoding="utf-8").splitlines()[1:500]
    for line in lines:
        found = sentences(line)
        assert "".join(found) == line
    assert sum(len(sentences(line)) for line in lines) > 2 * len(lines)

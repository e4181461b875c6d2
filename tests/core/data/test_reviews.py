"""The built-in reviews are what their note says: balanced, varied, without copies, and free of personal data."""

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from statistics import mean, median

import pytest

import core.data

FOLDER = Path(core.data.__file__).parent / "builtin"
ROWS = [json.loads(line) for line in (FOLDER / "reviews.jsonl").read_text(encoding="utf-8").splitlines()]
NOTE = (FOLDER / "reviews.md").read_text(encoding="utf-8")
LABELS = ("positive", "negative")
TOPICS = {
    *("film", "series", "book", "phone", "laptop", "headphones"),
    *("kitchen", "clothing", "hotel", "restaurant", "game", "furniture"),
}
LENGTHS = [len(row["text"].split()) for row in ROWS]
AVERAGES = {label: mean(len(row["text"].split()) for row in ROWS if row["label"] == label) for label in LABELS}
WORDS = [re.findall(r"[a-z']+", row["text"].lower()) for row in ROWS]


def test_there_are_300_rows_with_the_four_columns_and_nothing_blank() -> None:
    assert len(ROWS) == 300
    for row in ROWS:
        assert list(row) == ["text", "label", "topic", "difficulty"]
        assert row["text"] == row["text"].strip() != ""


def test_the_labels_are_even_in_the_whole_in_every_topic_and_at_every_difficulty() -> None:
    assert Counter(row["label"] for row in ROWS) == {"positive": 150, "negative": 150}
    for column, values in (("topic", TOPICS), ("difficulty", {"plain", "mixed", "hard"})):
        counts = Counter((row[column], row["label"]) for row in ROWS)
        assert {value for value, _ in counts} == values
        for value in values:
            assert counts[value, "positive"] == counts[value, "negative"] > 0


def test_films_are_two_fifths_and_plain_reviews_three_fifths() -> None:
    assert sum(row["topic"] == "film" for row in ROWS) == 120  # 40 % of 300
    assert Counter(row["difficulty"] for row in ROWS) == {"plain": 180, "mixed": 76, "hard": 44}  # 60, 25, 15 %


def test_lengths_spread_from_a_few_words_to_more_than_a_hundred() -> None:
    assert min(LENGTHS) <= 3
    assert 18 <= median(LENGTHS) <= 26
    assert 100 <= max(LENGTHS) <= 130
    assert sum(length <= 8 for length in LENGTHS) >= 15
    assert sum(length >= 50 for length in LENGTHS) >= 20


def test_length_does_not_give_the_label_away() -> None:
    assert max(AVERAGES.values()) < 1.25 * min(AVERAGES.values())


def test_most_reviews_have_a_second_sentence() -> None:
    with_two = sum(len(re.findall(r"[.!?]+(?=\s|$)", row["text"])) >= 2 for row in ROWS)
    assert with_two >= 200


def test_no_two_reviews_are_alike() -> None:
    assert len({" ".join(words) for words in WORDS}) == 300
    sets = [set(words) for words in WORDS]
    closest = max(len(a & b) / len(a | b) for a, b in combinations(sets, 2))
    assert closest < 0.4


def test_reviews_share_no_phrases_as_filled_in_patterns_would() -> None:
    """Of the runs of five words, at most three may be in two reviews; no opening of three words is in three."""
    fives = Counter(run for words in WORDS for run in {tuple(words[i : i + 5]) for i in range(len(words) - 4)})
    assert sum(count > 1 for count in fives.values()) <= 3
    openings = Counter(tuple(words[:3]) for words in WORDS)
    assert max(openings.values()) <= 2


@pytest.mark.parametrize(
    ("kind", "pattern", "example"),
    [
        ("e-mail address", r"\S@\S", "write to a@b.org"),
        ("link", r"https?:|www\.|\w\.(com|org|net)\b", "see shop.com"),
        ("telephone number", r"\d[\d\s()./-]{5,}\d", "call 030 123-4567"),
        ("handle or tag", r"[@#]\w", "thanks @shop"),
    ],
)
def test_nothing_personal_is_in_them(kind: str, pattern: str, example: str) -> None:
    assert re.search(pattern, example), f"the pattern for a {kind} finds none"
    assert [row["text"] for row in ROWS if re.search(pattern, row["text"])] == []


def test_the_note_agrees_with_the_rows() -> None:
    counts = Counter((row["topic"], row["label"]) for row in ROWS)
    stated = {topic: (int(p), int(n)) for topic, p, n in re.findall(r"\| (\w+) \| (\d+) \| (\d+) (?=\|)", NOTE)}
    assert stated == {topic: (counts[topic, "positive"], counts[topic, "negative"]) for topic in TOPICS}
    levels = {level: int(n) for level, n in re.findall(r"^- (\w+): (\d+) reviews", NOTE, re.MULTILINE)}
    assert levels == Counter(row["difficulty"] for row in ROWS)
    assert f"{len(ROWS)} short English reviews" in NOTE
    assert "150 positive and 150 negative" in NOTE
    assert f"{min(LENGTHS)} to {max(LENGTHS)} words, half of them {median(LENGTHS):.0f} or fewer" in NOTE
    positive, negative = AVERAGES["positive"], AVERAGES["negative"]
    assert f"Positive ones have {positive:.1f} words on average, negative ones {negative:.1f}." in NOTE

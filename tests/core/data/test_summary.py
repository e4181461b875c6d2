"""What the rows that match come to: labels and lengths, from one reading."""

import random
from collections import Counter

import pytest

from core.data.explore import TOP_VALUES, facets, rows_page
from core.data.filters import Filters
from core.data.summary import summary


def test_labels_are_counted_as_python_counts_them(make_version):
    rng = random.Random(3)
    labels = rng.choices(["pos", "neg", "mixed", None, ""], [5, 4, 1, 1, 1], k=500)
    texts = rng.choices(["good film", "bad film", "film"], k=500)
    version = make_version(texts, labels=labels)
    counts = summary(version).labels
    assert dict(counts.items) == Counter(label or None for label in labels)
    assert [n for _, n in counts.items] == sorted((n for _, n in counts.items), reverse=True)
    assert (counts.distinct, counts.total, counts.others) == (3, 500, 0)
    good = summary(version, Filters(text="good")).labels
    assert dict(good.items) == Counter(
        label or None for label, text in zip(labels, texts, strict=True) if "good" in text
    )
    assert summary(version, Filters(text="nowhere")).labels.items == ()


@pytest.mark.parametrize("unit", ["characters", "words"])
def test_clicking_a_bar_shows_as_many_rows_as_it_is_high(make_version, unit):
    rng = random.Random(5)
    version = make_version([" ".join(["word"] * int(rng.lognormvariate(2.5, 1))) for _ in range(800)])
    lengths = summary(version, Filters(unit=unit)).lengths
    for part in filter(None, (lengths.below, *lengths.bins, lengths.above)):
        filters = Filters(unit=unit, min_length=part.low, max_length=part.high)
        assert rows_page(version, filters).total == part.rows


def test_filters_hold_for_the_histogram_too(make_version):
    version = make_version(["aa", "aaa b", "b"], labels=["x", "y", "x"])
    found = summary(version, Filters(labels=("x",))).lengths
    assert (found.rows, found.shortest, found.longest) == (2, 1, 2)


def test_bounds_on_the_length_leave_the_lengths_around_them_known(make_version):
    texts = ["a", "b b", "c c", "d d d", "e e e e", "f f f f f"]
    version = make_version(texts, labels=["x", "x", "y", "y", "z", None])
    found = summary(version, Filters(unit="words", min_length=2, max_length=4))
    assert dict(found.labels.items) == {"x": 1, "y": 2, "z": 1}
    assert (found.labels.distinct, found.rows, found.lengths.shortest, found.lengths.longest) == (3, 4, 2, 4)
    assert found.around == summary(version, Filters(unit="words")).lengths
    assert (found.around.rows, found.around.shortest, found.around.longest) == (6, 1, 5)
    assert summary(version, Filters(unit="words", max_length=0)).rows == 0
    assert summary(version, Filters(unit="words", min_length=3)).around == found.around


def test_of_very_many_labels_the_first_are_listed_and_the_others_summed(make_version):
    version = make_version(["t"] * 301, labels=[f"l{i:03}" for i in range(300)] + ["l007"])
    found = summary(version).labels
    assert len(found.items) == TOP_VALUES
    assert found.items[:2] == (("l007", 2), ("l000", 1))
    assert (found.distinct, found.total, found.others) == (300, 301, 301 - TOP_VALUES - 1)
    assert found == facets(version).labels


def test_no_row_at_all(make_version):
    found = summary(make_version(["a"]), Filters(text="z"))
    assert (found.rows, found.labels.items, found.labels.distinct, found.lengths.bins) == (0, (), 0, ())

"""Pages of rows, sorting, whole rows, and the counts the charts are drawn from."""

import random
from collections import Counter

import pyarrow as pa
import pytest

from core.data import sorting
from core.data.explore import CELL_CHARACTERS, TOP_VALUES, facets, missing, row, rows_page
from core.data.filters import Filters
from core.data.sorting import LENGTH
from core.errors import NotFound, QueryError, StorageError, UnknownName


def page_ids(*args, **kwargs):
    return rows_page(*args, **kwargs).rows["id"].to_pylist()


def test_pages_follow_the_file_and_together_are_every_row_once(make_version):
    version = make_version([f"text {i}" for i in range(103)])
    pages = [rows_page(version, offset=offset, limit=25) for offset in range(0, 125, 25)]
    assert [page.rows.num_rows for page in pages] == [25, 25, 25, 25, 3]
    assert {page.total for page in pages} == {103}
    assert [i for page in pages for i in page.rows["id"].to_pylist()] == [f"r{i}" for i in range(103)]
    assert pages[0].rows.column_names == list(version.columns)


@pytest.mark.parametrize(("offset", "limit"), [(0, 4), (0, 10), (0, 11), (4, 10), (8, 2), (9, 50), (10, 5), (99, 5)])
@pytest.mark.parametrize("sort", [None, ("id", False)])
def test_the_total_is_right_wherever_the_page_ends(make_version, offset, limit, sort):
    version = make_version(["yes" if i % 2 else "no" for i in range(20)])
    page = rows_page(version, Filters(text="yes"), sort, offset, limit)
    assert page.total == 10
    assert page.rows.num_rows == max(0, min(limit, 10 - offset))


def test_a_total_that_is_known_is_not_counted_again(make_version):
    version = make_version(["yes"] * 20)
    assert rows_page(version, Filters(text="yes"), limit=5, total=99).total == 99
    assert rows_page(version, Filters(text="yes"), limit=50, total=99).total == 20  # the page itself tells


def test_a_page_of_nothing(make_version):
    page = rows_page(make_version(["a"]), Filters(text="z"), sort=("text", True))
    assert (page.total, page.rows.num_rows, page.characters) == (0, 0, ())


def test_sorting_by_every_kind_of_column_puts_missing_values_last_both_ways(make_version):
    version = make_version(
        ["ccc", "a", "dddd", "bb"],
        labels=["10", "9", None, "two"],
        stars=[2.5, None, -1.0, 7.0],
        day=pa.array([3, 1, None, 2], pa.date32()),
    )
    orders = {
        ("text", False): "1302",
        ("text", True): "2031",
        (LENGTH, False): "1302",
        (LENGTH, True): "2031",
        ("label", False): "1032",  # numbers as numbers, then words, then nothing
        ("label", True): "0132",
        ("stars", False): "2031",
        ("stars", True): "3021",
        ("day", True): "0312",
        ("id", True): "3210",
    }
    for sort, order in orders.items():
        assert page_ids(version, sort=sort) == [f"r{i}" for i in order], sort


def test_equal_rows_keep_one_order_so_pages_neither_repeat_nor_skip(make_version):
    version = make_version(["same"] * 30, labels=["x", "y", "z"] * 10)
    for sort in (("text", False), ("label", True), (LENGTH, False)):
        found = [i for offset in range(0, 30, 7) for i in page_ids(version, sort=sort, offset=offset, limit=7)]
        assert sorted(found) == sorted(f"r{i}" for i in range(30)), sort


@pytest.mark.parametrize("near_rows", [0, 3, 20, 1_000])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_by_text_and_length_are_pieces_of_one_order(make_version, monkeypatch, near_rows, descending):
    monkeypatch.setattr(sorting, "NEAR_ROWS", near_rows)  # no page, some or all are found by what is near them
    draw = random.Random(7)
    texts = ["".join(draw.choices(["a", "b", "é", "雪", "😀", " "], k=draw.randrange(7))) for _ in range(90)]
    version = make_version(texts)
    kept = [(text, f"r{i}") for i, text in enumerate(texts) if "a" in text]
    keys = {"text": lambda row: row[0].encode(), LENGTH: lambda row: len(row[0])}
    for column, key in keys.items():
        expected = sorted(kept, key=lambda row: row[1])
        expected.sort(key=key, reverse=descending)
        for offset in range(0, len(kept) + 20, 10):
            page = rows_page(version, Filters(text="a"), (column, descending), offset, 10)
            assert page.total == len(kept)
            assert page.rows["id"].to_pylist() == [row_id for _, row_id in expected[offset : offset + 10]]


def test_a_column_that_is_not_there_cannot_be_sorted_by(make_version):
    with pytest.raises(UnknownName, match="Did you mean 'text'"):
        rows_page(make_version(["a"]), sort=('text" --', False))


def test_long_cells_are_cut_on_the_page_and_whole_in_the_row(make_version):
    long = "長" * 5_000
    version = make_version([long, "short"], note=[long, None], size=[1, 2])
    page = rows_page(version)
    assert page.rows["text"].to_pylist() == [long[:CELL_CHARACTERS], "short"]
    assert page.rows["note"].to_pylist() == [long[:CELL_CHARACTERS], None]
    assert page.characters == (5_000, 5)
    assert row(version, "r0")["text"] == long
    assert row(version, "r1") == {
        **dict.fromkeys(("label", "split", "parent_id", "operator", "note")),
        **{"id": "r1", "text": "short", "origin": "original", "size": 2},
    }


def test_a_row_that_is_not_there(make_version):
    version = make_version(["a"])
    for row_id in ("nope", "' OR true --", ""):
        with pytest.raises(NotFound):
            row(version, row_id)


def test_columns_with_difficult_names_and_nested_values(make_version):
    names = ['quote"d', "file_row_number", "sel ect;--", "中文", "n", ":x"]
    version = make_version(["a", "b"], **{name: [{"k": [i]}, {"k": [i, 2]}] for i, name in enumerate(names)})
    assert row(version, "r1")['quote"d'] == {"k": [0, 2]}
    for name in names:
        assert page_ids(version, sort=(name, True)) == ["r1", "r0"], name
    assert [gap.rows for gap in missing(version)][-6:] == [0] * 6


def test_of_very_many_labels_the_first_are_listed_and_the_others_summed(make_version):
    labels = [f"l{i:03}" for i in range(300)] + ["l007"]
    found = facets(make_version(["t"] * 301, labels=labels)).labels
    assert len(found.items) == TOP_VALUES
    assert found.items[:2] == (("l007", 2), ("l000", 1))
    assert (found.distinct, found.total, found.others) == (300, 301, 301 - TOP_VALUES - 1)


def test_facets(make_version):
    found = facets(make_version(["", "four", "sechs!"], splits=["train", "train", None]))
    assert found.splits.items == (("train", 2), (None, 1))
    assert found.origins.items == (("original", 3),)
    assert found.labels.distinct == 0
    assert found.characters == (0, 6)


def test_missing_counts_null_and_empty(make_version):
    version = make_version(["", "a", "b", "c"], labels=["x", None, "", "y"], stars=[1, 2, None, 4])
    shares = {gap.column: gap.share for gap in missing(version)}
    assert shares == {
        **{"id": 0, "text": 0.25, "label": 0.5, "split": 1, "origin": 0, "parent_id": 1, "operator": 1, "stars": 0.25}
    }


def test_two_thousand_columns(make_version):
    version = make_version(["a", "b"], **{f"column {i}": [i, None] for i in range(2_000)})
    assert rows_page(version).rows.num_columns == 2_007
    assert [gap.share for gap in missing(version)][-3:] == [0.5] * 3


def test_real_chinese_reviews(make_version, shared_data):
    import csv

    with next((shared_data / "chnsenticorp").glob("*.csv")).open(encoding="utf-8-sig") as file:
        rows = [(text, label) for label, text in list(csv.reader(file))[1:]]
    version = make_version([t for t, _ in rows], labels=[label for _, label in rows], language="zh")
    assert rows_page(version, Filters(text="酒店")).total == sum("酒店" in text for text, _ in rows) > 1_000
    assert dict(facets(version).labels.items) == Counter(label for _, label in rows)


def test_a_version_whose_file_is_gone_says_so(make_version):
    version = make_version(["a"])
    version.path.unlink()
    with pytest.raises(StorageError, match="gone"):
        rows_page(version)


def test_a_view_that_needs_too_much_memory_is_a_sentence(make_version, monkeypatch):
    monkeypatch.setattr("core.data.explore.MEMORY_LIMIT", "1MB")
    with pytest.raises(QueryError, match="more memory"):
        rows_page(make_version([f"{i} " * 400 for i in range(4_000)]), sort=("text", True))

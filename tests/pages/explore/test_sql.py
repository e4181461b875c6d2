"""The SQL box of the Explore page."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from pages.ui.explore_sql import EXAMPLES
from tests.pages.explore.exploring import Make, Open, link
from tests.pages.reading import said, widget


def test_sql_shows_rows_time_and_errors(page: AppTest) -> None:
    link(page, tab="SQL")
    widget(page.button_group, "Examples").select("Rows by label").run()
    answer = page.dataframe[0].value
    assert sorted(zip(answer["label"].fillna("none"), answer["rows"], strict=True)) == [
        ("negative", 1),
        ("neutral", 1),
        ("none", 1),
        ("positive", 2),
    ]
    assert any(caption.value.startswith("4 rows in ") for caption in page.caption)
    widget(page.text_area, "SQL statement").set_value("SELECT wrong FROM data")
    widget(page.button, "Run").click().run()
    assert len(page.error) == 1
    assert "wrong" in page.error[0].value and "stars" in page.error[0].value, "the columns there are"
    assert not page.dataframe
    widget(page.text_area, "SQL statement").set_value("COPY data TO 'stolen.csv'")
    widget(page.button, "Run").click().run()
    assert "can only be read" in page.error[0].value


def test_every_example_can_be_run(page: AppTest) -> None:
    link(page, tab="SQL")
    for example in EXAMPLES:
        widget(page.button_group, "Examples").select(example).run()
        assert not page.error, example
        assert any(re.match(r"\d+ rows? in ", caption.value) for caption in page.caption), example


def test_labels_are_counted_by_split(make_version: Make, open_app: Open) -> None:
    make_version(["a", "b", "c", "d", "e"], ["x", "x", "y", "y", None], ["train", "test", "train", "train", None])
    page = open_app("explore")
    link(page, tab="SQL")
    widget(page.button_group, "Examples").select("Labels by split").run()
    counts = page.dataframe[0].value.set_index("label")
    assert counts.columns.tolist() == ["train", "validation", "test", "no_split"]
    assert counts.loc["x"].tolist() == [1, 0, 1, 0]
    assert counts.loc["y"].tolist() == [2, 0, 0, 0]
    assert counts[counts.index.isna()].to_numpy().tolist() == [[0, 0, 0, 1]]


def test_a_thousand_rows_are_shown_of_more(page: AppTest) -> None:
    link(page, tab="SQL")
    assert "stop after ten seconds" in said(page)
    widget(page.text_area, "SQL statement").set_value("SELECT range AS n FROM range(1001)")
    widget(page.button, "Run").click().run()
    assert page.dataframe[0].value["n"].tolist() == list(range(1_000))
    assert re.search(r"The first 1,000 rows, in \d+\.\d\d seconds\. There are more\.", said(page))
    assert [button.label for button in page.get("download_button")] == ["All rows as CSV", "All rows as Parquet"]

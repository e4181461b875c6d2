"""The SQL box of the Explore page."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from tests.pages.explore.exploring import link
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


def test_a_thousand_rows_are_shown_of_more(page: AppTest) -> None:
    link(page, tab="SQL")
    assert "stop after ten seconds" in said(page)
    widget(page.text_area, "SQL statement").set_value("SELECT range AS n FROM range(1001)")
    widget(page.button, "Run").click().run()
    assert page.dataframe[0].value["n"].tolist() == list(range(1_000))
    assert re.search(r"The first 1,000 rows, in \d+\.\d\d seconds\. There are more\.", said(page))
    assert [button.label for button in page.get("download_button")] == ["All rows as CSV", "All rows as Parquet"]

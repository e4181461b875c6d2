"""The Explore page's table: what the filters, the order and the page number show, and what is downloaded."""

from __future__ import annotations

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from core.data.filters import Filters
from core.data.workspace import Version, Workspace
from pages.ui.explore_state import State
from pages.ui.explore_table import filtered_file
from tests.pages.explore.exploring import TEXTS, Make, Open, figures, link, own, table
from tests.pages.reading import widget


def test_rows_and_figures_of_the_whole_dataset(page: AppTest) -> None:
    assert table(page)["text"].tolist() == TEXTS
    assert table(page)["stars"].tolist() == [5, 1, 4, 3, 2]
    # 5 rows, 3 labels; lengths 0 4 11 18 25, of which 11 is in the middle; one text is empty.
    assert figures(page) == ["5", "3", "11", "1"]
    assert page.metric[0].label == "Rows shown of 5"
    assert own(page) == {}


def test_a_search_filters_and_stands_in_the_link(page: AppTest) -> None:
    widget(page.text_input, "Search the text").set_value("GOOD").run()
    assert table(page)["text"].tolist() == ["a good film", "good"]
    assert figures(page) == ["2", "1", "4", "0"]
    assert own(page) == {"q": "GOOD"}
    widget(page.button_group, "How to search").select("match_case").run()
    assert own(page) == {"q": "GOOD", "case": "1"}
    assert page.info[0].value.startswith("No row matches")
    widget(page.button, "Clear filters").click().run()
    assert own(page) == {}
    assert widget(page.text_input, "Search the text").value == ""
    assert figures(page)[0] == "5"


def test_a_regular_expression_that_is_not_valid_is_a_sentence_and_can_be_corrected(page: AppTest) -> None:
    link(page, q="(good", regex="1")
    assert len(page.error) == 1
    assert r"A bracket \( is not closed, at character 1" in page.error[0].value
    widget(page.text_input, "Search the text").set_value("^(a good|good$)").run()
    assert not page.error
    assert table(page)["text"].tolist() == ["a good film", "good"]


def test_rows_without_a_label_can_be_chosen(page: AppTest) -> None:
    widget(page.multiselect, "Labels to show").select("").run()
    assert table(page)["text"].tolist() == [""]
    assert own(page) == {"label": ""}
    link(page, label="")
    assert widget(page.multiselect, "Labels to show").value == [""]
    assert figures(page) == ["1", "0", "0", "1"]


def test_a_length_that_contradicts_the_other_replaces_it(page: AppTest) -> None:
    widget(page.number_input, "Longest").set_value(10).run()
    assert table(page)["text"].tolist() == ["good", ""]
    widget(page.number_input, "Shortest").set_value(12).run()
    assert own(page) == {"min": "12"}
    assert widget(page.number_input, "Longest").value is None
    assert table(page)["text"].tolist() == ["a bad film, really", "something else altogether"]
    widget(page.button_group, "Count the length in").set_value("words").run()
    assert own(page) == {"unit": "words"}, "12 characters are not 12 words"
    assert figures(page)[2] == "3", "words in each text: 0 1 3 3 4"


@pytest.mark.skipif(not hasattr(AppTest, "pagination"), reason="the AppTest of Python 3.10's Streamlit turns no pages")
def test_sorting_is_of_the_whole_dataset_and_pages_follow_each_other(make_version: Make, open_app: Open) -> None:
    make_version([f"{'x' * (i * 37 % 120)}" for i in range(120)])  # 37 and 120 have no divisor: all lengths differ
    app = open_app("explore")
    widget(app.selectbox, "Sort by").select(":length").run()
    assert table(app)["text"].str.len().tolist() == list(range(50))
    app.pagination[0].set_value(2).run()
    assert own(app) == {"sort": ":length", "page": "2"}
    assert table(app)["text"].str.len().tolist() == list(range(50, 100))
    widget(app.button_group, "Direction").set_value(True).run()
    assert own(app) == {"sort": ":length", "descending": "1"}, "another order begins with its first page"
    assert table(app)["text"].str.len().tolist() == list(range(119, 69, -1))
    link(app, sort=":length", page="900")
    assert table(app)["text"].str.len().tolist() == list(range(100, 120)), "past the end is the last page"
    assert app.pagination[0].value == 3
    widget(app.selectbox, "Rows a page").select(100).run()
    assert own(app) == {"sort": ":length", "size": "100"}
    assert len(table(app)) == 100


def test_the_download_holds_what_the_filters_show(sample: Version, workspace: Workspace, page: AppTest) -> None:
    state = State(filters=Filters(text="film"), sort="stars")
    made = bytes(filtered_file(sample, state, "csv")().read()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(made)))
    assert [(row["text"], row["stars"]) for row in rows] == [("a good film", "5"), ("a bad film, really", "1")]
    everything = bytes(filtered_file(sample, State(), "csv")().read()).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(everything)))) == 5
    assert list(workspace.staging_path().parent.iterdir()) == [], "nothing is left behind"

"""The Explore page: what is shown follows from the link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.explore.exploring import Make, figures, link, own, table
from tests.pages.reading import widget


def test_a_link_shows_the_same_rows_and_the_same_choices(page: AppTest) -> None:
    query = {"label": ["negative", "positive"], "split": "train", "max": "12", "sort": "stars", "descending": "1"}
    link(page, **query)
    assert table(page)["text"].tolist() == ["a good film"]
    assert widget(page.multiselect, "Labels to show").value == ["negative", "positive"]
    assert widget(page.button_group, "Splits to show").value == ["train"]
    assert widget(page.number_input, "Longest").value == 12
    assert widget(page.number_input, "Shortest").value is None
    assert widget(page.selectbox, "Sort by").value == "stars"
    assert widget(page.button_group, "Direction").value is True
    assert own(page) == query


@pytest.mark.parametrize(
    "query",
    [
        {"page": "-3", "size": "7", "chart": "nope", "tab": "nope", "sort": "no column", "descending": "maybe"},
        {"page": "9" * 5000, "size": "１２３", "row": "\x00"},
        {"unknown": "1", "q": ""},
    ],
)
def test_what_a_link_says_wrongly_is_left_out(page: AppTest, query: dict[str, str]) -> None:
    link(page, **query)
    assert figures(page)[0] == "5"


@pytest.mark.parametrize(("query", "about"), [({"min": "-5"}, "min_length"), ({"split": "holdout"}, "splits")])
def test_a_filter_in_the_link_that_cannot_be_is_told(page: AppTest, query: dict[str, str], about: str) -> None:
    link(page, **query)
    assert len(page.error) == 1 and about in page.error[0].value.replace("\\", "")
    assert figures(page)[0] == "5"


def test_filters_come_back_with_the_page_and_go_with_the_dataset(page: AppTest, make_version: Make) -> None:
    link(page, q="film", chart="lengths")
    page.switch_page("pages/history.py").run()
    page.query_params.clear()
    page.switch_page("pages/explore.py").run()
    assert own(page) == {"q": "film", "chart": "lengths"}
    assert figures(page)[0] == "2"
    other = make_version(["one row"], name="other")
    page.query_params["version"] = other.id  # as the sidebar does; AppTest draws the page without it
    page.run()
    assert own(page) == {}
    assert figures(page)[0] == "1"

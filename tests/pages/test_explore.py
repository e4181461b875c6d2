"""The Explore page: what is shown follows from the link, and what is chosen goes into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.explore import rows_page
from core.data.filters import Filters
from core.data.workspace import Version, Workspace
from core.text.tokenizers import TOKENIZERS
from pages.ui import charts
from pages.ui.explore_charts import _fade, _ticks, search_for
from pages.ui.explore_row import picture
from pages.ui.explore_state import State
from pages.ui.explore_table import filtered_file

Open = Callable[[str], AppTest]
Make = Callable[..., Version]

TEXTS = ["a good film", "a bad film, really", "good", "", "something else altogether"]
LABELS = ["positive", "negative", "positive", None, "neutral"]
SPLITS = ["train", "train", "test", "train", None]


def link(app: AppTest, **query: str | Sequence[str]) -> AppTest:
    """Follow a link to the dataset that is open."""
    version = app.query_params["version"]
    app.query_params.clear()
    app.query_params.update({"version": version, **query})
    app.run()
    assert not app.exception
    return app


def own(app: AppTest) -> dict[str, Any]:
    return {key: value for key, value in app.query_params.items() if key != "version"}


def figures(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def table(app: AppTest) -> Any:
    return app.dataframe[0].value


def widget(elements: Any, label: str) -> Any:
    return next(element for element in elements if element.label == label)


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


@pytest.fixture
def sample(make_version: Make) -> Version:
    return make_version(TEXTS, LABELS, SPLITS, stars=[5, 1, 4, 3, 2])


@pytest.fixture
def page(sample: Version, open_app: Open) -> AppTest:
    app = open_app("explore")
    assert not app.exception
    return app


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


def test_an_open_row_is_whole_with_tokens_and_columns(make_version: Make, open_app: Open) -> None:
    long = "word " * 3_000 + "the end"
    make_version([long, "short"], ["a", None], note=["<b>mine</b>", None])
    app = link(open_app("explore"), row="r0")
    assert len(table(app)["text"][0]) == 1_000, "cut in the table"
    assert app.text[0].value == long
    assert "15,007 characters" in captions(app)
    # The first 10,000 characters are 2,000 times "word ".
    assert "2,000 tokens, 1 of them different." in captions(app)
    known = dict(app.dataframe[1].value.itertuples(index=False))
    assert known == {"Label": "a", "Split": "", "Origin": "original", "Id": "r0", "note": "<b>mine</b>"}
    widget(app.button, "Close").click().run()
    assert own(app) == {}
    assert not app.text


def test_the_tokenizer_that_is_chosen_cuts_the_next_row_too(page: AppTest) -> None:
    link(page, row="r1")
    assert "5 tokens" in captions(page), "a bad film , really"
    widget(page.selectbox, "Tokenizer").select("whitespace").run()
    assert "4 tokens" in captions(page), "a bad film, really"
    link(page, row="r0")
    assert widget(page.selectbox, "Tokenizer").value == "whitespace"


def test_a_row_that_is_not_there_is_a_sentence(page: AppTest) -> None:
    link(page, row="nowhere")
    assert [error.value for error in page.error] == [
        r"This row is not in this version\. Choose another row, or an earlier version\."
    ]
    assert figures(page)[0] == "5", "the rest of the page stands"


def test_from_a_row_to_the_one_it_was_made_from(workspace: Workspace, open_app: Open) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from core.data.rows import SCHEMA

    rows = [
        {"id": "p", "text": "a fine day", "label": "x", "split": "train", "origin": "original"},
        {"id": "c", "text": "a nice day", "label": "x", "split": "train", "origin": "augmented"}
        | {"parent_id": "p", "operator": "synonyms"},
    ]
    staged = workspace.staging_path()
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), staged)
    workspace.add(staged, action="augment", params={}, name="made", language="en")
    app = link(open_app("explore"), row="c")
    known = dict(app.dataframe[1].value.itertuples(index=False))
    assert (known["Made by"], known["Made from"]) == ("synonyms", "p")
    widget(app.button, "Show the row that it was made from").click().run()
    assert own(app) == {"row": "p"}
    assert app.text[0].value == "a fine day"
    widget(app.button_group, "Origins to show").select("augmented").run()
    assert table(app)["id"].tolist() == ["c"]
    assert own(app) == {"origin": "augmented"}, "filters close the row"


def test_one_chart_at_a_time(page: AppTest) -> None:
    for name in ("labels", "lengths", "words", "zipf", "growth"):
        widget(page.button_group, "Chart").set_value(name).run()
        assert not page.exception and not page.error
        assert len(page.get("plotly_chart")) == 1
        assert own(page) == ({} if name == "labels" else {"chart": name})
    widget(page.button_group, "Chart").set_value("missing").run()
    assert len(page.get("plotly_chart")) == 1
    link(page, tab="SQL")
    assert not page.get("plotly_chart") and not page.metric


def test_charts_of_no_rows_say_so(page: AppTest) -> None:
    for name in ("labels", "lengths", "words", "zipf", "growth", "missing"):
        link(page, q="not in any row", chart=name)
        assert not page.error
        assert figures(page)[0] == "0"


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


def test_the_download_holds_what_the_filters_show(sample: Version, workspace: Workspace, page: AppTest) -> None:
    state = State(filters=Filters(text="film"), sort="stars")
    made = filtered_file(sample, state, "csv")().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(made)))
    assert [(row["text"], row["stars"]) for row in rows] == [("a good film", "5"), ("a bad film, really", "1")]
    assert len(list(csv.DictReader(io.StringIO(filtered_file(sample, State(), "csv")().decode("utf-8-sig"))))) == 5
    assert list(workspace.staging_path().parent.iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize(
    ("tokenizer", "texts", "tokens", "found"),
    [
        ("basic_english", ["Don't stop", "do not stop", "don 't"], ["don", "'", "t"], [0, 2]),
        ("basic_english", ["art", "a party", "Art."], ["art"], [0, 2]),
        ("basic_english", ["a new york bar", "new, york", "newyorker"], ["new", "york"], [0, 1]),
        ("basic_english", ["c++ (and more)", "c"], ["c++"], [0]),
        ("wordpiece", ["unaffable people", "fable"], ["una", "##ffa", "##ble"], [0]),
        ("jieba", ["房间很大", "房 间", "酒店的房间"], ["房间"], [0, 2]),
        ("characters", ["a b", "ab"], ["a", " "], [0]),
    ],
)
def test_a_click_on_a_run_of_tokens_finds_the_rows_that_hold_it(
    make_version: Make, tokenizer: str, texts: list[str], tokens: list[str], found: list[int]
) -> None:
    if TOKENIZERS[tokenizer].available():
        pytest.skip(TOKENIZERS[tokenizer].available() or "")
    filters = Filters(**search_for(tokens, tokenizer))
    assert rows_page(make_version(texts), filters).rows["text"].to_pylist() == [texts[i] for i in found]


def test_a_token_too_long_for_a_search_is_still_searched_for(make_version: Make) -> None:
    giant = "x" * 5_000
    assert rows_page(make_version([giant, "y"]), Filters(**search_for([giant], "whitespace"))).total == 1


def test_faded_bars_stay_in_their_places() -> None:
    chart = charts.bars(["a", "b", "c"], [3, 2, 1], x_title="Label", y_title="Rows", horizontal=True)
    _fade(chart, [1])
    kept, faded = chart.figure.data
    assert list(kept.x) == [None, 2, None] and list(faded.x) == [3, None, 1]
    assert list(kept.text) == ["", "2", ""] and list(faded.text) == ["3", "", "1"]
    assert kept.y == faded.y


def test_ticks_of_a_logarithmic_axis() -> None:
    assert _ticks(1, 500) == [1, 2, 5, 10, 20, 50, 100, 200, 500]
    assert _ticks(3, 40) == [5, 10, 20]
    assert _ticks(1, 100_000) == [1, 10, 100, 1_000, 10_000, 100_000]


def test_a_picture_is_dark_ink_on_light_paper() -> None:
    image = picture({"pixels": [0, 255, 128, 0, 0, 0], "height": 2, "width": 3})
    assert image is not None
    side = image.shape[1] // 3
    assert image.shape == (2 * side, 3 * side)
    assert image[::side, ::side].tolist() == [[255, 0, 127], [255, 255, 255]]
    assert (image[:side, side : 2 * side] == 0).all(), "a pixel is a block of one colour"
    assert image.dtype == np.uint8


@pytest.mark.parametrize(
    "row",
    [
        {"pixels": [0, 1], "height": 2, "width": 2},
        {"pixels": [0, 300], "height": 1, "width": 2},
        {"pixels": "0 1", "height": 1, "width": 2},
        {"pixels": [], "height": 0, "width": 0},
        {"height": 1, "width": 2},
    ],
)
def test_columns_that_are_no_picture_are_left_as_they_are(row: dict[str, Any]) -> None:
    assert picture(row) is None


def test_a_row_with_a_picture_shows_it(make_version: Make, open_app: Open) -> None:
    make_version(["a one"], ["1"], pixels=[[0, 255, 0, 255]], height=[2], width=[2])
    app = link(open_app("explore"), row="r0")
    assert len(app.image) == 1
    assert "pixels" not in table(app).columns
    assert "pixels" not in dict(app.dataframe[1].value.itertuples(index=False))

"""The charts of the Explore page, and the searches that a click on them starts."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.data.explore import rows_page
from core.data.filters import Filters
from core.text.tokenizers import TOKENIZERS
from pages.ui import charts
from pages.ui.explore_charts import _fade, _ticks, search_for
from tests.pages.explore.exploring import Make, figures, link, own
from tests.pages.reading import widget


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

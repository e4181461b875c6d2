"""The charts: what is drawn, what is said, and that no word of a dataset is read as markup."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from pages.ui import charts
from pages.ui.chart_text import chart_text, display_width, shorten
from pages.ui.live_chart import MAX_POINTS, thin
from pages.ui.theme import DARK, FONT, LIGHT, Palette, template

ROOT = Path(__file__).parents[2]
HOSTILE = "<img src='http://evil.example/x.png'> & <b>b</b>"


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)  # (1 + 0.05) / (0 + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_lines_can_be_read(colors: Palette) -> None:
    for word in (colors.text, colors.muted, colors.accent_word, colors.good, colors.caution, colors.bad):
        assert contrast(word, colors.background) >= 4.5  # WCAG AA, text
        assert contrast(word, colors.surface) >= 4.5
    assert contrast("#ffffff", colors.accent) >= 4.5, "the primary button's white word"
    for line in (colors.accent, *colors.series[:4]):
        assert contrast(line, colors.background) >= 3  # WCAG AA, graphics


@pytest.mark.parametrize(("name", "colors"), [("light", LIGHT), ("dark", DARK)])
def test_settings_of_the_page_agree_with_the_charts(
    name: str, colors: Palette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    config.get_config_options(force_reparse=True)
    pairs = {
        "primaryColor": colors.accent,
        "backgroundColor": colors.background,
        "secondaryBackgroundColor": colors.surface,
        "textColor": colors.text,
        "linkColor": colors.accent_word,
        "borderColor": colors.border,
        "greenTextColor": colors.good,
        "yellowTextColor": colors.caution,
        "redTextColor": colors.bad,
        "grayTextColor": colors.muted,
        "chartCategoricalColors": list(colors.series),
    }
    assert {option: config.get_option(f"theme.{name}.{option}") for option in pairs} == pairs
    assert config.get_option("theme.font") == FONT
    drawn = template(colors is DARK).layout
    assert (drawn.font.family, drawn.paper_bgcolor, drawn.colorway) == (FONT, colors.background, colors.series)


def test_users_see_no_traceback_and_send_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config.get_config_options(force_reparse=True)
    assert config.get_option("client.showErrorDetails") == "none"
    assert config.get_option("browser.gatherUsageStats") is False
    assert config.get_option("server.enableXsrfProtection") is True


def test_words_are_escaped_once() -> None:
    assert chart_text("<b>") == "&lt;b&gt;"
    assert chart_text("a & &lt;") == "a &amp; &amp;lt;"
    assert shorten("<b>") == "<b>"


def test_words_are_one_visible_line() -> None:
    assert shorten("a\n\tb\x00c") == "a b c"
    assert shorten("\u202eabc\u2066") == "abc"  # overrides turn around what follows them
    assert (shorten(None), shorten(" \n"), shorten("\u202e")) == ("(none)", "(empty)", "(empty)")


def test_chinese_takes_two_columns() -> None:
    assert display_width("积极ab") == 6
    assert shorten("积极的评价", 7) == "积极的…"  # 2 + 2 + 2 + 1
    assert shorten("积极的评价", 10) == "积极的评价"
    assert shorten("negative", 5) == "nega…"


def test_long_words_are_cut_before_they_are_escaped() -> None:
    assert chart_text("<<<<", 3) == "&lt;&lt;…"


@pytest.mark.parametrize("horizontal", [True, False, None])
def test_bars_keep_the_counts_and_escape_the_labels(horizontal: bool | None) -> None:
    chart = charts.bars([HOSTILE, "积极", None], [1, 5, 2], x_title="<i>", y_title="Rows", horizontal=horizontal)
    spec = chart.figure.to_json()
    assert "<img" not in spec and "<i>" not in spec and "\\u003cimg" not in spec
    assert chart.marks == (HOSTILE, "积极", None)
    assert "3 bars" in chart.description and "积极 with 5 of 8" in chart.description
    assert chart.figure.data[0].customdata[1][1] == "62.5%"  # 5 of 8


def test_equal_and_number_like_labels_stay_apart() -> None:
    figure = charts.bars(
        ["1", "1", "2020-01-01", "x" * 50 + "a", "x" * 50 + "b"], [1] * 5, x_title="L", y_title="N"
    ).figure
    assert list(figure.data[0].y) == ["0", "1", "2", "3", "4"]
    assert figure.layout.yaxis.type == "category"
    assert figure.layout.yaxis.labelalias["0"] == "1"


def test_bars_lie_down_where_labels_need_room() -> None:
    few = charts.bars(["negative", "positive"], [1, 2], x_title="L", y_title="N").figure
    topics = [f"noun.topic{index}" for index in range(45)]
    many = charts.bars(topics, range(45), x_title="L", y_title="N").figure
    assert few.data[0].orientation is None
    assert many.data[0].orientation == "h"
    assert many.layout.height >= 45 * 15, "a line of text is about 15 pixels high"


def test_number_after_the_longest_bar_has_room() -> None:
    figure = charts.bars(["a" * 30, "b" * 30], [123_456, 1], x_title="L", y_title="N").figure
    assert figure.data[0].text[0] == "123,456"
    assert figure.layout.xaxis.range[1] > 123_456 * 1.3


def test_bars_that_are_not_drawn_are_counted() -> None:
    chart = charts.bars(list(range(2_000)), [1] * 2_000, x_title="Class", y_title="Rows")
    assert len(chart.figure.data[0].y) == charts.MAX_BARS == len(chart.marks)
    assert chart.description.endswith("The first 60 of 2,000 are drawn.")
    assert "The first 60 of 2,000 are drawn." in chart.figure.layout.xaxis.title.text


def test_highlighted_bar_is_the_only_one_that_does_not_fade() -> None:
    bar = charts.bars(["a", None, "b"], [1, 2, 3], x_title="L", y_title="N", highlight="b").figure.data[0]
    assert bar.selectedpoints == (2,)
    assert charts.bars(["a", None], [1, 2], x_title="L", y_title="N").figure.data[0].selectedpoints is None


def test_histogram_bins_are_their_marks() -> None:
    chart = charts.histogram([0, 10, 20, 40], [3, 5, 1], x_title="Length (tokens)", y_title="rows")
    assert chart.marks == ((0.0, 10.0), (10.0, 20.0), (20.0, 40.0))
    assert list(chart.figure.data[0].x) == [5, 15, 30] and list(chart.figure.data[0].width) == [10, 10, 20]
    assert "9 rows from 0 to 40" in chart.description and "from 10 to 20 and holds 5" in chart.description


def test_zipf_keeps_the_ends_and_draws_the_fit() -> None:
    ranks = np.arange(1, 50_001)
    frequencies = (100_000 / ranks).astype(int)
    chart = charts.zipf(ranks, frequencies, slope=-1.0, intercept=5.0)
    observed, fit = chart.figure.data
    assert len(observed.x) <= charts.MAX_POINTS and (observed.x[0], observed.x[-1]) == (1, 50_000)
    assert list(observed.x[:5]) == [1, 2, 3, 4, 5]
    assert list(fit.y) == pytest.approx([100_000, 2])  # 10 ** 5 / 1 and 10 ** 5 / 50,000
    assert chart.figure.layout.xaxis.type == chart.figure.layout.yaxis.type == "log"
    assert "50,000 different tokens" in chart.description and "-1.00" in chart.description


def test_growth_says_where_it_ends() -> None:
    assert charts.growth([10, 1_000], [8, 400]).description.endswith("400 different tokens after 1,000 tokens.")


def test_missing_puts_the_worst_first() -> None:
    chart = charts.missing(["text", "label", "url"], [0, 0.25, 0.5])
    assert chart.marks == ("url", "label", "text")
    assert list(chart.figure.data[0].x) == [50, 25, 0]
    assert "2 of 3 columns have gaps" in chart.description


def test_confusion_colours_by_the_true_label() -> None:
    chart = charts.confusion([[3, 1], [0, 4]], ["no", HOSTILE])
    heat = chart.figure.data[0]
    assert np.asarray(heat.z).tolist() == [[0.75, 0.25], [0, 1]]
    assert "87.5% of 8 rows" in chart.description  # (3 + 4) of 8
    assert "<img" not in chart.figure.to_json()
    assert np.asarray(heat.text).tolist() == [[3, 1], [0, 4]]


def test_confusion_of_a_label_without_rows_divides_by_nothing() -> None:
    heat = charts.confusion([[0, 0], [1, 1]], ["never", "always"]).figure.data[0]
    assert np.asarray(heat.z).tolist() == [[0, 0], [0.5, 0.5]]


def test_confusion_of_45_labels_leaves_the_numbers_to_the_hover_text() -> None:
    figure = charts.confusion(np.eye(45, dtype=int) * 100, [f"noun.topic{index}" for index in range(45)]).figure
    assert figure.data[0].text is None
    assert len(figure.layout.yaxis.labelalias) == 45
    assert figure.layout.height >= 45 * 15


def test_curves_beyond_the_colours_differ_by_their_dashes() -> None:
    hues = len(LIGHT.series)
    series = {f"run {index}": ([1, 2], [1, 2]) for index in range(hues + 1)}
    lines = charts.curves(series, x_title="Step", y_title="Loss").figure.data
    assert lines[0].line.dash == "solid" and lines[hues].line.dash == "dash"


@pytest.mark.parametrize(
    "chart",
    [
        charts.bars([], [], x_title="x", y_title="y"),
        charts.histogram([], [], x_title="x", y_title="y"),
        charts.histogram([0, 1], [0], x_title="x", y_title="y"),
        charts.zipf([], []),
        charts.growth([], []),
        charts.missing([], []),
        charts.confusion([], []),
        charts.confusion([[0]], ["a"]),
        charts.curves({"a": ([], [])}, x_title="x", y_title="y"),
    ],
)
def test_nothing_to_draw_is_said(chart: charts.Chart) -> None:
    assert "nothing to draw" in chart.description
    assert chart.figure.layout.annotations[0].text == "There is nothing to draw yet."


def test_thinned_line_keeps_ends_and_spikes() -> None:
    rng = np.random.default_rng(0)
    x, y = list(range(5_000)), rng.normal(size=5_000).tolist()
    y[1_234], y[4_321] = 50.0, -50.0
    steps, values = thin(x, y)
    assert len(steps) == len(values) <= MAX_POINTS
    assert (steps[0], steps[-1]) == (0, 4_999)
    assert values[steps.index(1_234)] == 50 and values[steps.index(4_321)] == -50
    assert steps == sorted(set(steps))


def test_short_line_is_left_as_it_is() -> None:
    assert thin([0, 1, 2], [0.5, None, 0.25]) == ([0, 1, 2], [0.5, None, 0.25])


def test_thinned_gap_stays_a_gap() -> None:
    values = [1.0] * 2_000 + [float("nan")] * 2_000 + [2.0] * 1_000
    steps, kept = thin(list(range(5_000)), values, limit=100)
    assert len(steps) <= 100
    assert {step // 1_000 for step, value in zip(steps, kept, strict=True) if value is None} == {2, 3}


def test_infinity_is_a_gap_and_numbers_are_rounded() -> None:
    assert thin([1, 2.5], [float("inf"), 1 / 3]) == ([1, 2.5], [None, 0.333333])


def page_of_charts() -> None:
    from pages.ui import charts
    from pages.ui.live_chart import Panel, live_chart

    charts.show(charts.bars(["a", "b"], [1, 2], x_title="Label", y_title="Rows"), "bars", clickable=True)
    charts.show(charts.growth([1, 2], [1, 2]), "growth")
    line = {"<b>": ([1, 2], [0.5, float("nan")])}
    live_chart("run", [Panel("Loss", "Loss (nats)", "Step", line, levels={"<i>another": 0.25})])


def test_charts_on_a_page_have_a_text_alternative() -> None:
    page = AppTest.from_function(page_of_charts, default_timeout=60).run()
    assert not page.exception
    bars, growth = [element.proto for element in page.get("plotly_chart")]
    assert bars.alt.startswith("Bar chart of Rows by Label: 2 bars")
    assert growth.alt == "Vocabulary growth: 2 different tokens after 2 tokens."
    sent = page.get("bidi_component")[0].proto.json
    assert "Loss: Loss (nats) by Step." in sent
    assert "For comparison, <i>another: 0.25." in sent
    assert "NaN" not in sent and "&lt;b&gt;" in sent
    assert '"levels":[{"name":"&lt;i&gt;another","y":0.25}]' in sent.replace(", ", ",").replace(": ", ":")

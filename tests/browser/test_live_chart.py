"""What a reader did to a live chart outlives the points that arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.visit import frames_seen, watch_curve

PLOT = ".corpus-lab-live .js-plotly-plot"

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def read(page: Page, expression: str) -> Any:
    """Return what `expression` is of the first panel's node `plot`, once it is there with data."""
    ready = f"(plot) => plot?.data?.[0]?.x.length && plot._fullLayout && [{expression}]"
    found = page.wait_for_function(f"({ready})(document.querySelector('{PLOT}'))", timeout=60_000)
    return found.json_value()[0]


def points(page: Page) -> int:
    return read(page, "plot.data[0].x.length")


def wait_for_chart(page: Page) -> None:
    assert points(page) > 0


def wait_for_points(page: Page, more: int = 4) -> None:
    """Wait until the first panel holds `more` points than now."""
    wanted = points(page) + more
    page.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length >= {wanted}", timeout=60_000)


def x_range(page: Page) -> list[float]:
    return read(page, "plot._fullLayout.xaxis.range")


def zoom(page: Page) -> list[float]:
    """Drag over 0.3 to 0.6 of the first panel, slowly: points arrive meanwhile. Returns the range it had before."""
    box = page.locator(f"{PLOT} .nsewdrag").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], middle)
    page.mouse.down()
    before = x_range(page)
    for share in (0.4, 0.5, 0.6):
        page.mouse.move(box["x"] + share * box["width"], middle, steps=4)
        page.wait_for_timeout(400)
    page.mouse.up()
    return before


def tag(page: Page) -> None:
    """Mark the nodes of the first panel with a property, which a new node would not have."""
    read(page, "plot.seenByTest = plot.querySelector('svg').seenByTest = true")


def tagged(page: Page) -> list[bool]:
    return read(page, "[plot, plot.querySelector('svg')].map((node) => node.seenByTest === true)")


def test_zoom_node_and_hidden_line_survive_points_a_theme_and_a_frozen_tab(demo, open_page: OpenPage) -> None:
    page = open_page(f"{demo.url}/live")
    wait_for_chart(page)
    tag(page)
    watch_curve(page)
    whole = zoom(page)
    zoomed = x_range(page)
    length = whole[1] - whole[0]
    dragged_over = [whole[0] + 0.3 * length, whole[0] + 0.6 * length]
    assert zoomed == pytest.approx(dragged_over, abs=0.02 * length), "points that arrive do not shift the drag"
    page.locator(f"{PLOT} .legendtoggle").nth(1).click()
    page.wait_for_function(f"document.querySelector('{PLOT}')._fullData[1].visible === 'legendonly'")

    def assert_kept() -> None:
        wait_for_points(page)
        assert x_range(page) == zoomed
        assert tagged(page) == [True, True]
        assert read(page, "plot._fullData.map((line) => line.visible)") == [True, "legendonly"]

    assert_kept()

    line = f"getComputedStyle(document.querySelector('{PLOT} .js-line')).stroke"
    assert page.evaluate(line) == "rgb(0, 114, 178)"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{line} === 'rgb(86, 180, 233)'")
    assert_kept()

    before = points(page)
    lifecycle = page.context.new_cdp_session(page)
    lifecycle.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.context.new_page().wait_for_timeout(2_000)
    lifecycle.send("Page.setWebLifecycleState", {"state": "active"})
    assert_kept()
    assert points(page) > before
    drawn, missing = frames_seen(page)
    assert drawn > 20 and missing == 0, "the curve does not flicker"

    box = page.locator(f"{PLOT} .nsewdrag").first.bounding_box()
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function(f"document.querySelector('{PLOT}')._fullLayout.xaxis.range[1] > {whole[1]}")
    wait_for_points(page)
    assert x_range(page)[1] > whole[1] + 4, "after the zoom is taken back the axis grows with the points again"


def test_the_measure_sees_a_chart_that_is_built_anew(demo, open_page: OpenPage) -> None:
    """The same steps on a page that gives the chart another key at every point: it flickers, with a node anew."""
    page = open_page(f"{demo.url}/anew")
    wait_for_chart(page)
    tag(page)
    watch_curve(page)
    wait_for_points(page, 1)
    assert tagged(page) == [False, False]
    # A new node may be filled within its first frame; not all are.
    page.wait_for_function("window.frames_seen[1] > 0", timeout=60_000)


def test_zoom_and_node_survive_a_new_element_around_them(demo, open_page: OpenPage) -> None:
    page = open_page(f"{demo.url}/moves")
    wait_for_chart(page)
    tag(page)
    zoom(page)
    zoomed = x_range(page)
    read(page, "plot.closest('.stBidiComponent').seenByTest = true")
    page.get_by_text("Move the chart").click()
    page.wait_for_function(f"document.querySelector('{PLOT}')?.closest('.stBidiComponent').seenByTest === undefined")
    wait_for_points(page)
    assert tagged(page) == [True, True]
    assert x_range(page) == zoomed


def test_hover_label_stays_while_points_arrive(demo, open_page: OpenPage) -> None:
    page = open_page(f"{demo.url}/live")
    wait_for_chart(page)
    box = page.locator(f"{PLOT} .nsewdrag").nth(2).bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    label = page.locator(f"{PLOT} >> nth=2 >> .hoverlayer")
    label.locator("text").first.wait_for()
    wait_for_points(page)
    assert "<img src=x onerror=alert(1)>" in label.text_content()
    assert page.locator("img[src=x]").count() == 0


def test_chart_is_drawn_again_after_a_page_switch(demo, open_page: OpenPage) -> None:
    page = open_page(f"{demo.url}/live")
    before = points(page)
    page.get_by_role("link", name="Elsewhere").click()
    page.get_by_role("heading", name="Elsewhere").wait_for()
    page.wait_for_function(f"!document.querySelector('{PLOT}')")
    page.get_by_role("link", name="Live").click()
    wait_for_chart(page)
    assert points(page) > before
    wait_for_points(page)


def wait_until_fit(page: Page) -> None:
    page.wait_for_function(
        f"[...document.querySelectorAll('{PLOT}')].every((plot) => plot.clientWidth > 0"
        " && Math.abs(plot._fullLayout.width - plot.clientWidth) <= 1)"
    )


def test_chart_behind_a_tab_fits_once_it_is_seen(demo, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{demo.url}/behind")
    page.get_by_role("tab", name="Second").click()
    wait_for_chart(page)
    wait_until_fit(page)


def test_lines_laid_over_differ_from_all_others_and_take_no_colour_away(demo, open_page: OpenPage) -> None:
    page = open_page(f"{demo.url}/overlaid")

    def looks(count: int) -> list[dict[str, list[str]]]:
        """Colour and dash of the lines of each panel by name, once `count` lines are drawn."""
        drawn = f"[...document.querySelectorAll('{PLOT}')].map((plot) => plot.data ?? [])"
        page.wait_for_function(f"{drawn}.flat().length === {count}", timeout=60_000)
        look = "({ name, line }) => [name, [line.color, line.dash]]"
        return page.evaluate(f"{drawn}.map((lines) => Object.fromEntries(lines.map({look})))")

    alone = looks(2)
    page.get_by_text("Lay over").click()
    loss, accuracy = looks(18)
    assert loss["training"] == alone[0]["training"]
    assert accuracy["accuracy"] == alone[1]["accuracy"]
    both = {**loss, **accuracy}
    assert len(both) == 10
    assert len({tuple(look) for look in both.values()}) == 10, "two lines look the same"
    assert all(accuracy[name] == look for name, look in loss.items() if name in accuracy)


def test_a_long_legend_leaves_the_curves_their_room(demo, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{demo.url}/overlaid")
    wait_for_chart(page)
    room = "plot.querySelector('.nsewdrag').getBoundingClientRect().height"
    alone = read(page, room)
    page.get_by_text("Lay over").click()
    page.wait_for_function(f"document.querySelectorAll('{PLOT} .legendtoggle').length === 18", timeout=60_000)
    wait_until_fit(page)
    assert read(page, room) == pytest.approx(alone, abs=30)
    assert read(page, "plot._fullLayout.legend._height <= plot._fullLayout.legend._effHeight"), "it has a scrollbar"
    page.get_by_text("Lay over").click()
    page.wait_for_function(f"document.querySelectorAll('{PLOT} .legendtoggle').length === 0", timeout=60_000)
    assert read(page, room) == alone


def columns(page: Page) -> int:
    lefts = page.evaluate(f"[...document.querySelectorAll('{PLOT}')].map((plot) => plot.getBoundingClientRect().left)")
    assert len(lefts) == 4
    overflow = "(node) => node.scrollWidth - node.clientWidth"
    assert page.locator(".corpus-lab-live").evaluate(overflow) == 0
    return len({round(left) for left in lefts})


def test_what_is_drawn_at_first_with_words_for_all_and_only_from_the_server(demo, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{demo.url}/live")
    wait_for_chart(page)
    assert page.get_by_role("group", name="A demo of a run.").count() == 1
    assert page.get_by_role("figure", name="验证集准确率").inner_text().startswith("验证集准确率")
    assert page.get_by_text("The first point has not arrived yet.").count() == 1

    # A level goes from side to side, and the axis makes room for it.
    drawn = "[...document.querySelectorAll('.corpus-lab-live .js-plotly-plot')][1]"
    line, level = page.evaluate(f"{drawn}.data.map(({{ name, x, y }}) => ({{ name, x, y }}))")
    assert level == {"name": "another", "x": [0, line["x"][-1]], "y": [10, 10]}
    assert page.evaluate(f"{drawn}._fullLayout.yaxis.range[0]") < 10 < min(line["y"])
    assert page.locator(".legendtext", has_text="another").count() == 1

    assert columns(page) == 2
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function(f"document.querySelector('{PLOT}').clientWidth < 390")
    wait_until_fit(page)
    assert columns(page) == 1

    scripts = [url for url in asked if "plotly.min.js" in url]
    assert len(scripts) == 1 and scripts[0].startswith(f"{demo.url}/component/")
    outside = [url for url in asked if not url.startswith((demo.url, "data:", "blob:", "about:"))]
    assert outside == []

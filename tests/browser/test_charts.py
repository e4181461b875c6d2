"""Charts in a real browser: a click is an answer, a label is only words, a theme is followed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def click_bar(page: Page, chart: int, bar: int) -> None:
    box = page.locator(".js-plotly-plot").nth(chart).locator(".point path").nth(bar).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".js-plotly-plot").nth(chart).locator(".hoverlayer text").first.wait_for()
    page.mouse.down()
    page.wait_for_timeout(50)  # A click without any length is not one to Plotly.
    page.mouse.up()


def test_click_answers_with_the_mark_and_a_second_one_takes_it_back(demo, open_page: OpenPage) -> None:
    page = open_page(f"{demo.url}/clicked")
    page.locator(".js-plotly-plot .point").nth(4).wait_for()
    click_bar(page, 0, 1)
    page.get_by_text("""bar "<a href='http://evil.example'>b</a>\"""").wait_for()
    click_bar(page, 1, 0)
    page.get_by_text("bin (0.0, 10.0)").wait_for()
    click_bar(page, 0, 1)
    page.get_by_text("bar None").wait_for()
    assert page.get_by_text("bin (0.0, 10.0)").count() == 1


def test_labels_are_drawn_as_they_are_and_ask_no_stranger_and_a_switch_of_the_theme_is_followed(
    demo, open_page: OpenPage
) -> None:
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{demo.url}/clicked")
    page.locator(".js-plotly-plot .point").nth(4).wait_for()
    assert "<img src=x onerror=al…" in page.locator(".ytick text").all_text_contents()  # 22 columns
    assert page.locator(".js-plotly-plot a, .js-plotly-plot img").count() == 0
    figure = page.get_by_role("figure", name="Bar chart of Rows by Label")
    assert "<img src=x onerror=alert(1)> with 3 of 6" in figure.get_attribute("aria-label")

    bar = "document.querySelector('.js-plotly-plot .point path')"
    fill = f"{bar} && getComputedStyle({bar}).fill"  # the chart is built anew, and is not there for a moment
    assert page.evaluate(fill) == "rgb(0, 114, 178)"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"({fill}) === 'rgb(86, 180, 233)'")
    assert [url for url in asked if not url.startswith((demo.url, "data:", "blob:", "about:"))] == []

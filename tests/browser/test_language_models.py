"""The Language models page in a real browser: from an empty app to a neural model beside an n-gram model."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.visit import settle

pytestmark = pytest.mark.browser

SLOW_MS = 90_000
PANELS = "[...document.querySelectorAll('.corpus-lab-live .js-plotly-plot')]"


def fill(page: Page, name: str, value: str) -> None:
    field = page.get_by_role("spinbutton", name=name, exact=True)
    field.fill(value)
    field.press("Tab")


def test_a_model_is_fitted_explored_beaten_or_not_and_compared(visitor: Visitor, visit: Callable[..., Page]) -> None:
    outside: list[str] = []
    page = visit("language_models")
    page.on(
        "request",
        lambda r: None if r.url.startswith((visitor.url, "data:", "blob:", "ws:")) else outside.append(r.url),
    )
    page.get_by_role("button", name="Load the sample Python reference").click(timeout=SLOW_MS)
    page.get_by_role("button", name="Fit", exact=True).click(timeout=SLOW_MS)

    page.get_by_text("The model of order 3").wait_for(timeout=SLOW_MS)
    before = page.get_by_role("textbox", name="The words before")
    before.fill("the value of the")
    before.press("Enter")
    expect(page.get_by_test_id("stMetric").filter(has_text="count(h, w) / count(h)")).to_contain_text("0.")
    page.get_by_role("tab", name="Write", exact=True).click()
    page.get_by_text("Training rows that contain it").wait_for(timeout=SLOW_MS)
    page.get_by_text(re.compile("^Occurrences of")).wait_for(timeout=SLOW_MS)

    page.get_by_role("tab", name="Neural", exact=True).click()
    fill(page, "Epochs", "3")
    page.locator("summary", has_text="Advanced settings").locator("visible=true").click()
    fill(page, "Width", "32")
    settle(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url(re.compile("tab=neural.*run="), timeout=SLOW_MS)
    page.wait_for_function(f"{PANELS}[0]?.data?.[0]?.x.length > 1", timeout=SLOW_MS)
    page.wait_for_function(f"{PANELS}[1]?.data?.some(({{ name }}) => name === 'This model')", timeout=SLOW_MS)
    names = page.evaluate(f"{PANELS}[1].data.map(({{ name }}) => name)")
    assert names[0] == "This model" and "Modified Kneser-Ney, order 3" in names, "the line to beat"
    page.get_by_text("The perplexity on the").wait_for(timeout=SLOW_MS)
    link = page.url

    page.get_by_role("tab", name="Comparison", exact=True).click()
    page.get_by_text("at the same vocabulary").wait_for(timeout=SLOW_MS)
    page.wait_for_url(re.compile("tab=compare"), timeout=SLOW_MS)
    page.reload()
    page.get_by_text("at the same vocabulary").wait_for(timeout=SLOW_MS)

    run = next(run for run in visitor.runs.runs() if run.kind == "lm")
    assert link.endswith(run.id)
    page.goto(f"{visitor.url}/language_models?run={run.id}")
    page.get_by_text("The perplexity on the").wait_for(timeout=SLOW_MS)
    assert outside == [], "nothing is fetched from elsewhere"

"""The Text tab in a real browser: a GAN learns the sample reviews, and its rows become a version."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.visit import PLOT, SLOW_MS, settle

pytestmark = pytest.mark.browser

TINY = {
    "New rows": 4,
    "Width": 16,
    "Warmup epochs": 2,
    "Discriminator steps": 2,
    "Adversarial steps": 6,
    "Likelihood steps": 4,
    "Draws": 2,
    "Judged rows": 20,
    "Label agreement at least": 0,
    "Copied 4-grams at most": 1,
}


def test_reviews_are_learned_judged_and_extended(reviews: Visitor, visit: Callable[..., Page]) -> None:
    page, store = visit("gans"), reviews.runs
    page.get_by_role("tab", name="Text", exact=True).click()
    page.get_by_role("button", name="Make new rows").wait_for(timeout=SLOW_MS)
    page.locator("summary", has_text="Advanced settings").locator("visible=true").click()
    for name, value in TINY.items():
        field = page.get_by_role("spinbutton", name=name, exact=True)
        field.fill(str(value))
        field.press("Tab")
    settle(page)
    page.get_by_role("button", name="Make new rows").click()

    page.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > 1", timeout=SLOW_MS)
    page.get_by_text(re.compile(r"^The same rows after \d+ steps")).wait_for(timeout=SLOW_MS)
    page.get_by_label(re.compile("how real the discriminator holds each")).first.wait_for(timeout=SLOW_MS)

    page.get_by_role("heading", name="Who writes best").wait_for(timeout=SLOW_MS)
    run = next(run for run in store.runs() if run.kind == "gan_text")
    assert run.result is not None
    for sentence in run.result["verdict"]:
        expect(page.get_by_text(sentence, exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="All who write, side by side")).to_be_visible()

    page.get_by_role("button", name="Make a version with the 4 accepted rows").click()
    page.get_by_text("which has 304 rows.").wait_for(timeout=SLOW_MS)

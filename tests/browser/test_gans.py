"""The Digits tab in a real browser: a training is paused, stepped, let go, and looked back upon."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from core.gan.digits.controls import read_controls
from core.runs.store import Run, RunStore
from tests.browser.conftest import Visitor
from tests.browser.visit import PLOT, SLOW_MS, settle, wait_for

pytestmark = pytest.mark.browser

KEEP = """
() => {
    const send = WebSocket.prototype.send
    window.kept = []
    WebSocket.prototype.send = function (message) {
        kept.push([this, message])
        return send.call(this, message)
    }
}
"""
TINY = {"Steps": 400, "Batch size": 8, "Width": 4}


@pytest.fixture
def page(visitor: Visitor, visit: Callable[..., Page]) -> Iterator[Page]:
    """The page of GANs; a training that a failed test left paused does not keep others waiting."""
    yield visit("gans")
    for run in visitor.runs.runs(states=("queued", "running")):
        visitor.runs.request_cancel(run.id)


@contextmanager
def halted(runs: RunStore) -> Iterator[Run]:
    """Stop the process of the training that begins, which takes half a second for its steps, inside the block."""
    wait_for(lambda: runs.runs(states=("running",)))
    run = runs.runs(states=("running",))[0]
    os.kill(run.pid, signal.SIGSTOP)
    try:
        yield run
    finally:
        os.kill(run.pid, signal.SIGCONT)


def test_digits_are_stepped_trained_and_looked_back_upon(page: Page, visitor: Visitor) -> None:
    expect(page.get_by_role("radio", name="Sample digits, 8 x 8")).to_be_checked(timeout=SLOW_MS)
    page.get_by_role("combobox", name="Model").click()  # the quicker of the two
    page.get_by_role("option", name="Classic").click()
    page.locator("summary", has_text="Advanced settings").locator("visible=true").click()
    for name, value in TINY.items():
        field = page.get_by_role("spinbutton", name=name, exact=True)
        field.fill(str(value))
        field.press("Tab")
    settle(page)
    page.get_by_role("button", name="Train", exact=True).click()

    with halted(visitor.runs) as run:
        page.get_by_role("button", name="Pause", exact=True).click(timeout=SLOW_MS)
        wait_for(lambda: read_controls(run.folder).paused)
    page.get_by_text("Paused. A step shows what one update does.").wait_for(timeout=SLOW_MS)
    caption = page.get_by_text(re.compile("^The same random numbers as pictures, after"))
    caption.wait_for(timeout=SLOW_MS)
    before = caption.inner_text()
    page.get_by_role("button", name="Step both", exact=True).click()
    expect(caption).not_to_have_text(before, timeout=SLOW_MS)
    reached = int(re.search(r"after (\d+) steps", caption.inner_text())[1])
    page.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.at(-1) === {reached}", timeout=SLOW_MS)
    page.get_by_role("button", name="Step both", exact=True).click()
    expect(caption).to_contain_text(f"after {reached + 1} steps", timeout=SLOW_MS)
    page.wait_for_function(f"document.querySelector('{PLOT}').data[0].x.at(-1) === {reached + 1}", timeout=SLOW_MS)

    page.evaluate(KEEP)
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_text("It made all of its 400 steps.").wait_for(timeout=SLOW_MS)
    expect(page.get_by_test_id("stMetric").filter(has_text="The floor: real against real")).to_contain_text("±")
    page.get_by_text("50 generated pictures").wait_for(timeout=SLOW_MS)
    expect(caption).to_contain_text("after 400 steps")
    page.evaluate("kept.splice(0, kept.length - 4)")
    for _ in range(4):
        page.evaluate("() => { const [socket, message] = kept.shift(); socket.send(message) }")
        settle(page)
    expect(caption).to_have_count(1)  # what is asked of the page as it was draws nothing on it as it is
    slider = page.get_by_role("slider", name="Training step of the pictures")
    slider.press("Home")
    expect(caption).to_contain_text("after 0 steps", timeout=SLOW_MS)

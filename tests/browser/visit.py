"""What a visitor of the app does in many tests, and how long a test waits for it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page

from core.runs.curves import curves
from core.runs.store import Run, RunStore

PLOT = ".corpus-lab-live .js-plotly-plot"
SLOW_MS = 90_000


def load_sample(page: Page) -> None:
    page.get_by_role("button", name="Load the sample reviews").click(timeout=SLOW_MS)
    page.get_by_text("300 rows in version 1").wait_for(timeout=SLOW_MS)


def named(title: str) -> re.Pattern[str]:
    """What an element is called that has an icon; Streamlit 1.65 reads the icon out too."""
    return re.compile(rf"^([a-z_]+ )?{re.escape(title)}( expand_more)?$")


def go(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=named(title)).click()
    page.get_by_role("heading", name=title, level=1).wait_for(timeout=SLOW_MS)


def choose_epochs(page: Page, epochs: int) -> None:
    field = page.get_by_role("spinbutton", name="Epochs")
    field.wait_for(timeout=SLOW_MS)
    field.fill(str(epochs))
    field.press("Tab")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page has been drawn: a button that moves while its parts load misses its press."""
    page.wait_for_timeout(300)
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached", timeout=SLOW_MS)


def train(page: Page, epochs: int) -> None:
    choose_epochs(page, epochs)
    before = page.url
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url(lambda url: "run=" in url and url != before, timeout=SLOW_MS)


def newest(store: RunStore) -> Run:
    return next(run for run in store.runs() if run.kind == "finetune")


def steps(store: RunStore, run_id: str) -> list[int]:
    return curves(store.events(run_id)).get("train/loss", ([], []))[0]


def wait_for(condition: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def points(page: Page) -> int:
    return int(page.evaluate(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length ?? 0"))


WATCH = f"""() => {{
  window.frames_seen = [0, 0];
  const look = () => {{
    const curve = document.querySelector("{PLOT} .js-line");
    const drawn = curve?.getAttribute("d") && curve.getBoundingClientRect().width > 0;
    window.frames_seen[drawn ? 0 : 1] += 1;
    requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""


def watch_curve(page: Page) -> None:
    """Look at every frame that the browser draws from now on, whether the first chart's curve is in it."""
    page.evaluate(WATCH)


def frames_seen(page: Page) -> tuple[int, int]:
    """Return how many frames were drawn with the curve and how many without it since it is watched."""
    with_it, without = page.evaluate("window.frames_seen")
    return with_it, without

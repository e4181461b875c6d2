"""How soon a run is seen to live, and how fast the page answers meanwhile, in a real browser on the real server.

And how long the fine-tuning that a new user starts first takes, from the command line.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.runs.store import RunStore
from tests.benchmarks.figures import Figure
from tests.browser.conftest import CHROMIUM_ARGUMENTS, ROOT, AppServer, chromium_path

PLOT = ".corpus-lab-live .js-plotly-plot"
COMPLETE = "[data-testid=stApp][data-test-script-state=notRunning]"
OPEN_BEFORE_S = 60
PAGES = ("Explore", "Fine-tuning", "Runs", "Prepare", "Augment", "History", "GANs", "Language models", "Datasets")
CLICKS = (*PAGES, "Overview") * 3
# Measured in the page: the driver of the browser takes part of the time that it sees.
ANSWER = """
(title) => {
  window.answer = new Promise((resolve, reject) => {
    const there = () => [...document.querySelectorAll("h1")].some((heading) => heading.innerText.trim() === title);
    addEventListener("pointerdown", (event) => {
      const watch = new MutationObserver(() => {
        if (!there()) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - event.timeStamp)));
      });
      watch.observe(document.body, { childList: true, subtree: true, characterData: true });
    }, { capture: true, once: true });
    setTimeout(() => reject(new Error(`no title ${title} after a minute`)), 60_000);
  });
}
"""


def bench() -> list[Figure]:
    """Return the time to the first live point, and the median and worst time of a click to another page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        server = AppServer(ROOT / "streamlit_app.py", Path(folder) / "home")
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(server.url)
            page.get_by_role("button", name="Load the sample reviews").click(timeout=60_000)
            page.get_by_text("300 rows in version 1").wait_for(timeout=60_000)
            page.wait_for_timeout(OPEN_BEFORE_S * 1000)
            idle = [_click(page, title) for title in CLICKS]
            first = _train(page)
            page.wait_for_timeout(3_000)
            clicks = [_click(page, title) for title in CLICKS]
            store = RunStore(server.home, "local")
            assert any(run.state == "running" for run in store.runs()), "the run ended before the clicks"
        finally:
            browser.close()
            server.close()
    whole = _default_finetuning()
    median, idle_median = statistics.median(clicks), statistics.median(idle)
    return [
        Figure("first live point after the click", first, None, "s", 3.0, "the app open for a minute"),
        Figure(
            "click to another page, a run training: median", median, idle_median, "ms", 300, "peer: no run going on"
        ),
        Figure(
            "click to another page, a run training: slowest", max(clicks), max(idle), "ms", 300, f"of {len(clicks)}"
        ),
        Figure("fine-tuning on the sample reviews", whole, None, "s", 120, "the command, with its defaults"),
    ]


def _default_finetuning() -> float:
    """Return the seconds of a fine-tuning on the sample reviews as it comes, from the command's start to its end."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CORPUS_LAB_HOME": home}

        def command(*words: str) -> None:
            whole = [sys.executable, "-m", "core", *words, "--json"]
            subprocess.run(whole, cwd=ROOT, env=environment, check=True, capture_output=True)

        command("data", "import", "builtin:reviews", "--name", "reviews")
        started = time.perf_counter()
        command("finetune", "--data", "reviews")
        return time.perf_counter() - started


def _train(page: Page) -> float:
    """Start a long training and return the seconds until its first measured point is drawn."""
    _click(page, "Fine-tuning")
    field = page.get_by_role("spinbutton", name="Epochs")
    field.fill("40")
    field.press("Tab")
    page.wait_for_timeout(1000)
    clicked = time.perf_counter()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > 0", timeout=60_000)
    return time.perf_counter() - clicked


def _click(page: Page, title: str) -> float:
    """Follow a link of the sidebar to another page; return the milliseconds from the press until its title is drawn.

    The page is left to come to its end before the next click.
    """
    page.evaluate(ANSWER, title)
    page.get_by_test_id("stSidebar").get_by_role("link", name=title, exact=True).click()
    took = float(page.evaluate("() => window.answer"))
    page.locator(COMPLETE).wait_for(timeout=60_000)
    page.wait_for_timeout(700)
    return took

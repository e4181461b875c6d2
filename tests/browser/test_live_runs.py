"""Training runs as a person meets them: they outlive pages, browsers and the server, and wait for each other."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from core.jobs import Resumed
from core.runs.curves import curves
from core.runs.store import RunStore
from core.storage import database
from tests.browser.conftest import Visitor
from tests.browser.visit import PLOT, SLOW_MS, choose_epochs, go, newest, points, steps, train, wait_for
from tests.core.runs.watching import descendants, gone, resumed

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def test_a_run_outlives_pages_reload_and_browser_then_cancels_and_resumes(lab, visit: OpenPage) -> None:
    page, store = lab
    train(page, epochs=30)
    wait_for_points(page, 2)
    started = newest(store)
    assert page.url.endswith(f"finetuning?run={started.id}") or f"run={started.id}" in page.url

    second = visit(f"finetuning?run={started.id}")
    wait_for_points(second, points(page))
    seen = points(second)
    for browser in (page, second):  # both are open, on one run that goes on
        wait_for_points(browser, seen)
    second.context.close()

    # Every click is answered meanwhile; how fast, with both cores at it, is measured in the benchmarks.
    for title in ("Overview", "Datasets", "Runs", "Prepare"):
        go(page, title)
    assert store.run(started.id).state == "running"
    before = len(steps(store, started.id))
    wait_for(lambda: len(steps(store, started.id)) > before)
    page.context.close()
    before = len(steps(store, started.id))
    wait_for(lambda: len(steps(store, started.id)) > before)

    other = visit(f"finetuning?run={started.id}")
    wait_for_points(other, 2)
    seen = points(other)
    wait_for_points(other, seen)
    other.reload()
    wait_for_points(other, seen)

    asked = time.monotonic()
    other.get_by_role("button", name="Cancel", exact=True).click()
    wait_for(lambda: store.run(started.id).state == "cancelled", seconds=15)
    assert time.monotonic() - asked < 11, "ten seconds, and one for the click"
    before = curves(store.events(started.id))["train/loss"]
    other.get_by_role("button", name="Resume").click(timeout=SLOW_MS)
    goes_on_from_its_checkpoint(store, started.id, before)
    wait_for_points(other, len(before[0]))


def test_a_click_in_a_hurry_starts_one_run_and_another_browser_shows_its_place_behind_it(
    lab, visitor: Visitor, visit: OpenPage
) -> None:
    page, store = lab
    before = len(store.runs())
    choose_epochs(page, 30)
    button = page.get_by_role("button", name="Train", exact=True)
    with database(visitor.server.home, "") as db:
        db.execute("UPDATE runs SET name = name")  # nobody else can write now: the first click is still at work
        button.click()
        page.wait_for_timeout(1000)
        button.click()
        page.wait_for_timeout(500)
    wait_for(lambda: len(store.runs()) > before)
    page.wait_for_timeout(2500)
    assert len(store.runs()) == before + 1

    other = visit("finetuning")
    train(other, epochs=29)
    other.get_by_text("Waiting, place 1 in the queue").wait_for(timeout=SLOW_MS)


def test_killed_server_restarts_with_the_run_to_resume_and_links_lead_its_first_visitors(
    lab, visitor: Visitor, open_page: OpenPage
) -> None:
    page, store = lab
    server = visitor.server
    train(page, epochs=30)
    wait_for(lambda: len(steps(store, newest(store).id)) > 2)
    processes = descendants(server.process.pid)
    assert newest(store).pid in processes
    server.kill()
    wait_for(lambda: newest(store).state == "interrupted", seconds=15)
    wait_for(lambda: all(gone(process) for process in processes), seconds=15)
    before = curves(store.events(newest(store).id))["train/loss"]
    server.start()

    titles = ["History", "Explore", "History", "Runs"]
    visitors = [open_page("about:blank", visitor) for _ in titles]
    for page, title in zip(visitors, titles, strict=True):  # all at once, none waits for another
        link = f"{server.url}/{title.lower()}?run={newest(store).id}"
        page.evaluate("url => void setTimeout(() => { location.href = url })", link)
    for page, title in zip(visitors, titles, strict=True):
        page.get_by_role("heading", name=title, level=1).wait_for(timeout=SLOW_MS)
        page.get_by_test_id("stSidebar").get_by_role("link", name="Overview").wait_for(timeout=SLOW_MS)
        assert page.get_by_test_id("stException").count() == 0

    page.get_by_role("button", name="Resume").click(timeout=SLOW_MS)
    wait_for(lambda: newest(store).state == "running")
    goes_on_from_its_checkpoint(store, newest(store).id, before)


def wait_for_points(page: Page, more_than: int) -> None:
    length = f"document.querySelector('{PLOT}')?.data?.[0]?.x.length"
    page.wait_for_function(f"{length} > {more_than}", timeout=SLOW_MS)


def goes_on_from_its_checkpoint(store: RunStore, run_id: str, before: tuple[list[int], list[float]]) -> None:
    """Wait for a step after the stop: the curve `before` it stays, and goes on without a gap or an overlap."""
    wait_for(lambda: len(steps(store, run_id)) > len(before[0]))
    [checkpoint] = resumed(store, run_id)
    assert checkpoint > 0
    events = store.events(run_id)
    measured, losses = curves(events)["train/loss"]
    assert measured == list(range(measured[0], measured[0] + len(measured)))
    kept = sum(step <= checkpoint for step in before[0])
    assert kept > 0 and losses[:kept] == before[1][:kept]
    again = curves(events[[isinstance(stored.event, Resumed) for stored in events].index(True) :])["train/loss"]
    assert again[0][0] == checkpoint + 1, "no earlier step is measured again"

"""Training runs as a person meets them: they outlive pages, browsers and the server, and wait for each other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.storage import database
from tests.browser.conftest import Visitor
from tests.browser.visit import PLOT, SLOW_MS, choose_epochs, go, newest, points, steps, train, wait_for

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def test_a_run_outlives_pages_reload_and_browser_then_cancels_and_resumes(lab, visit: OpenPage) -> None:
    page, store = lab
    train(page, epochs=30)
    page.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > 2", timeout=SLOW_MS)
    started = newest(store)
    assert page.url.endswith(f"finetuning?run={started.id}") or f"run={started.id}" in page.url

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
    other.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > 2", timeout=SLOW_MS)
    seen = points(other)
    other.wait_for_function(f"document.querySelector('{PLOT}').data[0].x.length > {seen}", timeout=SLOW_MS)
    other.reload()
    other.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > {seen}", timeout=SLOW_MS)

    asked = time.monotonic()
    other.get_by_role("button", name="Cancel", exact=True).click()
    wait_for(lambda: store.run(started.id).state == "cancelled", seconds=15)
    assert time.monotonic() - asked < 11, "ten seconds, and one for the click"
    reached = len(steps(store, started.id))
    other.get_by_role("button", name="Resume").click(timeout=SLOW_MS)
    wait_for(lambda: len(steps(store, started.id)) > reached)
    measured = steps(store, started.id)
    assert measured == list(range(measured[0], measured[0] + len(measured))), "the curve has no gap and no overlap"


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
    expect(other.get_by_text("Waiting, place 1 in the queue")).to_be_visible(timeout=SLOW_MS)


def test_killed_server_restarts_with_the_run_to_resume_and_links_lead_its_first_visitors(
    lab, visitor: Visitor, open_page: OpenPage
) -> None:
    page, store = lab
    server = visitor.server
    train(page, epochs=30)
    wait_for(lambda: len(steps(store, newest(store).id)) > 2)
    worker = newest(store).pid
    server.kill()
    wait_for(lambda: newest(store).state == "interrupted", seconds=15)
    wait_for(lambda: not _is_there(worker), seconds=15)
    server.start()

    titles = ["History", "Explore", "History", "Runs"]
    visitors = [open_page("about:blank", visitor) for _ in titles]
    for page, title in zip(visitors, titles, strict=True):  # all at once, none waits for another
        link = f"{server.url}/{title.lower()}?run={newest(store).id}"
        page.evaluate("url => void setTimeout(() => { location.href = url })", link)
    for page, title in zip(visitors, titles, strict=True):
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=SLOW_MS)
        expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Overview")).to_be_visible(timeout=SLOW_MS)
        assert page.get_by_test_id("stException").count() == 0

    page.get_by_role("button", name="Resume").click(timeout=SLOW_MS)
    wait_for(lambda: newest(store).state == "running")
    reached = len(steps(store, newest(store).id))
    wait_for(lambda: len(steps(store, newest(store).id)) > reached)


def _is_there(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    return True

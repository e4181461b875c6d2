"""Training runs as a person meets them: they outlive pages, browsers and the server, and wait for each other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.runs.store import RunStore
from core.storage import database
from tests.browser.conftest import APP, Visitor
from tests.browser.visit import PLOT, SLOW_MS, go, load_sample, newest, points, steps, train, wait_for

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def test_a_run_outlives_page_reload_and_browser_then_cancels_and_resumes(lab, visit: OpenPage) -> None:
    page, store = lab
    go(page, "Fine-tuning")
    train(page, epochs=30)
    page.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > 2", timeout=SLOW_MS)
    run = newest(store)
    assert page.url.endswith(f"finetuning?run={run.id}") or f"run={run.id}" in page.url

    go(page, "Overview")
    before = len(steps(store, run.id))
    wait_for(lambda: len(steps(store, run.id)) > before)
    page.context.close()
    before = len(steps(store, run.id))
    wait_for(lambda: len(steps(store, run.id)) > before)

    other = visit(f"finetuning?run={run.id}")
    other.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > 2", timeout=SLOW_MS)
    seen = points(other)
    other.wait_for_function(f"document.querySelector('{PLOT}').data[0].x.length > {seen}", timeout=SLOW_MS)
    other.reload()
    other.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > {seen}", timeout=SLOW_MS)

    asked = time.monotonic()
    other.get_by_role("button", name="Cancel", exact=True).click()
    wait_for(lambda: store.run(run.id).state == "cancelled", seconds=15)
    assert time.monotonic() - asked < 11, "ten seconds, and one for the click"
    reached = len(steps(store, run.id))
    other.get_by_role("button", name="Resume").click(timeout=SLOW_MS)
    wait_for(lambda: len(steps(store, run.id)) > reached)
    measured = steps(store, run.id)
    assert measured == list(range(measured[0], measured[0] + len(measured))), "the curve has no gap and no overlap"


def test_a_click_in_a_hurry_starts_one_run(lab, visitor: Visitor) -> None:
    page, store = lab
    before = len(store.runs())
    go(page, "Fine-tuning")
    button = page.get_by_role("button", name="Train", exact=True)
    button.wait_for(timeout=SLOW_MS)
    with database(visitor.server.home, "") as db:
        db.execute("UPDATE runs SET name = name")  # nobody else can write now: the first click is still at work
        button.click()
        page.wait_for_timeout(1000)
        button.click()
        page.wait_for_timeout(500)
    wait_for(lambda: len(store.runs()) > before)
    page.wait_for_timeout(2500)
    assert len(store.runs()) == before + 1


def test_the_second_of_two_browsers_shows_its_place_in_the_queue(lab, visit: OpenPage) -> None:
    page, store = lab
    go(page, "Fine-tuning")
    train(page, epochs=30)
    wait_for(lambda: store.runs(states=("running",)))
    other = visit("finetuning")
    train(other, epochs=29)
    expect(other.get_by_text("Waiting, place 1 in the queue")).to_be_visible(timeout=SLOW_MS)


def test_the_page_answers_while_a_run_trains(lab) -> None:
    """Every click is answered while a run trains; how fast, with both cores at it, is measured in the benchmarks."""
    page, store = lab
    go(page, "Fine-tuning")
    train(page, epochs=30)
    wait_for(lambda: steps(store, newest(store).id))
    for title in ("Overview", "Datasets", "Runs", "Prepare"):
        go(page, title)
    assert newest(store).state == "running"


def test_killed_server_restarts_with_the_run_to_resume(serve, open_page: OpenPage) -> None:
    server = serve(APP)
    store = RunStore(server.home, "local")
    page = open_page(server.url)
    load_sample(page)
    go(page, "Fine-tuning")
    train(page, epochs=30)
    wait_for(lambda: len(steps(store, newest(store).id)) > 2)
    worker = newest(store).pid
    server.kill()
    wait_for(lambda: newest(store).state == "interrupted", seconds=15)
    wait_for(lambda: not _is_there(worker), seconds=15)
    server.start()
    page = open_page(f"{server.url}/runs?run={newest(store).id}")
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

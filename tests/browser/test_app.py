"""The app as a person meets it: a real browser, the real server, real training runs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.runs.curves import curves
from core.runs.store import Run, RunStore
from core.storage import database

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "streamlit_app.py"
PLOT = ".corpus-lab-live .js-plotly-plot"
SLOW_MS = 90_000

OpenPage = Callable[..., Page]


def load_sample(page: Page) -> None:
    page.get_by_role("button", name="Load the sample reviews").click(timeout=SLOW_MS)
    expect(page.get_by_text("300 rows in version 1")).to_be_visible(timeout=SLOW_MS)


def go(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=SLOW_MS)


def train(page: Page, epochs: int) -> None:
    field = page.get_by_role("spinbutton", name="Epochs")
    expect(field).to_be_visible(timeout=SLOW_MS)
    field.fill(str(epochs))
    field.press("Tab")
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


@pytest.fixture
def lab(app_server, open_page: OpenPage) -> tuple[Page, RunStore]:
    """A page of the app with the sample reviews in use, and the store of its runs; no run goes on."""
    store = RunStore(app_server.home, "local")
    page = open_page(app_server.url)
    page.wait_for_selector("h1", timeout=SLOW_MS)
    if not page.get_by_text("300 rows in version 1").count():
        page.wait_for_timeout(1500)
    if page.get_by_role("button", name="Load the sample reviews").count():
        load_sample(page)
    yield page, store
    for run in store.runs(states=("queued", "running")):
        store.request_cancel(run.id)
    wait_for(lambda: not store.runs(states=("queued", "running")))


def test_a_new_user_walks_the_whole_way(lab, app_server) -> None:
    page, store = lab
    outside: list[str] = []
    page.on(
        "request",
        lambda r: None if r.url.startswith((app_server.url, "data:", "blob:", "ws:")) else outside.append(r.url),
    )
    go(page, "Explore")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=SLOW_MS)
    go(page, "Prepare")
    page.get_by_text("Split", exact=True).click()
    page.get_by_role("button", name="Make the split version").click(timeout=SLOW_MS)
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("reviews@2", timeout=SLOW_MS)
    go(page, "Fine-tuning")
    train(page, epochs=1)
    expect(page.locator(PLOT).first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Where it is right and wrong")).to_be_visible(timeout=2 * SLOW_MS)
    page.get_by_role("tab", name="Try it").click()
    page.get_by_role("textbox", name="Sentence").fill("A wonderful film, I loved every minute of it.")
    page.get_by_role("textbox", name="Sentence").press("Control+Enter")
    expect(page.get_by_text("The model says")).to_be_visible(timeout=SLOW_MS)
    go(page, "History")
    expect(page.get_by_text("Rows changed")).to_be_visible(timeout=SLOW_MS)
    go(page, "Overview")
    expect(page.get_by_text("One model is scored")).to_be_visible(timeout=SLOW_MS)
    assert outside == [], "nothing is fetched from elsewhere"
    assert newest(store).result["accuracy"] > 0


def test_a_run_outlives_page_reload_and_browser_then_cancels_and_resumes(lab, app_server, open_page: OpenPage) -> None:
    page, store = lab
    go(page, "Fine-tuning")
    train(page, epochs=30)
    page.wait_for_function(f"document.querySelector('{PLOT}')?.data?.[0]?.x.length > 2", timeout=SLOW_MS)
    run = newest(store)
    link = page.url
    assert link.endswith(run.id)

    go(page, "Overview")
    before = len(steps(store, run.id))
    wait_for(lambda: len(steps(store, run.id)) > before)
    page.context.close()
    before = len(steps(store, run.id))
    wait_for(lambda: len(steps(store, run.id)) > before)

    other = open_page(link)
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


def test_a_click_in_a_hurry_starts_one_run(lab, app_server) -> None:
    page, store = lab
    before = len(store.runs())
    go(page, "Fine-tuning")
    button = page.get_by_role("button", name="Train", exact=True)
    button.wait_for(timeout=SLOW_MS)
    with database(app_server.home, "") as db:
        db.execute("UPDATE runs SET name = name")  # nobody else can write now: the first click is still at work
        button.click()
        page.wait_for_timeout(1000)
        button.click()
        page.wait_for_timeout(500)
    wait_for(lambda: len(store.runs()) > before)
    page.wait_for_timeout(2500)
    assert len(store.runs()) == before + 1


def test_the_second_of_two_browsers_shows_its_place_in_the_queue(lab, app_server, open_page: OpenPage) -> None:
    page, store = lab
    go(page, "Fine-tuning")
    train(page, epochs=30)
    wait_for(lambda: store.runs(states=("running",)))
    other = open_page(f"{app_server.url}/finetuning")
    train(other, epochs=29)
    expect(other.get_by_text("Waiting, place 1 in the queue")).to_be_visible(timeout=SLOW_MS)


def test_the_page_answers_while_a_run_trains(lab) -> None:
    """Every click is answered while both cores train; how fast is measured in the benchmarks."""
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


def test_private_workspaces_keep_two_browsers_apart(serve, open_page: OpenPage, monkeypatch) -> None:
    monkeypatch.setenv("CORPUS_LAB_PRIVATE", "1")
    server = serve(APP)
    mine = open_page(server.url)
    load_sample(mine)
    link = mine.url
    assert "version=" in link
    other = open_page(link)
    expect(other.get_by_text("There is no dataset yet")).to_be_visible(timeout=SLOW_MS)
    assert other.get_by_text("reviews@1").count() == 0
    mine.reload()
    expect(mine.get_by_text("300 rows in version 1")).to_be_visible(timeout=SLOW_MS)


def test_a_home_that_cannot_be_written_is_a_sentence_on_every_page(serve, open_page: OpenPage, tmp_path: Path) -> None:
    server = serve(APP)
    server.stop()
    server.home.parent.mkdir(exist_ok=True)
    if server.home.is_dir():
        server.home.rename(server.home.with_name("moved"))
    server.home.write_text("a file where the folder should be")
    server.start()
    for title in ("", "datasets", "explore", "prepare", "history", "finetuning", "runs"):
        page = open_page(f"{server.url}/{title}")
        expect(page.get_by_text("A file stands where a folder is needed").first).to_be_visible(timeout=SLOW_MS)
        assert page.get_by_text("Traceback").count() == 0
        assert page.get_by_test_id("stException").count() == 0
        page.context.close()


def _is_there(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0 * signal.SIGTERM)
    except ProcessLookupError:
        return False
    return True


def test_the_first_visitors_after_a_start_may_follow_links_to_any_page(serve, open_page: OpenPage) -> None:
    server = serve(APP)
    titles = ["History", "Runs", "Explore", "History"]
    visitors = [open_page("about:blank") for _ in titles]
    for page, title in zip(visitors, titles, strict=True):  # all at once, none waits for another
        page.evaluate("url => void setTimeout(() => { location.href = url })", f"{server.url}/{title.lower()}")
    for page, title in zip(visitors, titles, strict=True):
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=SLOW_MS)
        expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Overview")).to_be_visible(timeout=SLOW_MS)
        assert page.get_by_test_id("stException").count() == 0

"""The app as a person meets it: a real browser, the real server, a real training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.ui.session import COOKIE
from tests.browser.conftest import APP, AppServer, Visitor
from tests.browser.visit import PLOT, SLOW_MS, go, load_sample, newest, train

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def test_a_new_user_walks_the_whole_way(visitor: Visitor, visit: OpenPage) -> None:
    page = visit()
    load_sample(page)
    outside: list[str] = []
    page.on(
        "request",
        lambda r: None if r.url.startswith((visitor.url, "data:", "blob:", "ws:")) else outside.append(r.url),
    )
    go(page, "Explore")
    page.get_by_test_id("stDataFrame").first.wait_for(timeout=SLOW_MS)
    go(page, "Prepare")
    page.get_by_text("Split", exact=True).click()
    page.get_by_role("button", name="Make the split version").click(timeout=SLOW_MS)
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("reviews@2", timeout=SLOW_MS)
    go(page, "Fine-tuning")
    train(page, epochs=1)
    page.locator(PLOT).first.wait_for(timeout=SLOW_MS)
    page.get_by_text("Where it is right and wrong").wait_for(timeout=2 * SLOW_MS)
    page.get_by_role("tab", name="Try it").click()
    page.get_by_role("textbox", name="Sentence").fill("A wonderful film, I loved every minute of it.")
    page.get_by_role("textbox", name="Sentence").press("Control+Enter")
    page.get_by_text("The model says").wait_for(timeout=SLOW_MS)
    go(page, "History")
    page.get_by_text("Rows changed").wait_for(timeout=SLOW_MS)
    go(page, "Overview")
    page.get_by_text("One model is scored").wait_for(timeout=SLOW_MS)
    assert outside == [], "nothing is fetched from elsewhere"
    assert newest(visitor.runs).result["accuracy"] > 0


def test_private_workspaces_keep_two_browsers_apart(shared_server: AppServer, open_page: OpenPage) -> None:
    mine = open_page(shared_server.url)
    load_sample(mine)
    link = mine.url
    assert "version=" in link
    other = open_page(link)
    other.get_by_text("There is no dataset yet").wait_for(timeout=SLOW_MS)
    assert other.get_by_text("reviews@1").count() == 0
    mine.reload()
    mine.get_by_text("300 rows in version 1").wait_for(timeout=SLOW_MS)
    load_sample(other)  # a page that has nothing of one's own to show does not come to the link's run
    token = next(cookie["value"] for cookie in mine.context.cookies() if cookie["name"] == COOKIE)
    [imported] = Visitor(shared_server, token).runs.runs()
    run_link = f"{shared_server.url}/runs?run={imported.id}"
    other.goto(run_link)
    other.get_by_text("This run is not there, or it belongs to someone else").wait_for(timeout=SLOW_MS)
    mine.goto(run_link)
    mine.get_by_role("heading", name="reviews", exact=True).wait_for(timeout=SLOW_MS)


@pytest.fixture
def server_without_home(browser: Browser, tmp_path: Path) -> Iterator[AppServer]:
    home = tmp_path / "home"
    home.write_text("a file where the folder should be")
    server = AppServer(APP, home)
    yield server
    server.close()


def test_a_home_that_cannot_be_written_is_a_sentence(server_without_home: AppServer, open_page: OpenPage) -> None:
    for title in ("", "finetuning"):  # the other pages are in tests/pages/test_trouble.py
        page = open_page(f"{server_without_home.url}/{title}")
        page.get_by_text("A file stands where a folder is needed").first.wait_for(timeout=SLOW_MS)
        assert page.get_by_text("Traceback").count() == 0
        assert page.get_by_test_id("stException").count() == 0

"""Datasets and History in a real browser: a file too large to send, and the versions of a dataset as a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.data.importing import ImportConfig, import_dataset, look
from core.data.preprocessing import PreprocessConfig, preprocess
from core.data.splitting import SplitConfig, split
from core.data.workspace import Version
from core.jobs import run
from tests.browser.conftest import Visitor
from tests.browser.visit import SLOW_MS, named

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]

POINTS = ".js-plotly-plot .scatterlayer .point"
LATE = """
const listen = WebSocket.prototype.addEventListener
WebSocket.prototype.addEventListener = function (kind, listener, options) {
    const late = (event) => setTimeout(() => listener(event), 800)
    return listen.call(this, kind, kind === "message" ? late : listener, options)
}
const property = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage")
Object.defineProperty(WebSocket.prototype, "onmessage", {
    ...property, set(listener) { property.set.call(this, (event) => setTimeout(() => listener(event), 800)) }
})
"""


def test_a_file_too_large_for_the_browser_is_refused_before_it_is_sent(visit: OpenPage, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(300_000_000)  # sparse: takes no room
    page = visit("datasets")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "upload" in request.url else None)
    page.get_by_text("File", exact=True).click(timeout=SLOW_MS)
    page.get_by_text("200MB per file").wait_for(timeout=SLOW_MS)
    page.locator("input[type=file]").set_input_files(large)
    page.get_by_text("File must be 200.0MB or smaller.").wait_for(timeout=SLOW_MS)
    page.get_by_role("button", name="Help for CSV").hover()
    page.get_by_text("For more, use").wait_for(timeout=SLOW_MS)
    assert sent == []


@pytest.fixture
def versions(visitor: Visitor, tmp_path: Path) -> Iterator[list[Version]]:
    """Films, and two versions made of them: in lower case, and split."""
    path = tmp_path / "films.csv"
    path.write_text(
        "text,label\n" + "".join(f"{'A Fine' if i % 2 else 'a dull'} film {i},{i % 2}\n" for i in range(20))
    )
    workspace = visitor.workspace
    first = run(import_dataset(ImportConfig(source=str(path)), workspace, tmp_path, False))["version"]
    run(preprocess(PreprocessConfig(version=first, lowercase=True), workspace, tmp_path, False))
    run(split(SplitConfig(version=first), workspace, tmp_path, False))
    yield workspace.versions(workspace.version(first).dataset_id)
    for version in workspace.latest():
        workspace.delete_dataset(version.dataset_id)


@pytest.fixture
def history(versions: list[Version], visit: OpenPage) -> Page:
    """The page History, at work on the second version of the films."""
    page = visit(f"history?version={versions[1].id}")
    works_on(page, "films@2")
    return page


def works_on(page: Page, label: str) -> None:
    page.get_by_role("heading", name=label, level=3).wait_for(timeout=SLOW_MS)
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached", timeout=SLOW_MS)


def click_point(page: Page, place: int) -> None:
    """Click a version in the graph; what hears the click lies over it."""
    page.locator(POINTS).nth(place).click(force=True)


def pick(page: Page, box: str, option: str) -> None:
    field = page.get_by_role("combobox", name=box)
    field.fill(option)
    field.press("Enter")


def press(page: Page, title: str) -> Locator:
    """Press a button that opens a dialog, and return the dialog."""
    page.get_by_role("button", name=named(title)).click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for(timeout=SLOW_MS)
    return dialog


def test_two_files_are_downloaded_shortly_after_each_other_where_the_server_is_heard_late(history: Page) -> None:
    history.add_init_script(LATE)
    history.reload()
    works_on(history, "films@2")
    names: list[str] = []
    history.on("download", lambda download: names.append(download.suggested_filename))
    first, second = (history.get_by_role("button", name=named(f"Download {title}")) for title in ("CSV", "JSONL"))
    press = "(first, second) => { first.click(); setTimeout(() => second.click(), 250) }"
    first.evaluate(press, second.element_handle())
    while len(names) < 2:
        history.wait_for_event("download", timeout=SLOW_MS)
    assert sorted(names) == ["films-2.csv", "films-2.jsonl"]


def test_versions_are_chosen_compared_taken_home_renamed_and_deleted(
    visitor: Visitor, history: Page, versions: list[Version]
) -> None:
    page, [first, second, third] = history, versions
    expect(page.locator(POINTS)).to_have_count(3, timeout=SLOW_MS)
    for place, label in ((0, "films@1"), (1, "films@2")):
        click_point(page, place)
        works_on(page, label)
    pick(page, "Dataset", "films@3")
    works_on(page, "films@3")
    click_point(page, 1)  # the point that was clicked last
    works_on(page, "films@2")
    assert f"version={second.id}" in page.url

    changed = page.get_by_test_id("stMetric").filter(has_text="Rows changed").get_by_test_id("stMetricValue")
    expect(changed).to_have_text("10", timeout=SLOW_MS)
    for mark, word in (("del", "A"), ("ins", "a")):
        expect(page.locator(f".corpus-lab-changes {mark}").first).to_have_text(word, timeout=SLOW_MS)
    pick(page, "Before", "films@3")
    expect(changed).to_have_text("20", timeout=SLOW_MS)

    for title, ending in (("CSV", "csv"), ("JSONL", "jsonl"), ("Parquet", "parquet")):
        with page.expect_download(timeout=SLOW_MS) as download:
            page.get_by_role("button", name=named(f"Download {title}")).click()
        assert download.value.suggested_filename == f"films-2.{ending}"
        again = ImportConfig(source=str(download.value.path()), filename=f"films-2.{ending}")
        assert [row["text"] for row in look(again).rows] == [
            f"a {'fine' if i % 2 else 'dull'} film {i}" for i in range(20)
        ]

    dialog = press(page, "Rename")
    dialog.get_by_role("textbox", name="New name").fill("")
    dialog.get_by_role("button", name="Rename it").click()
    dialog.get_by_text("cannot be the name of a dataset").wait_for(timeout=SLOW_MS)
    dialog.get_by_role("textbox", name="New name").fill("pictures")
    dialog.get_by_role("button", name="Rename it").click()
    works_on(page, "pictures@2")
    expect(dialog).to_have_count(0)

    workspace = visitor.workspace
    dialog = press(page, "Delete")
    dialog.get_by_text("This cannot be undone.").wait_for(timeout=SLOW_MS)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0, timeout=SLOW_MS)
    assert len(workspace.versions(first.dataset_id)) == 3, "nothing goes without the second button"
    press(page, "Delete").get_by_role("button", name="Delete it").click()
    works_on(page, "pictures@3")
    assert [version.id for version in workspace.versions(first.dataset_id)] == [first.id, third.id]
    dialog = press(page, "Delete")
    dialog.get_by_text("All versions of pictures").click()
    dialog.get_by_role("button", name="Delete it").click()
    page.get_by_text("There is no dataset yet").wait_for(timeout=SLOW_MS)
    assert workspace.latest() == []

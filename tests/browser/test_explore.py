"""The Explore page in a real browser: clicks on the picture, links, and rows that try to be more than text."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Locator, Page, expect

from core.data.rows import SCHEMA
from core.data.workspace import Version
from tests.browser.conftest import Visitor
from tests.browser.visit import named, settle

pytestmark = pytest.mark.browser

SLOW_MS = 90_000
HEADER, ROW = 38, 32  # pixels, as in pages/ui/explore_table.py

CHARTS = {
    "Lengths": "On average",
    "Frequent words": "rows that hold it",
    "Missing values": "Counted over all rows",
    "Labels": "Click a bar to see only its rows",
}

OpenPage = Callable[..., Page]
Link = Callable[..., str]


@pytest.fixture
def link(visitor: Visitor) -> Link:
    """`link(rows, name, **query)` puts rows into the visitor's workspace and returns the path to them."""

    def make(rows: list[dict[str, object]], name: str, **query: str) -> str:
        workspace = visitor.workspace
        whole = [{"id": f"r{i}", "origin": "original", **row} for i, row in enumerate(rows)]
        extra = {key: pa.array([row.get(key) for row in rows]) for key in rows[0] if key not in SCHEMA.names}
        table = pa.Table.from_pylist(whole, schema=SCHEMA)
        for key, values in extra.items():
            table = table.append_column(key, values)
        staged = workspace.staging_path()
        pq.write_table(table, staged)
        version: Version = workspace.add(staged, action="import", params={}, name=name, language="en")
        return f"explore?{urlencode({'version': version.id, **query})}"

    return make


def rows() -> list[dict[str, object]]:
    labels = ["cat"] * 60 + ["dog"] * 40
    return [{"text": f"{label} number {i}", "label": label} for i, label in enumerate(labels)]


def shown(page: Page, count: str) -> None:
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(count, timeout=SLOW_MS)


def standing(page: Page, bars: Locator) -> list[dict[str, float]]:
    """Return where the bars are once they stand still: what is drawn above moves them, and a click beside is lost."""
    seen = []
    for _ in range(100):
        before, seen = seen, bars.evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().toJSON())")
        if seen and seen == before:
            return seen
        settle(page)
    raise AssertionError("the bars never stand still")


def bar(page: Page, place: int, full: str = "all") -> None:
    """Click the bar at this place from the top, once the bars at the places `full` have their full colour."""
    page.wait_for_function(
        """full => {
          const bars = [...document.querySelectorAll('.js-plotly-plot .trace.bars:first-child .point path')];
          const places = bars.flatMap((bar, place) => bar.getBoundingClientRect().width > 5 ? [place] : []);
          return bars.length && (full === 'all' ? places.length === bars.length : places.join() === full);
        }""",
        arg=full,
        timeout=SLOW_MS,
    )
    drawn = page.locator(".js-plotly-plot .bars .point path")
    boxes = standing(page, drawn)
    box = sorted((box for box in boxes if box["width"] > 5), key=lambda box: box["y"])[place]
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def cell(page: Page, row: int) -> None:
    """Click a row of the table, once the page is at rest."""
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached", timeout=SLOW_MS)
    page.wait_for_timeout(500)  # the table is drawn on a canvas, which tells nobody when it is there
    box = page.get_by_test_id("stDataFrame").locator("canvas").first.bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + HEADER + ROW * row + ROW / 2)


def test_a_click_on_a_bar_filters_a_second_click_lifts_it_and_back_goes_back(link: Link, visit: OpenPage) -> None:
    page = visit(link([{**row, "note": None if i % 4 else "known"} for i, row in enumerate(rows())], "pets"))
    shown(page, "100")
    bar(page, 1)
    shown(page, "40")
    page.get_by_role("button", name="Label: dog").wait_for(timeout=SLOW_MS)
    assert "label=dog" in page.url
    page.get_by_text("Rows 1 to 40 of 40").wait_for(timeout=SLOW_MS)
    bar(page, 0, full="1")
    shown(page, "60")
    page.get_by_role("button", name="Label: cat").wait_for(timeout=SLOW_MS)
    bar(page, 0, full="0")
    shown(page, "100")
    assert "label=" not in page.url
    page.go_back()
    shown(page, "60")
    page.go_back()
    shown(page, "40")
    page.get_by_role("button", name="Label: dog").wait_for(timeout=SLOW_MS)
    for chart, place, full, count in (
        ("Lengths", 0, "all", "90"),  # one character more than the first ten
        ("Frequent words", 2, "0,1,2", "40"),  # after "number" and "cat"; a number is too rare for a bar to be seen
        ("Missing values", 1, "all", "75"),  # after the split, which no row has
    ):
        page.get_by_role("button", name="Clear filters").click()
        shown(page, "100")
        page.get_by_role("radio", name=chart, exact=True).click()
        page.get_by_text(CHARTS[chart]).wait_for(timeout=SLOW_MS)
        bar(page, place, full)
        shown(page, count)


def test_what_a_closed_popover_held_does_not_come_back_after_clearing(link: Link, visit: OpenPage) -> None:
    page = visit(link([{**row, "split": "train" if i % 2 else "test"} for i, row in enumerate(rows())], "split"))
    shown(page, "100")
    page.get_by_role("button", name=named("Split")).click()
    page.get_by_role("button", name="train (50)").click()
    shown(page, "50")
    page.get_by_role("heading", name="Explore").click()  # closes the popover
    page.get_by_role("button", name="Clear filters").click()
    shown(page, "100")
    cell(page, 0)
    page.get_by_text("The row in full").wait_for(timeout=SLOW_MS)
    assert "split=" not in page.url
    shown(page, "100")


def test_a_link_is_a_state_before_and_after_a_reload(link: Link, visit: OpenPage) -> None:
    page = visit(link(rows(), "linked", q="number 1", label="cat", sort=":length", descending="1", row="r12"))
    for _ in range(2):
        shown(page, "11")  # 1 and 10 to 19
        expect(page.get_by_role("searchbox", name="Search the text")).to_have_value("number 1", timeout=SLOW_MS)
        page.get_by_role("button", name="Label: cat").wait_for(timeout=SLOW_MS)
        page.get_by_role("button", name="Sort: Length, descending").wait_for(timeout=SLOW_MS)
        page.get_by_text("The row in full").wait_for(timeout=SLOW_MS)
        expect(page.get_by_test_id("stText")).to_have_text("cat number 12", timeout=SLOW_MS)
        boxes = page.get_by_role("list", name="Tokens").get_by_role("listitem")
        expect(boxes).to_have_text(["cat", "number", "12"], timeout=SLOW_MS)
        page.reload()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("The row in full")).to_have_count(0, timeout=SLOW_MS)
    cell(page, 0)
    expect(page.get_by_test_id("stText")).to_have_text("cat number 10", timeout=SLOW_MS)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("stText")).to_have_text("cat number 11", timeout=SLOW_MS)


def test_all_rows_of_a_query_come_as_a_file_and_too_many_as_a_sentence(
    link: Link, visitor: Visitor, visit: OpenPage
) -> None:
    page = visit(link(rows(), "queried", tab="SQL"))
    box, download = (
        page.get_by_role("textbox", name="SQL statement"),
        page.get_by_role("button", name="All rows as CSV"),
    )

    def ask(statement: str, said: str) -> None:
        box.fill(statement)
        box.press("Control+Enter")
        page.get_by_text(said).wait_for(timeout=SLOW_MS)

    ask("SELECT text FROM data WHERE label = 'dog'", "40 rows in")
    with page.expect_download(timeout=SLOW_MS) as taken:
        download.click()
    assert taken.value.suggested_filename == "queried-1-query.csv"
    assert taken.value.path().read_text().splitlines()[:2] == ['"text"', '"dog number 60"']
    ask("SELECT repeat('x', 10000) AS x FROM range(1000000)", "There are more.")
    download.click()
    page.get_by_text("larger than 200 MB").wait_for(timeout=SLOW_MS)
    assert list((visitor.workspace.home / "staging").glob("*.csv")) == []


@pytest.fixture
def stranger():
    """A server that nobody should call: its address, and the paths that were asked for."""
    asked: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Note)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_html_and_markdown_in_rows_are_text_and_call_nobody(
    link: Link, visitor: Visitor, open_page: OpenPage, stranger
) -> None:
    address, asked = stranger
    image = f"![]({address}/x.png)"
    html = f'<img src="{address}/y.png" onerror="document.title=1"><script>document.title = 1</script>'
    hostile = f"{image} {html} [a]({address}/z)"
    row = {"text": hostile, "label": image, "operator": html, "parent_id": image, image: hostile}
    gap = {"text": "a plain row", "label": html, image: None}
    page = open_page("about:blank", visitor)
    called: list[str] = []
    page.on("request", lambda request: called.append(request.url))
    page.on("dialog", lambda dialog: called.append(f"dialog {dialog.message}"))
    page.goto(f"{visitor.url}/{link([row, gap], image, row='r0')}")
    shown(page, "2")
    expect(page.get_by_test_id("stText")).to_have_text(hostile, timeout=SLOW_MS)
    page.get_by_role("button", name="Close").click()
    for chart, said in CHARTS.items():
        page.get_by_role("radio", name=chart, exact=True).click()
        page.get_by_text(said).wait_for(timeout=SLOW_MS)
        expect(page.locator(".js-plotly-plot")).to_have_count(1, timeout=SLOW_MS)
    bar(page, 0)  # and its hover text with it
    shown(page, "1")
    page.get_by_role("button", name="Label: ").click()
    expect(page.get_by_text("Labels to show")).to_have_count(1, timeout=SLOW_MS)
    page.get_by_role("tab", name="SQL").click()
    page.get_by_role("radio", name="Longest texts").click()
    page.get_by_text("2 rows in").wait_for(timeout=SLOW_MS)
    page.get_by_role("textbox", name="SQL statement").fill(f"SELECT '{image}' FROM nowhere")
    page.get_by_role("textbox", name="SQL statement").press("Control+Enter")
    page.get_by_text("nowhere").last.wait_for(timeout=SLOW_MS)
    page.wait_for_timeout(500)
    assert asked == []
    assert [url for url in called if not url.startswith((visitor.url, "data:", "blob:"))] == []
    assert page.locator(f'[src^="{address}"], [href^="{address}"]').count() == 0
    assert page.title() != "1"

"""A million rows (about 150 MB of CSV): import, every filter and chart, and memory, next to pandas."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import MB, in_process
from tests.benchmarks.visitor import visitor
from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium_path

ROWS = 1_000_000
IMPORT_SECONDS = 30
QUESTION_SECONDS = 1
SERVER_MB = 700
SLOW_MS = 120_000


# States of the Explore page: every kind of filter, order and chart, and the deepest sort, which needs most memory.
LINKS: dict[str, dict[str, str | list[str]]] = {
    "the whole dataset": {},
    "search": {"q": "Tapa"},
    "regular expression": {"q": "tap.*n[aeiou]r", "regex": "1"},
    "labels, lengths": {"label": ["topic.art", "topic.war"], "chart": "lengths"},
    "lengths in words": {"unit": "words", "min": "5", "max": "10", "chart": "lengths"},
    "words": {"chart": "words"},
    "Zipf": {"chart": "zipf"},
    "vocabulary": {"chart": "growth"},
    "missing values": {"chart": "missing"},
    "search, by length": {"sort": ":length", "descending": "1", "q": "ba"},
    "by label, deep": {"sort": "label", "page": "5000"},
    "by text, deepest": {"sort": "text", "page": "10000"},
    "by a number, 500 rows": {"sort": "score", "descending": "1", "size": "500"},
}


def explored(home: Path, csv: Path) -> tuple[float, float, dict[str, float]]:
    """Visit a real server: upload `csv` in a browser and import it, download all rows, open LINKS.

    Return the server's peak memory in MB until then and after downloads in the other formats too, and the seconds until
    the page of each link was complete.
    """
    with visitor(home) as one, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        try:
            page = browser.new_page()
            page.goto(f"{one.url}/datasets")
            page.get_by_text("File", exact=True).click(timeout=SLOW_MS)
            page.locator("input[type=file]").set_input_files(csv)
            page.get_by_role("button", name="Import", exact=True).click(timeout=SLOW_MS)
            page.get_by_role("link", name="Explore it").click(timeout=SLOW_MS)
            page.get_by_test_id("stPopoverButton").filter(has_text="Download").click(timeout=SLOW_MS)
            _download(page, "CSV")
            seconds = {name: one.visit("explore", link) for name, link in LINKS.items()}
            peak = one.server_peak_mb()
            for format in ("JSON Lines", "Parquet"):
                _download(page, format)
        finally:
            browser.close()
        return peak, one.server_peak_mb(), seconds


def _download(page: Page, format: str) -> None:
    with page.expect_download(timeout=SLOW_MS) as download:
        page.get_by_role("button", name=format, exact=True).click()
    download.value.path()


def bench(rows: int = ROWS) -> list[Figure]:
    """Return the figures; each side runs in processes of its own, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        home, csv = Path(folder) / "home", Path(folder) / "corpus.csv"
        in_process("tests.benchmarks.corpus", csv, rows)
        size = csv.stat().st_size / MB
        ours = in_process("tests.benchmarks.data_ours", "import", csv, home=home)
        asked = in_process("tests.benchmarks.data_ours", "explore", home=home)
        server, downloaded, pages = explored(home, csv)
        peer = in_process("tests.benchmarks.data_pandas", csv)
    pandas = f"pandas {peer['version']}"
    figures = [
        Figure(
            f"import {ours['rows']:,} rows",
            ours["seconds"],
            peer["import"],
            "s",
            IMPORT_SECONDS,
            f"{size:.0f} MB of CSV; {pandas}: read_csv and to_parquet, without ids, encodings and bad rows",
        ),
        Figure("memory of the import", ours["peak"], peer["import_peak"], "MB", None, "peak of the process"),
        Figure(
            "memory of the server",
            server,
            peer["peak"],
            "MB",
            SERVER_MB,
            f"peak after upload, download and {len(LINKS)} links; {pandas}: the questions below, without a server",
        ),
        Figure("and of all formats", downloaded, None, "MB", None, "all rows downloaded as JSON lines and Parquet too"),
    ]
    for name, seconds in pages.items():
        figures.append(Figure(f"page: {name}", seconds, None, "s", QUESTION_SECONDS, "all of the page, opened by link"))
    for name, (seconds, busy) in asked["seconds"].items():
        theirs = peer["seconds"].get(name, (None, None))[0]
        note = f"{busy:.2f} s of processor"
        figures.append(Figure(name, seconds, theirs, "s", QUESTION_SECONDS, note))
    return figures

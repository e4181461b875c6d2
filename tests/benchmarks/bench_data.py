"""A million rows (about 150 MB of CSV): import, every filter and chart, and memory, next to pandas."""

import tempfile
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import MB, in_process
from tests.benchmarks.visitor import visitor

ROWS = 1_000_000
IMPORT_SECONDS = 30
QUESTION_SECONDS = 1
SERVER_MB = 700


# States of the Explore page: every kind of filter, order and chart, and the deepest sort, which needs most memory.
LINKS: tuple[dict[str, str | list[str]], ...] = (
    {},
    {"q": "Tapa"},
    {"q": "tap.*n[aeiou]r", "regex": "1"},
    {"label": ["topic.art", "topic.war"], "chart": "lengths"},
    {"unit": "words", "min": "5", "max": "10", "chart": "lengths"},
    {"chart": "words"},
    {"chart": "zipf"},
    {"chart": "growth"},
    {"chart": "missing"},
    {"sort": ":length", "descending": "1", "q": "ba"},
    {"sort": "label", "page": "5000"},
    {"sort": "text", "page": "10000"},
    {"sort": "score", "descending": "1", "size": "500"},
)


def explored(home: Path) -> tuple[float, float]:
    """Return the peak memory in MB of a real server on which LINKS were opened, and the seconds of the slowest."""
    with visitor(home) as one:
        seconds = [one.visit("explore", link) for link in LINKS]
        return one.server_peak_mb(), max(seconds)


def bench(rows: int = ROWS) -> list[Figure]:
    """Return the figures; each side runs in processes of its own, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        home, csv = Path(folder) / "home", Path(folder) / "corpus.csv"
        in_process("tests.benchmarks.corpus", csv, rows)
        size = csv.stat().st_size / MB
        ours = in_process("tests.benchmarks.data_ours", "import", csv, home=home)
        asked = in_process("tests.benchmarks.data_ours", "explore", home=home)
        server, slowest = explored(home)
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
            f"peak after {len(LINKS)} links of the Explore page; {pandas}: the questions below, without a server",
        ),
        Figure("slowest page", slowest, None, "s", None, "from opening the link to the end of the page"),
    ]
    for name, (seconds, busy) in asked["seconds"].items():
        theirs = peer["seconds"].get(name, (None, None))[0]
        note = f"{busy:.2f} s of processor"
        figures.append(Figure(name, seconds, theirs, "s", QUESTION_SECONDS, note))
    return figures

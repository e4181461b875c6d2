"""Our side of bench_data: `import CSV` or `explore`, in the home folder of the environment; prints JSON."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.data import explore, token_statistics
from core.data.filters import Filters
from core.data.sorting import LENGTH
from core.data.sql import query
from core.data.summary import summary
from core.data.workspace import Version, Workspace
from core.jobs import run
from core.storage import home_folder
from tests.benchmarks.measured import best_seconds, peak_mb

REGEX = r"tap.*n[aeiou]r"


def import_csv(path: Path) -> dict[str, object]:
    from core.data.importing import ImportConfig, import_dataset

    workspace = Workspace(home_folder())
    start = time.perf_counter()
    result = run(import_dataset(ImportConfig(source=str(path), name="bench"), workspace, path.parent, False))
    seconds = time.perf_counter() - start
    version = workspace.version(result["version"])
    return {"seconds": seconds, "peak": peak_mb(), "rows": version.rows, "file": version.path.stat().st_size}


def questions(version: Version) -> dict[str, Callable[[], object]]:
    """Return every filter and chart by name, the ones that pandas does too under its names."""
    frequent = Filters(text="ba")
    rare = Filters(text="Tapa")
    deep = version.rows // 2
    last = explore.rows_page(version, offset=version.rows - 1).rows["id"][0].as_py()

    def page(
        filters: Filters = explore.EVERYTHING, by: str = "", descending: bool = False, offset: int = 0
    ) -> explore.Page:
        return explore.rows_page(version, filters, (by, descending) if by else None, offset)

    def sample(tokenizer: str = "basic_english", filters: Filters = explore.EVERYTHING) -> token_statistics.TokenSample:
        return token_statistics.token_sample(version, filters, tokenizer)

    return {
        "open it, first page": page,
        "page from the middle": lambda: page(offset=deep),
        "search, rare words": lambda: page(rare),
        "search, frequent words": lambda: page(frequent),
        "search, as written": lambda: page(Filters(text="Tapa", match_case=True)),
        "regular expression": lambda: page(Filters(text=REGEX, regex=True)),
        "two labels": lambda: page(Filters(labels=("topic.art", "topic.war"))),
        "length in characters": lambda: page(Filters(min_length=50, max_length=100)),
        "length in words": lambda: page(Filters(unit="words", min_length=5, max_length=10)),
        "column empty": lambda: page(Filters(missing="split")),
        "sort by length": lambda: page(by=LENGTH, descending=True),
        "sort by label": lambda: page(by="label"),
        "sort by text": lambda: page(by="text"),
        "sort by id": lambda: page(by="id"),
        "sort by a number": lambda: page(by="score", descending=True),
        "sort by text, middle": lambda: page(by="text", offset=deep),
        "sort by length, middle": lambda: page(by=LENGTH, offset=deep),
        "search and sort": lambda: page(frequent, LENGTH, True),
        "one row": lambda: explore.row(version, last),
        "what to filter by": lambda: explore.facets(version),
        "labels and lengths": lambda: summary(version),
        "labels and lengths of a search": lambda: summary(version, rare),
        "labels and lengths in words": lambda: summary(version, Filters(unit="words")),
        "missing values": lambda: explore.missing(version),
        "Zipf, 20,000 rows": lambda: token_statistics.zipf(sample()),
        "vocabulary growth": lambda: token_statistics.vocabulary_growth(sample()),
        "top words": lambda: token_statistics.top_ngrams(sample(), 1),
        "top trigrams": lambda: token_statistics.top_ngrams(sample(), 3),
        "top words of a search": lambda: token_statistics.top_ngrams(sample(filters=rare), 1),
        "Zipf of characters": lambda: token_statistics.zipf(sample("characters")),
        "Zipf of BERT's pieces": lambda: token_statistics.zipf(sample("wordpiece")),
        "SQL, GROUP BY": lambda: query(version, "SELECT label, count(*), avg(score) FROM data GROUP BY label"),
    }


def measure_questions() -> dict[str, object]:
    """Return the seconds of every question."""
    version = Workspace(home_folder()).latest()[0]
    return {"seconds": best_seconds(questions(version))}


if __name__ == "__main__":
    print(json.dumps(import_csv(Path(sys.argv[2])) if sys.argv[1] == "import" else measure_questions()))

"""The peer's side of bench_data: `python -m tests.benchmarks.data_pandas CSV`; the same questions, asked of pandas.

The table stays in memory between the questions, as in a notebook; ours is read from its file for each.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.data_ours import REGEX
from tests.benchmarks.measured import best_seconds, peak_mb

SAMPLE = 20_000


def measure(path: Path) -> dict[str, object]:
    """Return the seconds of the import and of every question, and the peak memory of each."""
    start = time.perf_counter()
    frame = pd.read_csv(path)
    parquet = path.with_suffix(".pandas.parquet")
    frame.to_parquet(parquet)
    seconds, imported = time.perf_counter() - start, peak_mb()
    text, label = frame["text"], frame["label"]
    deep = slice(len(frame) // 2, len(frame) // 2 + 50)

    def words(rows: int = SAMPLE) -> Counter[str]:
        return Counter(token for line in text.sample(rows, random_state=0).str.lower().str.split() for token in line)

    def trigrams() -> list[tuple[tuple[str, ...], int]]:
        lines = text.sample(SAMPLE, random_state=0).str.lower().str.split()
        return Counter(tuple(line[i : i + 3]) for line in lines for i in range(len(line) - 2)).most_common(20)

    def searched(words: str) -> pd.Series:
        return text.str.contains(words, case=False, regex=False)

    def counted(rows: pd.DataFrame, lengths: pd.Series) -> tuple[pd.Series, object]:
        return rows["label"].value_counts(), np.histogram(lengths, bins=40)

    questions = {
        "open it, first page": lambda: pd.read_parquet(parquet).head(50),
        "page from the middle": lambda: frame.iloc[deep],
        "search, rare words": lambda: frame[searched("Tapa")].head(50),
        "search, frequent words": lambda: frame[searched("ba")].head(50),
        "search, as written": lambda: frame[text.str.contains("Tapa", regex=False)].head(50),
        "regular expression": lambda: frame[text.str.contains(REGEX, case=False)].head(50),
        "two labels": lambda: frame[label.isin(["topic.art", "topic.war"])].head(50),
        "length in characters": lambda: frame[text.str.len().between(50, 100)].head(50),
        "length in words": lambda: frame[text.str.split().str.len().between(5, 10)].head(50),
        "sort by length": lambda: frame.iloc[np.argsort(-text.str.len().to_numpy())[:50]],
        "sort by label": lambda: frame.sort_values("label").head(50),
        "sort by text": lambda: frame.sort_values("text").head(50),
        "sort by a number": lambda: frame.sort_values("score", ascending=False).head(50),
        "sort by text, middle": lambda: frame.sort_values("text").iloc[deep],
        "labels and lengths": lambda: counted(frame, text.str.len()),
        "labels and lengths of a search": lambda: counted(found := frame[searched("Tapa")], found["text"].str.len()),
        "labels and lengths in words": lambda: counted(frame, text.str.split().str.len()),
        "missing values": lambda: (frame.isna() | (frame == "")).mean(),
        "Zipf, 20,000 rows": lambda: sorted(words().values(), reverse=True),
        "top words": lambda: words().most_common(20),
        "top trigrams": trigrams,
        "SQL, GROUP BY": lambda: frame.groupby("label")["score"].agg(["size", "mean"]),
    }
    answered = best_seconds(questions)
    return {
        "import": seconds,
        "import_peak": imported,
        "seconds": answered,
        "peak": peak_mb(),
        "version": pd.__version__,
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))

"""The benchmark table tells what was held, and the corpus it is measured on is always the same."""

import csv
import hashlib

from tests.benchmarks import corpus
from tests.benchmarks.figures import Figure, table


def test_less_is_better_unless_the_unit_is_per_second():
    assert Figure("import", 29, None, "s", 30).held is True
    assert Figure("import", 31, None, "s", 30).held is False
    assert Figure("speed", 29, None, "rows/s", 30).held is False
    assert Figure("speed", 31, None, "rows/s", 30).held is True
    assert Figure("memory", 31, 62, "MB").held is None


def test_a_table_shows_ours_the_peers_and_their_ratio():
    lines = table([Figure("import", 20, 10, "s", 30, "a note"), Figure("memory", 1234.5, None, "MB", 700)]).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[2] == ["import", "20 s", "10 s", "2.00", "30", "yes", "a note"]
    assert cells[3] == ["memory", "1,234 MB", "", "", "700", "NO", ""]
    assert len({line.rindex("|", 0, -1) for line in lines}) == 1


def test_the_corpus_is_the_same_every_time_and_has_every_kind_of_row(tmp_path):
    paths = [tmp_path / name for name in ("a.csv", "b.csv")]
    for path in paths:
        corpus.write(path, 3_000)
    assert len({hashlib.sha256(path.read_bytes()).digest() for path in paths}) == 1
    with paths[0].open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == corpus.COLUMNS
    texts, labels, scores = zip(*rows, strict=True)
    assert len(rows) == 3_000
    assert set(labels) == set(corpus.LABELS)
    assert all(0 <= int(score) < 1_000 for score in scores)
    assert any("\n" in text for text in texts)
    assert any('"' in text for text in texts)
    assert any(text.endswith("。") for text in texts)
    assert 130 < sum(len(text) for text in texts) / len(texts) < 170

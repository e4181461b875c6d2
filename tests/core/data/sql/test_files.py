"""A whole result as a file."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.data import sql, table
from core.data.sql import query_to_file
from core.errors import QueryError, StorageError
from core.storage import SCRATCH


def test_a_whole_result_as_a_file_of_each_format(version, tmp_path):
    statement = "SELECT id, text, stars, [stars, 0] AS pair FROM data ORDER BY id"
    for kind in ("csv", "jsonl", "parquet"):
        assert query_to_file(version, statement, tmp_path / f"result.{kind}", kind) == 4
    with (tmp_path / "result.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[2:4] == [["r1", "bad film", "1", "[1,0]"], ["r2", "酒店很好", "4", "[4,0]"]]
    lines = (tmp_path / "result.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[2]) == {"id": "r2", "text": "酒店很好", "stars": 4, "pair": [4, 0]}
    assert pq.read_table(tmp_path / "result.parquet")["pair"].to_pylist() == [[5, 0], [1, 0], [4, 0], [2, 0]]


def test_a_whole_result_is_longer_than_what_is_shown(version, tmp_path):
    path = tmp_path / "result.jsonl"
    assert query_to_file(version, "SELECT range AS n FROM range(20000)", path, "jsonl") == 20_000
    assert [json.loads(line)["n"] for line in path.read_text().splitlines()] == list(range(20_000))


@pytest.mark.parametrize(
    "statement",
    ["SELECT lable FROM data", "SELECT CASE WHEN range < 5000 THEN 1 ELSE error('late') END FROM range(10000)"],
)
def test_a_file_that_fails_is_not_left_half_written(version, tmp_path, statement):
    path = tmp_path / "result.csv"
    with pytest.raises(QueryError):
        query_to_file(version, statement, path, "csv")
    assert not path.exists()


def test_a_result_that_is_too_large_is_stopped_early_and_leaves_nothing(version, home, tmp_path):
    path = tmp_path / "result.csv"
    with pytest.raises(QueryError, match=r"larger than 200 MB.*WHERE or LIMIT"):
        query_to_file(version, "SELECT repeat('x', 10000) AS x FROM range(100000000)", path, "csv")  # a terabyte
    assert not path.exists()
    assert [left.name for left in (home / SCRATCH).iterdir()] == ["lock"]


def test_large_rows_come_a_few_at_a_time_and_one_that_is_too_large_not_at_all(version, monkeypatch, tmp_path):
    path = tmp_path / "result.parquet"
    monkeypatch.setattr(sql, "LIMIT_BYTES", 5 << 20)
    assert query_to_file(version, "SELECT repeat('x', 1000000) AS x FROM range(50)", path, "parquet") == 50
    with pq.ParquetFile(path) as file:
        assert file.num_row_groups >= 50 // 4  # 4 MB at a time
    with pytest.raises(QueryError, match="One row of the result is larger than 5 MB"):
        query_to_file(version, "SELECT repeat('x', 6000000)", path, "parquet")
    assert not path.exists()


def test_a_row_that_takes_too_much_memory_as_text_is_a_sentence(version, monkeypatch, tmp_path):
    monkeypatch.setattr(table, "MEMORY_LIMIT", "50MB")
    table.let_go()
    with pytest.raises(QueryError, match="more memory than there is"):
        query_to_file(version, "SELECT range(1000000)", tmp_path / "result.jsonl", "jsonl")
    table.let_go()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full to write to")
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_full_disk_is_a_sentence(version, tmp_path, kind):
    path = tmp_path / "result"
    path.symlink_to("/dev/full")
    with pytest.raises(StorageError, match="The disk is full"):
        query_to_file(version, "SELECT range, repeat('x', 200) FROM range(20000)", path, kind)
    assert not path.is_symlink()

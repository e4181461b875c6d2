"""Connections to the one DuckDB of a process: apart from each other, and to a new one after it broke."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data import table
from core.data.table import batches, connection


def has(duck: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(duck.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [name]).fetchall())


def test_what_is_temporary_is_seen_by_no_other_connection(tmp_path: Path) -> None:
    with connection(tmp_path) as one, connection(tmp_path) as other:
        one.execute("CREATE TEMP VIEW data AS SELECT 1 AS n")
        other.execute("CREATE TEMP VIEW data AS SELECT 2 AS n")
        assert one.execute("SELECT n FROM data").fetchone() == (1,)
        assert other.execute("SELECT n FROM data").fetchone() == (2,)


def test_after_an_error_that_ends_it_the_next_question_goes_to_a_new_one(tmp_path: Path) -> None:
    with connection(tmp_path) as duck:
        duck.execute("CREATE TABLE mark (n INT)")
    with connection(tmp_path) as duck:
        assert has(duck, "mark"), "it is the same one"
    for error in (duckdb.FatalException, duckdb.InternalException):
        with pytest.raises(error), connection(tmp_path) as duck:
            duck.execute("CREATE TABLE IF NOT EXISTS mark (n INT)")
            raise error("it is broken")
        with connection(tmp_path) as duck:
            assert not has(duck, "mark")


def test_a_process_that_lets_go_of_it_leaves_nothing_that_it_spilled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.let_go()
    monkeypatch.setattr(table, "MEMORY_LIMIT", "60MB")
    with connection(tmp_path) as duck:
        duck.execute("CREATE TEMP TABLE long AS SELECT hash(i)::VARCHAR || repeat('x', 40) FROM range(3000000) r(i)")
        assert list(tmp_path.rglob("*.block")) + list(tmp_path.rglob("*.tmp")), "it spilled"
    table.let_go()
    assert not list(tmp_path.iterdir())


def test_reading_all_rows_holds_one_row_group_at_a_time(tmp_path: Path) -> None:
    numbers = pa.table({"n": np.random.default_rng(0).random(2_000_000)})  # 16 MB that no compression makes smaller
    pq.write_table(numbers, tmp_path / "t.parquet", row_group_size=100_000)
    before = pa.total_allocated_bytes()
    held = [pa.total_allocated_bytes() - before for _ in batches(tmp_path / "t.parquet")]
    assert max(held) < numbers.nbytes / 4

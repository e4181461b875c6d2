"""Neither time nor memory runs away with a query, and nothing of it stays."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from core.data import sql
from core.data.sql import query
from core.errors import QueryError
from core.storage import SCRATCH


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM range(1000000000) a, range(1000000000) b",
        "WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
        "SELECT levenshtein(repeat('ab', 200000), repeat('ba', 200000))",  # one call, which DuckDB cannot interrupt
    ],
)
def test_a_query_that_does_not_end_is_stopped(version, statement):
    start = time.monotonic()
    with pytest.raises(QueryError, match=r"took longer than 0\.5 seconds"):
        query(version, statement, timeout_s=0.5)
    assert time.monotonic() - start < 15


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT repeat('x', 2000000000)",
        "SELECT len(range(2000000000))",
        "SELECT list(repeat('x', 1000)) FROM range(100000000)",
    ],
)
def test_a_query_that_eats_memory_is_stopped_and_this_process_does_not_grow(version, statement):
    statm = Path("/proc/self/statm")
    before = int(statm.read_text().split()[1]) if statm.exists() else 0
    with pytest.raises(QueryError, match="more memory than there is"):
        query(version, statement, timeout_s=60)
    after = int(statm.read_text().split()[1]) if statm.exists() else 0
    assert (after - before) * os.sysconf("SC_PAGE_SIZE") < 100 << 20


def test_a_crash_of_the_engine_is_a_sentence(version, monkeypatch, tmp_path):
    script = tmp_path / "crash.py"
    script.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(sql.sql_process, "__file__", str(script))
    with pytest.raises(QueryError, match="crashed"):
        query(version, "SELECT 1")


def test_nothing_is_left_behind(version, home):
    query(version, "SELECT 1")
    with pytest.raises(QueryError):
        query(version, "SELECT count(*) FROM range(1000000000) a, range(1000000000) b", timeout_s=0.5)
    assert [path.name for path in (home / SCRATCH).iterdir()] == ["lock"]
    processes = subprocess.run(["ps", "-A", "-o", "ppid=,args="], capture_output=True, text=True, check=True).stdout
    assert processes
    mine = [line for line in processes.splitlines() if line.split()[0] == str(os.getpid())]
    assert not [line for line in mine if "sql_process" in line]

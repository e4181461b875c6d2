"""The SQL box: what it answers, what it refuses, and that neither time nor memory runs away."""

import ast
import csv
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from core.data import sql
from core.data.sql import query, query_to_file
from core.data.sql_process import Refused, checked, sandbox
from core.errors import QueryError, StorageError

PASSWORDS = "/etc/passwd"


@pytest.fixture
def version(make_version):
    return make_version(
        ["good film", "bad film", "酒店很好", ""], labels=["pos", "neg", "pos", None], stars=[5, 1, 4, 2]
    )


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("SELECT count(*) AS n FROM data", [{"n": 4}]),
        ("from data select label, sum(stars) s group by label order by s desc", None),
        ("WITH good AS (SELECT * FROM data WHERE stars > 3) SELECT count(*) AS n FROM good", [{"n": 2}]),
        ("SELECT text FROM data WHERE text LIKE '%酒店%';", [{"text": "酒店很好"}]),
        ("SELECT a.text FROM data a JOIN data b USING (id) WHERE b.stars = 5 -- a comment", [{"text": "good film"}]),
        ("SELECT word FROM (SELECT unnest(string_split(text, ' ')) word FROM data) WHERE word = 'good'", None),
        ("SELECT r.range AS n FROM range(3) r", [{"n": 0}, {"n": 1}, {"n": 2}]),
        ("SELECT text FROM data QUALIFY row_number() OVER (ORDER BY stars) = 1", [{"text": "bad film"}]),
        (
            "WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT max(n) m FROM r",
            [{"m": 3}],
        ),
        ("PIVOT data ON label IN ('pos') USING count(*) GROUP BY origin", [{"origin": "original", "pos": 2}]),
        ("SHOW TABLES", [{"name": "data"}]),
    ],
)
def test_reading_the_data(version, statement, rows):
    result = query(version, statement)
    assert not result.truncated
    assert result.rows.num_rows > 0
    assert result.columns == tuple(result.rows.column_names)
    if rows is not None:
        assert result.rows.to_pylist() == rows


def test_describe_and_summarize(version):
    assert query(version, "DESCRIBE data").rows["column_name"].to_pylist() == list(version.columns)
    summary = {row["column_name"]: row for row in query(version, "SUMMARIZE data").rows.to_pylist()}
    assert (summary["stars"]["min"], summary["stars"]["max"]) == ("1", "5")


def test_the_result_is_cut_at_the_limit_and_says_so(version):
    assert query(version, "SELECT * FROM range(5)", limit=5).truncated is False
    cut = query(version, "SELECT range AS n FROM range(100000) ORDER BY n DESC", limit=5)
    assert cut.truncated is True
    assert cut.rows["n"].to_pylist() == [99_999, 99_998, 99_997, 99_996, 99_995]
    assert query(version, "SELECT * FROM data WHERE false").rows.num_rows == 0


def test_a_result_of_large_cells_is_cut_by_size(version, monkeypatch):
    monkeypatch.setattr(sql, "LIMIT_BYTES", 1 << 20)
    result = query(version, "SELECT repeat('x', 100000) AS x FROM range(1000)")
    assert result.truncated
    assert 5 <= result.rows.num_rows <= 10  # of 100,000 bytes each, into 1,048,576
    with pytest.raises(QueryError, match="One row of the result is larger than 1 MB"):
        query(version, "SELECT repeat('x', 2000000)")


ESCAPES = {
    "read_csv": f"SELECT * FROM read_csv('{PASSWORDS}')",
    "read_text": f"SELECT * FROM read_text('{PASSWORDS}')",
    "read_blob": "SELECT * FROM read_blob('/proc/self/environ')",
    "read_json": f"SELECT * FROM read_json('{PASSWORDS}')",
    "a path as a table": f"SELECT * FROM '{PASSWORDS}'",
    "other versions": "SELECT * FROM read_parquet('{folder}/*.parquet')",
    "one other version": "SELECT * FROM '{other}'",
    "a path inside a query": "SELECT * FROM (SELECT * FROM '{other}') WHERE EXISTS (FROM glob('{folder}/*'))",
    "glob": "SELECT * FROM glob('{folder}/*')",
    "metadata of files": "SELECT * FROM parquet_file_metadata('{other}')",
    "a web page": "SELECT * FROM read_csv('https://example.org/x.csv')",
    "copy out": "COPY data TO '{folder}/out.csv'",
    "copy a query out": "COPY (SELECT 1) TO '/tmp/out.csv'",
    "export": "EXPORT DATABASE '{folder}/out'",
    "attach": "ATTACH '{folder}/x.db'",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "set": "SET memory_limit = '100GB'",
    "reset": "RESET enable_external_access",
    "pragma": "PRAGMA database_list",
    "call": "CALL duckdb_settings()",
    "create": "CREATE TABLE t AS SELECT 1",
    "insert": "INSERT INTO data VALUES (1)",
    "update": "UPDATE data SET text = ''",
    "delete": "DELETE FROM data",
    "drop": "DROP VIEW data",
    "prepare": "PREPARE p AS SELECT 1",
    "explain": "EXPLAIN ANALYZE SELECT 1",
    "two statements": "SELECT 1; SELECT 2",
    "a second one hidden": "SELECT 1; COPY data TO '/tmp/out.csv'",
    "settings": "SELECT * FROM duckdb_settings()",
    "one setting": "SELECT current_setting('allowed_paths')",
    "a setting by method": "SELECT 'allowed_paths'.current_setting()",
    "secrets": "SELECT * FROM duckdb_secrets()",
    "views": "SELECT sql FROM duckdb_views",
    "views by schema": "SELECT * FROM main.duckdb_views",
    "views behind a name": "WITH duckdb_views AS (SELECT 1) SELECT * FROM main.duckdb_views",
    "views out of scope": "SELECT * FROM (WITH duckdb_views AS (SELECT 1) SELECT 1), duckdb_views",
    "information schema": "SELECT * FROM information_schema.tables",
    "view definition": "SELECT pg_get_viewdef('data')",
    "a plan": "SELECT json_serialize_plan('SELECT * FROM data')",
    "environment": "SELECT getenv('HOME')",
    "sql from text": "SELECT * FROM query('SELECT * FROM duckdb_settings()')",
    "a table from text": "SELECT * FROM query_table('duckdb_settings')",
    "serialized sql": "SELECT * FROM json_execute_serialized_sql('{{}}')",
    "memory by address": "SELECT * FROM python_arrow_scan(1, 2, 3)",
    "python variables": "SELECT * FROM PASSWORDS",
    "every database": "SHOW ALL TABLES",
    "databases": "SHOW DATABASES",
    "describe a file": "DESCRIBE FROM '{other}'",
    "summarize a file": "SUMMARIZE FROM '{other}'",
    "file name": "SELECT filename FROM data",
}


@pytest.mark.parametrize("escape", ESCAPES)
def test_nothing_but_the_data_can_be_reached(make_version, version, escape, tmp_path):
    other = make_version(["somebody else's"], name="theirs")
    statement = ESCAPES[escape].format(folder=version.path.parent, other=other.path)
    before = sorted(version.path.parent.rglob("*"))
    duck = sandbox({"path": str(version.path), "memory_bytes": 400 << 20}, tmp_path)
    with pytest.raises((Refused, duckdb.Error)):
        duck.sql(checked(duck, statement)).fetchall()
    assert sorted(version.path.parent.rglob("*")) == before


@pytest.mark.parametrize("escape", ["read_csv", "other versions", "copy out", "one setting", "views", "file name"])
def test_what_is_refused_says_why_and_gives_nothing_away(make_version, version, escape, monkeypatch):
    other = make_version(["somebody else's"], name="theirs")
    statement = ESCAPES[escape].format(folder=version.path.parent, other=other.path)
    with pytest.raises(QueryError) as caught:
        query(version, statement)
    assert caught.value.problem.endswith((".", "!"))
    for secret in ("root:", "somebody", str(version.path)):
        assert secret not in str(caught.value)


def test_the_folder_of_the_data_is_not_in_a_message_of_the_engine(version):
    version.path.write_bytes(b"PAR1 not any more PAR1")
    with pytest.raises(QueryError) as caught:
        query(version, "SELECT * FROM data")
    assert str(version.path.parent.parent) not in str(caught.value)


def test_the_process_has_no_environment_to_read(version, monkeypatch, tmp_path):
    monkeypatch.setenv("A_SECRET", "swordfish")
    script = tmp_path / "environment.py"
    script.write_text(
        "import json, os, pathlib, sys\n"
        "report = {'problem': str(dict(os.environ)), 'remedy': 'None.'}\n"
        "(pathlib.Path(sys.argv[1]) / 'report.json').write_text(json.dumps(report))\n"
        f"sys.exit({sql.sql_process.REFUSED})\n"
    )
    monkeypatch.setattr(sql.sql_process, "__file__", str(script))
    with pytest.raises(QueryError) as caught:
        query(version, "SELECT 1")
    assert set(ast.literal_eval(caught.value.problem)) <= {"LC_CTYPE", *sql.LIBRARY_PATHS}


def reads_a_file(key):
    return any(part in ESCAPES[key] for part in (PASSWORDS, "/proc", "{other}", "{folder}", "https:", "/tmp/"))


@pytest.mark.parametrize("escape", [key for key in ESCAPES if reads_a_file(key)])
def test_the_engine_itself_reaches_no_file_should_the_check_of_the_statement_miss_one(
    make_version, version, escape, tmp_path
):
    other = make_version(["somebody else's"], name="theirs")
    duck = sandbox({"path": str(version.path), "memory_bytes": 400 << 20}, tmp_path)
    assert duck.execute("SELECT count(*) FROM data").fetchone() == (4,)
    with pytest.raises(duckdb.Error):
        duck.execute(ESCAPES[escape].format(folder=version.path.parent, other=other.path)).fetchall()
    with pytest.raises(duckdb.Error, match="locked"):
        duck.execute("SET enable_external_access = true")


def test_a_statement_is_checked_before_anything_of_it_runs(version, tmp_path):
    duck = sandbox({"path": str(version.path), "memory_bytes": 400 << 20}, tmp_path)
    with pytest.raises(Refused):
        checked(duck, "CREATE TABLE t AS SELECT 1")
    assert duck.execute("SHOW TABLES").fetchall() == [("data",)]
    deep = "SELECT " + "(" * 900 + "1" + ")" * 900
    assert checked(duck, deep) == deep


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("SELECT lable FROM data", 'Referenced column "lable" not found in FROM clause!'),
        ("SELEC 1", 'syntax error at or near "SELEC".'),
        ("SELECT * FROM reviews", "There is no table named reviews; the only one is data."),
        ("SELECT text::INT FROM data", "Could not convert string 'good film' to INT32"),
        ("SELECT 'open", "unterminated string literal."),
        ("SELECT $1", "Values were not provided for the following parameters: 1."),
    ],
)
def test_a_mistake_is_one_sentence_and_the_columns_there_are(version, statement, sentence):
    with pytest.raises(QueryError) as caught:
        query(version, statement)
    assert caught.value.problem.startswith(sentence)
    assert "\n" not in caught.value.problem
    assert caught.value.remedy == f"The table is data; its columns are: {', '.join(version.columns)}."


@pytest.mark.parametrize("statement", ["", " ;\n", "-- only a comment", "x" * 30_000])
def test_no_statement_and_too_much_of_one(version, statement):
    with pytest.raises(QueryError):
        query(version, statement)


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
    with pytest.raises(QueryError, match="took longer than 2 seconds"):
        query(version, statement, timeout_s=2)
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


def test_nothing_is_left_behind(version, monkeypatch, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    query(version, "SELECT 1")
    with pytest.raises(QueryError):
        query(version, "SELECT count(*) FROM range(1000000000) a, range(1000000000) b", timeout_s=1)
    assert list(folder.iterdir()) == []
    processes = subprocess.run(["ps", "-A", "-o", "ppid=,args="], capture_output=True, text=True, check=True).stdout
    assert processes
    mine = [line for line in processes.splitlines() if line.split()[0] == str(os.getpid())]
    assert not [line for line in mine if "sql_process" in line]


def test_a_version_whose_file_is_gone_says_so(version):
    version.path.unlink()
    with pytest.raises(StorageError, match="gone"):
        query(version, "SELECT 1")


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full to write to")
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_full_disk_is_a_sentence(version, tmp_path, kind):
    path = tmp_path / "result"
    path.symlink_to("/dev/full")
    with pytest.raises(StorageError, match="The disk is full"):
        query_to_file(version, "SELECT range, repeat('x', 200) FROM range(20000)", path, kind)
    assert not path.is_symlink()

"""What the SQL box refuses: all that is not reading the data, and without a word of what it protects."""

import ast

import duckdb
import pytest

from core.data import sql
from core.data.sql import query
from core.data.sql_process import Refused, checked, sandbox
from core.errors import QueryError
from tests.core.data.sql.escapes import ESCAPES, reads_a_file


@pytest.mark.parametrize("escape", ESCAPES)
def test_nothing_but_the_data_can_be_reached(make_version, version, escape, tmp_path):
    other = make_version(["somebody else's"], name="theirs")
    statement = ESCAPES[escape].format(folder=version.path.parent, other=other.path)
    before = sorted(version.path.parent.rglob("*"))
    duck = sandbox({"path": str(version.path), "memory_bytes": 400 << 20}, tmp_path)
    with pytest.raises((Refused, duckdb.Error)):
        duck.sql(checked(duck, statement)).fetchall()
    assert sorted(version.path.parent.rglob("*")) == before


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

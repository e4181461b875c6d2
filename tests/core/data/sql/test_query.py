"""The SQL box: what it answers, and what is wrong with a statement in one sentence."""

import inspect

import pytest

from core.data import sql
from core.data.sql import query, query_to_file
from core.errors import QueryError, StorageError


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


def test_a_thousand_rows_and_ten_seconds_unless_told_otherwise(version, tmp_path):
    statement = "SELECT range AS n FROM range(1001)"
    first = query(version, statement)
    assert (first.rows["n"].to_pylist(), first.truncated) == (list(range(1_000)), True)
    assert query_to_file(version, statement, tmp_path / "all.csv", "csv") == 1_001
    assert inspect.signature(query).parameters["timeout_s"].default == 10


def test_a_result_of_large_cells_is_cut_by_size(version, monkeypatch):
    monkeypatch.setattr(sql, "LIMIT_BYTES", 1 << 20)
    result = query(version, "SELECT repeat('x', 100000) AS x FROM range(1000)")
    assert result.truncated
    assert 5 <= result.rows.num_rows <= 10  # of 100,000 bytes each, into 1,048,576
    with pytest.raises(QueryError, match="One row of the result is larger than 1 MB"):
        query(version, "SELECT repeat('x', 2000000)")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("SELECT lable FROM data", 'Referenced column "lable" not found in FROM clause!'),
        ("SELEC 1", 'Syntax error at or near "SELEC".'),
        ("SELECT * FROM reviews", "There is no table named reviews; the only one is data."),
        ("SELECT text::INT FROM data", "Could not convert string 'good film' to INT32"),
        ("SELECT 'open", ("Unterminated string literal.", "Unterminated quoted string at or near")),
        ("SELECT $1", ("Values were not provided for the following parameters: 1.", "Unexpected prepared parameter.")),
    ],
)
def test_a_mistake_is_one_sentence_and_the_columns_there_are(version, statement, sentence):
    with pytest.raises(QueryError) as caught:
        query(version, statement)
    assert caught.value.problem.startswith(sentence)  # of two, DuckDB 2's and DuckDB 1's, which Python 3.10 has
    assert "\n" not in caught.value.problem
    assert caught.value.remedy == f"The table is data; its columns are: {', '.join(version.columns)}."


@pytest.mark.parametrize("statement", ["", " ;\n", "-- only a comment", "x" * 30_000])
def test_no_statement_and_too_much_of_one(version, statement):
    with pytest.raises(QueryError):
        query(version, statement)


def test_a_version_whose_file_is_gone_says_so(version):
    version.path.unlink()
    with pytest.raises(StorageError, match="gone"):
        query(version, "SELECT 1")

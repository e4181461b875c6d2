"""Formula cells: what a spreadsheet gets, and that every text comes back."""

import random

import duckdb
import pytest

from core.data.spreadsheet import made_safe, made_unsafe, safe_sql, unsafe_sql

CASES = [
    ("=1+1", "'=1+1"),
    ("+49 30", "'+49 30"),
    ("-5", "'-5"),
    ("@import", "'@import"),
    ("\tcell", "'\tcell"),
    ("\rcell", "'\rcell"),
    ("'=1", "''=1"),
    ("''=1", "'''=1"),
    ("'quoted'", "'quoted'"),
    ("'", "'"),
    ("", ""),
    ("a=b", "a=b"),
    ("\n=1", "\n=1"),
    ("评论", "评论"),
]


@pytest.mark.parametrize(("text", "safe"), CASES)
def test_made_safe_puts_one_apostrophe_in_front_of_what_a_spreadsheet_would_run(text: str, safe: str) -> None:
    assert made_safe(text) == safe
    assert made_unsafe(safe) == text


def random_texts(count: int) -> list[str]:
    rng = random.Random(5)
    return ["".join(rng.choices("'=+-@\t\r\n aé中", k=rng.randrange(6))) for _ in range(count)]


def test_any_text_comes_back() -> None:
    for text in random_texts(20_000):
        safe = made_safe(text)
        assert made_unsafe(safe) == text
        assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_sql_expressions_do_the_same() -> None:
    texts = random_texts(5_000)
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE cells AS SELECT unnest($texts) AS cell", {"texts": texts})
        rows = duck.execute(f"SELECT cell, {safe_sql('cell')}, {unsafe_sql('cell')} FROM cells").fetchall()
        assert duck.execute(f"SELECT {safe_sql('NULL::VARCHAR')}, {unsafe_sql('NULL::VARCHAR')}").fetchone() == (
            None,
            None,
        )
    assert [row[0] for row in rows] == texts
    for text, safe, unsafe in rows:
        assert safe == made_safe(text)
        assert unsafe == made_unsafe(text)

"""Row ids: the md5 of what the row says, and how often it said it before."""

import hashlib
import random
from collections import Counter

import duckdb
import pyarrow as pa

from core.data.identity import content_hash_sql, hash_sql, id_sql, occurrences


def test_the_sql_is_the_md5_of_text_and_label() -> None:
    rows = [("a film", "pos"), ("a film", None), ("评论", "1"), ("", "")]
    with duckdb.connect() as duck:
        duck.register("rows", pa.table({"text": [r[0] for r in rows], "label": pa.array([r[1] for r in rows])}))
        ids = [row[0] for row in duck.sql(f"SELECT {id_sql('text', 'label')} FROM rows").fetchall()]
    expected = [hashlib.md5(f"{text}\x1f{label or ''}".encode()).hexdigest()[:16] for text, label in rows]
    assert ids == expected


def test_repeats_are_counted_in_the_order_of_the_rows() -> None:
    rng = random.Random(4)
    texts = [rng.choice("abcdef") + str(rng.randrange(300)) for _ in range(5_000)]
    seen: Counter[str] = Counter()
    expected = []
    for text in texts:
        seen[text] += 1
        expected.append(seen[text])
    order = list(range(len(texts)))
    rng.shuffle(order)  # the order in which rows come back must not matter
    with duckdb.connect() as duck:
        duck.register("rows", pa.table({"row": order, "text": [texts[i] for i in order]}))
        counts = occurrences(duck, content_hash_sql("text", "NULL::VARCHAR"), "rows")
        assert counts is not None
        assert counts.tolist() == expected
        duck.register("rows", pa.table({"row": [0, 1, 2], "text": ["a", "b", "c"]}))
        assert occurrences(duck, hash_sql("text"), "rows") is None


def test_the_number_and_the_digits_agree_on_what_is_equal() -> None:
    with duckdb.connect() as duck:
        query = (
            "SELECT md5_number_upper(x) AS n, left(md5(x), 16) AS d FROM (SELECT range::VARCHAR AS x FROM range(20000))"
        )
        duck.execute(f"CREATE TABLE both_forms AS {query}")
        (pairs,) = duck.sql("SELECT count(DISTINCT (n, d)) FROM both_forms").fetchall()
        (digits,) = duck.sql("SELECT count(DISTINCT d) FROM both_forms").fetchall()
        (swapped,) = duck.sql("SELECT n, d FROM both_forms LIMIT 1").fetchall()
    assert pairs == digits
    assert int.to_bytes(swapped[0], 8, "little").hex() == swapped[1]  # the very same 64 bits

"""Results as files: the same values back, and no cell that a spreadsheet would run."""

import csv
import datetime
import decimal
import json
import math
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.result_files import write
from core.data.spreadsheet import made_safe, made_unsafe

TABLE = pa.table(
    {
        "text": ["plain", "=1+1", 'quote " and, comma\nand line', "", None],
        "n": [1, None, -3, 2**62, 0],
        "x": [0.5, math.nan, -1e-9, None, math.inf],
        "yes": [True, False, None, True, True],
        "day": [datetime.date(2024, 2, 29), None, None, None, None],
        "price": pa.array([decimal.Decimal("-1.50"), None, None, None, None], pa.decimal128(5, 2)),
        "pair": [[1, 2], [], None, [3], [-4]],
        "bytes": [b"\x00\xff", None, b"", b"a", b"b"],
        "shape": [{"a": 1, "b": "ä"}, None, {"a": None, "b": None}, None, None],
    }
)


def written(tmp_path, kind, table=TABLE):
    path = tmp_path / f"result.{kind}"
    assert write(table.to_reader(max_chunksize=2), path, kind) == table.num_rows
    return path


def test_parquet_comes_back_as_it_was(tmp_path):
    assert pq.read_table(written(tmp_path, "parquet")).drop("x").equals(TABLE.drop("x"))


def test_csv(tmp_path):
    with written(tmp_path, "csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == TABLE.column_names
    assert rows[1] == ["plain", "1", "0.5", "true", "2024-02-29", "'-1.50", "[1, 2]", "00ff", '{"a": 1, "b": "ä"}']
    assert [row[0] for row in rows[1:]] == ["plain", "'=1+1", 'quote " and, comma\nand line', "", ""]
    assert [row[1] for row in rows[1:]] == ["1", "", "-3", str(2**62), "0"]


def test_jsonl(tmp_path):
    rows = [json.loads(line) for line in written(tmp_path, "jsonl").read_text("utf-8").splitlines()]
    assert rows[0]["price"] == "-1.50"
    assert [row["x"] for row in rows] == [0.5, None, -1e-9, None, None]
    assert [row["text"] for row in rows] == TABLE["text"].to_pylist()
    assert rows[0]["shape"] == {"a": 1, "b": "ä"}


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_result_without_rows_still_is_a_file(tmp_path, kind):
    path = written(tmp_path, kind, TABLE.slice(0, 0))
    if kind == "csv":
        assert path.read_text().startswith('"text","n"')


def test_cells_are_made_safe_exactly_as_exports_make_them(tmp_path):
    rng = random.Random(1)
    cells = ["".join(rng.choices("='+-@\t\rax ", k=rng.randint(0, 4))) for _ in range(500)]
    with written(tmp_path, "csv", pa.table({"n": range(500), "text": cells})).open(
        newline="", encoding="utf-8"
    ) as file:
        found = [row[1] for row in list(csv.reader(file))[1:]]
    assert found == [made_safe(cell) for cell in cells]
    assert [made_unsafe(cell) for cell in found] == cells

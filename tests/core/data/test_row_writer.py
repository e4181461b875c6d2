"""What the written files hold, byte by byte for CSV and JSON lines."""

import csv
import io
import json
import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.row_writer import Format, row_writer
from core.data.spreadsheet import made_safe, made_unsafe

STAND_IN = "\ue000"
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "'=x",
    "''=x",
    "'quoted'",
    'say "hi", she said',
    "two\nlines",
    "two\r\nlines",
    "",
    " ",
    "NULL",
    "好，看",
    "שלום",
    "👩‍👩‍👧",
    "<img src=x>",
    "a\\nb",
    "\u2028",
    "x\x00y",
]


def write(path: Path, data: pa.Table, format: Format, rows_at_once: int = 1_000) -> Path:
    with row_writer(path, data.schema, format) as append:
        for batch in data.to_batches(rows_at_once):
            append(batch)
    return path


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read().replace("\0", STAND_IN)  # which Python 3.10's csv does not read
    return [[cell.replace(STAND_IN, "\0") for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def one_column(values: Sequence[Any], kind: pa.DataType | None = None) -> pa.Table:
    return pa.table({"c": pa.array(values, kind)})


def test_csv_has_a_header_and_tells_missing_from_empty(tmp_path: Path) -> None:
    data = pa.table({"a": ["x", None, ""], "n": [1, None, -3], "f": [1.0, None, -0.5], "b": [True, None, False]})
    assert write(tmp_path / "f.csv", data, "csv").read_text("utf-8") == (
        '"a","n","f","b"\n"x",1,"1.0",true\n,,,\n"",-3,"-0.5",false\n'
    )


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_every_hostile_text_is_safe_in_csv_and_comes_back(tmp_path: Path, kind: pa.DataType) -> None:
    header, *rows = read_csv(write(tmp_path / "f.csv", one_column(HOSTILE, kind), "csv", rows_at_once=3))
    cells = [row[0] for row in rows]
    assert header == ["c"]
    assert cells == [made_safe(text) for text in HOSTILE]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert [made_unsafe(cell) for cell in cells] == HOSTILE


def test_a_header_can_be_a_formula_too(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", pa.table({"=cmd()": [1], 'a"b,c': [2]}), "csv")
    assert read_csv(path)[0] == ["'=cmd()", 'a"b,c']


FRACTIONS = [1.0, 0.1, -2.5, 1e16, 1e15, 1e-5, 1e22, 1 / 3, 5e-324, 1.7976931348623157e308, 100000.0, -0.0]


def test_fractions_are_written_to_the_last_digit_and_stay_fractions(tmp_path: Path) -> None:
    data = one_column(FRACTIONS)
    cells = [row[0] for row in read_csv(write(tmp_path / "f.csv", data, "csv"))[1:]]
    assert cells == [repr(value) for value in FRACTIONS]
    lines = write(tmp_path / "f.jsonl", data, "jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["c"] for line in lines] == FRACTIONS
    assert all(isinstance(json.loads(line)["c"], float) for line in lines)


def test_what_is_no_number_is_missing(tmp_path: Path) -> None:
    data = pa.table(
        {"f": [math.nan, math.inf, -math.inf], "l": [[1.0, math.nan], [math.inf], None]},
    )
    assert [row[0] for row in read_csv(write(tmp_path / "f.csv", data, "csv"))[1:]] == ["", "", ""]
    lines = write(tmp_path / "f.jsonl", data, "jsonl").read_text("utf-8").splitlines()
    assert lines == ['{"f":null,"l":[1.0,null]}', '{"f":null,"l":[null]}', '{"f":null,"l":null}']


def test_nested_values_are_json_in_csv_and_themselves_in_json_lines(tmp_path: Path) -> None:
    rows = [
        {"l": [1, 2], "t": ["=a", 'b"c'], "s": {"k": None, "v": "é"}, "m": [("x", 1)]},
        {"l": [], "t": None, "s": None, "m": []},
    ]
    schema = pa.schema(
        [
            ("l", pa.list_(pa.int64())),
            ("t", pa.list_(pa.string())),
            ("s", pa.struct([("k", pa.int64()), ("v", pa.string())])),
            ("m", pa.map_(pa.string(), pa.int64())),
        ]
    )
    data = pa.Table.from_pylist(rows, schema=schema)
    expected = [
        {"l": [1, 2], "t": ["=a", 'b"c'], "s": {"k": None, "v": "é"}, "m": {"x": 1}},
        {"l": [], "t": None, "s": None, "m": {}},
    ]
    lines = write(tmp_path / "f.jsonl", data, "jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected
    _, *cells = read_csv(write(tmp_path / "f.csv", data, "csv"))
    assert [[json.loads(cell) if cell else None for cell in row] for row in cells] == [[*r.values()] for r in expected]


def test_other_types_are_text(tmp_path: Path) -> None:
    data = pa.table(
        {
            "date": [date(2024, 2, 29), None],
            "time": pa.array([datetime(2024, 2, 29, 1, 2, 3), None], pa.timestamp("us")),
            "money": pa.array([Decimal("-1.50"), None], pa.decimal128(9, 2)),
            "bytes": [b"\x00\xff", None],
            "long": pa.array([timedelta(hours=-1), None]),
            "label": pa.array(["a", None]).dictionary_encode(),
            "big": pa.array([2**64 - 1, None], pa.uint64()),
            "none": pa.nulls(2),
        }
    )
    csv_rows = read_csv(write(tmp_path / "f.csv", data, "csv"))
    assert csv_rows[1:] == [
        ["2024-02-29", "2024-02-29 01:02:03", "-1.50", "00ff", "'-01:00:00", "a", str(2**64 - 1), ""],
        [""] * 8,
    ]
    lines = write(tmp_path / "f.jsonl", data, "jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "date": "2024-02-29",
        "time": "2024-02-29 01:02:03",
        "money": -1.5,
        "bytes": "00ff",
        "long": "-01:00:00",
        "label": "a",
        "big": 2**64 - 1,
        "none": None,
    }
    assert set(json.loads(lines[1]).values()) == {None}


def test_each_hostile_text_is_one_line_of_valid_json(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", one_column(HOSTILE), "jsonl", rows_at_once=5)
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [{"c": text} for text in HOSTILE]


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_names_that_are_alike_or_odd_are_kept(tmp_path: Path, format: Format) -> None:
    names = ["a", "A", "a_1", "c0", "batch", "it's", 'say "x"', "select", "列", " "]
    data = pa.table([pa.array([i]) for i in range(len(names))], names=names)
    path = write(tmp_path / f"f.{format}", data, format)
    if format == "csv":
        assert read_csv(path) == [names, [str(i) for i in range(len(names))]]
    elif format == "jsonl":
        assert json.loads(path.read_text("utf-8")) == {name: i for i, name in enumerate(names)}
    else:
        assert pq.read_table(path) == data


def test_no_rows_are_a_header_in_csv_and_nothing_in_json_lines(tmp_path: Path) -> None:
    data = one_column([], pa.string())
    assert write(tmp_path / "f.csv", data, "csv").read_text("utf-8") == '"c"\n'
    assert write(tmp_path / "f.jsonl", data, "jsonl").read_text("utf-8") == ""
    assert pq.read_table(write(tmp_path / "f.parquet", data, "parquet")) == data


def test_parquet_keeps_types_to_the_letter(tmp_path: Path) -> None:
    schema = pa.schema(
        [
            pa.field("id", pa.large_string(), nullable=False),
            ("d", pa.dictionary(pa.int32(), pa.string())),
            ("v", pa.list_(pa.float32(), 2)),
        ]
    )
    data = pa.Table.from_pylist([{"id": "a", "d": "x", "v": [0.5, math.inf]}], schema=schema)
    path = write(tmp_path / "f.parquet", data, "parquet")
    assert pq.read_table(path).schema == schema
    assert pq.read_table(path) == data

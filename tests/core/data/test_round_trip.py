"""What was exported can be imported again, and is the same dataset: ids, texts, labels, splits, lineage, columns."""

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.compare import compare
from core.data.exporting import FORMATS, export
from core.data.importing import ImportConfig, import_dataset
from core.data.row_writer import Format
from core.data.rows import SCHEMA
from core.data.splitting import SplitConfig, split
from core.data.workspace import Version, Workspace
from core.jobs import run

TEXTS = [
    "A plain sentence.",
    "",
    " ",
    "=1+1",
    "+1",
    "-5",
    "@home",
    "\tindented",
    "\rreturned",
    "'=quoted",
    "''=twice",
    "'tis",
    'She said "no", twice.',
    '"',
    '""',
    ",",
    ";",
    "two\nlines",
    "two\r\nlines",
    "ends with a newline\n",
    "a\\",
    "\\n",
    "NULL",
    "null",
    "NaN",
    "None",
    "123",
    "1.50",
    "007",
    "true",
    "评论，很好看。",
    "שלום עולם",
    "👩‍👩‍👧 👍🏽",
    "e\u0301 and é",
    "<img src=http://a.example/x.png>",
    "![x](http://a.example/x.png)",
    "x" * 100_000,
    "\u2028\u2029\u0085",
    "\ufeffmarked",
    "A plain sentence.",
]


def import_file(workspace: Workspace, path: Path) -> Version:
    result = run(import_dataset(ImportConfig(source=str(path)), workspace, workspace.home, False))
    return workspace.version(result["version"])


def there_and_back(workspace: Workspace, version: Version, folder: Path, format: Format) -> Version:
    path = folder / f"exported.{format}"
    run(export(version, path, format))
    return import_file(workspace, path)


def assert_same(a: Version, b: Version) -> None:
    before, after = pq.read_table(a.path), pq.read_table(b.path)
    assert after.schema.names == before.schema.names
    assert after.schema.types == before.schema.types
    for name in before.schema.names:
        assert after.column(name).to_pylist() == before.column(name).to_pylist(), name
    found = compare(a, b)
    assert (found.added, found.dropped, found.changed, found.same) == (0, 0, 0, a.rows)


def put(workspace: Workspace, rows: Sequence[dict[str, Any]], extra: Sequence[pa.Field] = ()) -> Version:
    filled = [{"id": f"r{i}", "origin": "original", **row} for i, row in enumerate(rows)]
    staged = workspace.staging_path()
    pq.write_table(pa.Table.from_pylist(filled, schema=pa.schema([*SCHEMA, *extra])), staged)
    return workspace.add(staged, action="test", params={}, name="original")


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_rows_come_back_as_they_were(workspace: Workspace, tmp_path: Path, format: Format) -> None:
    labels = ["=x", "a", None, "-1", "label, two", "'@", "正面", " spaced "]
    splits = ["train", "validation", "test", None]
    rows: list[dict[str, Any]] = []
    for i, text in enumerate(TEXTS):
        row = {"text": text, "label": labels[i % len(labels)], "split": splits[i % len(splits)]}
        rows.append({**row, "note": text or None, "Note two": labels[-i % len(labels)]})
        if i % 3 == 0:
            lineage = {"origin": "augmented", "parent_id": f"r{len(rows) - 1}", "operator": "+swap"}
            rows.append({**row, **lineage, "text": f"{text} again"})
    version = put(workspace, rows, [pa.field("note", pa.string()), pa.field("Note two", pa.string())])
    assert_same(version, there_and_back(workspace, version, tmp_path, format))


@pytest.mark.parametrize("format", FORMATS)
def test_numbers_keep_their_value_and_their_type(workspace: Workspace, tmp_path: Path, format: Format) -> None:
    chance = random.Random(0)
    fractions = [1.0, 0.1, -2.5, 1e16, 1e15, 1e-5, 1e300, 5e-324, 1 / 3, -0.0, 100000.0, None]
    fractions += [math.ldexp(chance.random(), chance.randrange(-1000, 1000)) for _ in range(200)]
    wholes = [0, -1, 7, 2**63 - 1, -(2**63), None]
    rows = [
        {"text": f"text {i}", "whole": wholes[i % len(wholes)], "fraction": value, "count": i}
        for i, value in enumerate(fractions)
    ]
    extra = [pa.field("whole", pa.int64()), pa.field("fraction", pa.float64()), pa.field("count", pa.int64())]
    version = put(workspace, rows, extra)
    assert_same(version, there_and_back(workspace, version, tmp_path, format))


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_an_empty_text_in_a_column_of_ones_own_is_not_a_missing_one(
    workspace: Workspace, tmp_path: Path, format: Format
) -> None:
    version = put(workspace, [{"text": "a", "note": ""}, {"text": "b", "note": None}], [pa.field("note", pa.string())])
    assert_same(version, there_and_back(workspace, version, tmp_path, format))


@pytest.mark.parametrize("format", FORMATS)
def test_lists_come_back_as_lists_and_a_text_like_one_as_a_text(
    workspace: Workspace, tmp_path: Path, format: Format
) -> None:
    types = {"wholes": pa.int64(), "fractions": pa.float64(), "words": pa.string(), "codes": pa.string()}
    rows = [
        {
            "text": "a",
            "wholes": [0, -5, 2**63 - 1],
            "fractions": [1.0, 0.1, -1e16],
            "words": ["=x", 'say "no"', "两 个"],
        },
        {
            "text": "b",
            "wholes": [],
            "fractions": None,
            "words": ["a\nb", "\\", "", "[1, 2]", "👍"],
            "codes": ["1", "2"],
        },
        {"text": "c", "wholes": None, "fractions": [1 / 3, 1e-7], "words": [], "codes": ["[3]"]},
    ]
    rows = [{**row, "like a list": "[1, 2]"} for row in rows]
    lists = [pa.field(name, pa.list_(type)) for name, type in types.items()]
    version = put(workspace, rows, [*lists, pa.field("like a list", pa.string())])
    assert_same(version, there_and_back(workspace, version, tmp_path, format))


def test_parquet_keeps_nested_columns(workspace: Workspace, tmp_path: Path) -> None:
    extra = [
        pa.field("tags", pa.list_(pa.string())),
        pa.field("scores", pa.list_(pa.float64())),
        pa.field("about", pa.struct([("author", pa.string()), ("year", pa.int64())])),
        pa.field("seen", pa.bool_()),
        pa.field("when", pa.timestamp("us")),
    ]
    rows = [
        {"text": "a", "tags": ["x", "=y"], "scores": [0.5], "about": {"author": "é", "year": None}, "seen": True},
        {"text": "b", "tags": [], "scores": None, "about": None, "seen": None},
    ]
    version = put(workspace, rows, extra)
    assert_same(version, there_and_back(workspace, version, tmp_path, "parquet"))


@pytest.mark.parametrize("format", FORMATS)
def test_an_imported_and_split_dataset_comes_back_whole(workspace: Workspace, tmp_path: Path, format: Format) -> None:
    lines = "".join(f'"sentence {i}, with a comma",{"pos" if i % 3 else "neg"},{i * 0.5}\n' for i in range(300))
    (tmp_path / "data.csv").write_text("review,sentiment,stars_given\n" + lines, "utf-8")
    first = import_file(workspace, tmp_path / "data.csv")
    result = run(split(SplitConfig(version=first.id), workspace, workspace.home, False))
    version = workspace.version(result["version"])
    again = there_and_back(workspace, version, tmp_path, format)
    assert again.language == version.language
    assert_same(version, again)


@pytest.mark.parametrize("format", FORMATS)
def test_exporting_again_gives_the_same_file(workspace: Workspace, tmp_path: Path, format: Format) -> None:
    version = put(workspace, [{"text": text, "label": "=a"} for text in TEXTS])
    again = there_and_back(workspace, version, tmp_path, format)
    run(export(again, tmp_path / f"again.{format}", format))
    if format == "parquet":
        assert pq.read_table(tmp_path / "again.parquet") == pq.read_table(tmp_path / "exported.parquet")
    else:
        assert (tmp_path / f"again.{format}").read_bytes() == (tmp_path / f"exported.{format}").read_bytes()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("file", ["sst2/dev.tsv", "chnsenticorp/ChnSentiCorp_htl_all.csv", "wikitext-2/valid.txt"])
def test_real_data_come_back(
    workspace: Workspace, tmp_path: Path, shared_data: Path, file: str, format: Format
) -> None:
    version = import_file(workspace, shared_data / file)
    assert version.rows > 800
    assert_same(version, there_and_back(workspace, version, tmp_path, format))


@pytest.mark.parametrize("format", FORMATS)
def test_a_column_whose_name_is_a_formula_comes_back(workspace: Workspace, tmp_path: Path, format: Format) -> None:
    version = put(workspace, [{"text": "a", "=x": "=y"}], [pa.field("=x", pa.string())])
    assert_same(version, there_and_back(workspace, version, tmp_path, format))

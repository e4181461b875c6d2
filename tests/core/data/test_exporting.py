"""Exporting a version: all rows or those that match, whole files or none, copies for download made once."""

import csv
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from core.data import exporting
from core.data.exporting import FORMATS, download, download_name, download_suffix, export
from core.data.filters import Filters, filtered_sql
from core.data.row_writer import Format
from core.data.rows import BATCH_ROWS
from core.data.workspace import Version, Workspace
from core.errors import InputError, StorageError
from core.jobs import Event, Progress, run

Make = Callable[..., Version]


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows of an exported file; of CSV the cells as they stand."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


@pytest.mark.parametrize("format", FORMATS)
def test_all_rows_in_their_order_with_all_columns(make_version: Make, tmp_path: Path, format: Format) -> None:
    count = 2 * BATCH_ROWS + 5  # three batches
    version = make_version([f"text {i}" for i in range(count)], stars=[i % 5 for i in range(count)])
    path = tmp_path / f"out.{format}"
    result = run(export(version, path, format))
    rows = read(path)
    assert [row["id"] for row in rows] == [f"r{i}" for i in range(count)]
    assert list(rows[0]) == list(version.columns)
    assert [int(row["stars"]) for row in rows] == [i % 5 for i in range(count)]
    assert result == {
        "path": str(path),
        "rows": count,
        "bytes": path.stat().st_size,
        "summary": f"Wrote 16,389 rows to out.{format}.",
    }


def test_parquet_is_the_version_itself(make_version: Make, tmp_path: Path) -> None:
    version = make_version(["a", "b"], tags=[["x"], None])
    run(export(version, tmp_path / "out.parquet", "parquet"))
    assert (tmp_path / "out.parquet").read_bytes() == version.path.read_bytes()


@pytest.mark.parametrize("format", FORMATS)
def test_only_the_rows_that_match(make_version: Make, tmp_path: Path, format: Format) -> None:
    count = 3 * BATCH_ROWS
    version = make_version([f"text {i}" for i in range(count)], ["a", None, "b"] * (count // 3), tags=[["x"]] * count)
    where, values = filtered_sql(version, Filters(text="99", labels=("a", "")))
    path = tmp_path / f"out.{format}"
    result = run(export(version, path, format, where, values))
    expected = [f"r{i}" for i in range(count) if "99" in str(i) and i % 3 != 2]
    assert [row["id"] for row in read(path)] == expected
    assert result["rows"] == len(expected) > 100
    if format == "parquet":
        assert pq.read_schema(path) == pq.read_schema(version.path)


@pytest.mark.parametrize("format", FORMATS)
def test_no_row_matches(make_version: Make, tmp_path: Path, format: Format) -> None:
    version = make_version(["a", "b"])
    result = run(export(version, tmp_path / "out", format, "label = ?", ["x"]))  # null for both rows, so no match
    assert (result["rows"], result["summary"]) == (0, "Wrote 0 rows to out.")


def test_a_file_that_was_there_is_replaced_and_only_by_a_complete_one(make_version: Make, tmp_path: Path) -> None:
    version = make_version([f"text {i}" for i in range(2 * BATCH_ROWS)])
    path = tmp_path / "out.csv"
    path.write_text("old")
    job = export(version, path, "csv")
    next(job)
    next(job)  # the first batch is written by now
    assert path.read_text() == "old"
    job.close()
    assert path.read_text() == "old"
    assert list(tmp_path.glob(".*")) == []  # nothing half-written stays
    run(export(version, path, "csv"))
    assert len(path.read_text().splitlines()) == 2 * BATCH_ROWS + 1


def test_progress_goes_from_nothing_to_all(make_version: Make, tmp_path: Path) -> None:
    version = make_version(["x"] * (BATCH_ROWS + 1))
    seen: list[Event] = []
    run(export(version, tmp_path / "out.csv", "csv"), seen.append)
    done = [event.done for event in seen if isinstance(event, Progress)]
    assert done == [0, BATCH_ROWS, BATCH_ROWS + 1, BATCH_ROWS + 1]


@pytest.mark.parametrize("place", ["", "no such folder/out.csv"])
def test_a_place_for_no_file_is_refused(make_version: Make, tmp_path: Path, place: str) -> None:
    with pytest.raises(InputError, match="No file can be written"):
        run(export(make_version(["a"]), tmp_path / place, "csv"))


def test_what_is_no_file_stays_what_it_is(make_version: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    with pytest.raises(InputError, match="No file can be written"):
        run(export(make_version(["a"]), tmp_path / "link", "csv"))
    assert (tmp_path / "link").is_fifo()


def test_the_file_behind_a_link_is_replaced(make_version: Make, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "out.csv")
    run(export(make_version(["a"]), tmp_path / "link", "csv"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "out.csv").read_text(encoding="utf-8").startswith('"id"')


def test_a_read_only_folder_is_refused(
    make_version: Make, tmp_path: Path, make_read_only: Callable[[Path], Path]
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="No file can be written"):
        run(export(make_version(["a"]), make_read_only(tmp_path / "folder") / "out.csv", "csv"))


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing(
    make_version: Make, small_disk: Path, format: Format
) -> None:
    version = make_version([f"{i * 7919 % 10**9} " * 20 for i in range(20_000)])  # more than the 400 kB of the disk
    with pytest.raises(StorageError, match="disk is full"):
        run(export(version, small_disk / "out", format))
    assert list(small_disk.iterdir()) == []


def test_a_missing_version_file_is_told_in_a_sentence(make_version: Make, tmp_path: Path) -> None:
    version = make_version(["a"])
    version.path.unlink()
    for format in FORMATS:
        with pytest.raises(StorageError, match="gone"):
            run(export(version, tmp_path / "out", format))
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


# Copies for download.


def test_a_copy_is_made_once_and_goes_with_the_version(workspace: Workspace, make_version: Make) -> None:
    version = make_version(["a"])
    path = run(download(version, "csv"))
    assert path.parent == workspace.exports_folder()
    assert [row["text"] for row in read(path)] == ["a"]
    made = path.stat().st_mtime_ns
    assert run(download(version, "csv")) == path
    assert path.stat().st_mtime_ns == made
    assert run(download(version, "parquet")) == version.path
    assert run(download(version, "jsonl")).suffix == ".jsonl"
    workspace.delete_version(version.id)
    assert list(workspace.exports_folder().iterdir()) == []


def test_a_copy_that_was_cancelled_is_not_taken_for_whole(workspace: Workspace, make_version: Make) -> None:
    version = make_version([f"text {i}" for i in range(2 * BATCH_ROWS)])
    job = download(version, "jsonl")
    next(job)
    next(job)
    job.close()
    assert list(workspace.exports_folder().iterdir()) == []
    assert len(read(run(download(version, "jsonl")))) == 2 * BATCH_ROWS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("reviews", "reviews-1.csv"),
        ("../../my data: v2?", "my-data-v2-1.csv"),
        ("影评 数据", "影评-数据-1.csv"),
        ("<b>&\"'", "b-1.csv"),
        ("...!", "dataset-1.csv"),
        ("x" * 80, "x" * 60 + "-1.csv"),
    ],
)
def test_the_name_of_a_download_is_clean(make_version: Make, name: str, expected: str) -> None:
    assert download_name(make_version(["a"], name=name), ".csv") == expected


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl"])
def test_a_name_that_ends_with_gz_gets_the_same_text_gzipped(
    make_version: Make, tmp_path: Path, format: Format
) -> None:
    version = make_version([f"text {i} 文" for i in range(2 * BATCH_ROWS)])
    plain, packed = tmp_path / f"out.{format}", tmp_path / f"out.{format}.gz"
    run(export(version, plain, format))
    result = run(export(version, packed, format))
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert result["bytes"] == packed.stat().st_size < plain.stat().st_size / 2
    again = tmp_path / f"again.{format}.gz"
    run(export(version, again, format))
    assert again.read_bytes() == packed.read_bytes()


def test_the_text_of_a_large_version_is_downloaded_gzipped(make_version: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    version = make_version(["a", "b"])
    assert [download_suffix(version, format) for format in FORMATS] == [".csv", ".jsonl", ".parquet"]
    monkeypatch.setattr(exporting, "LARGE_BYTES", version.path.stat().st_size - 1)
    assert [download_suffix(version, format) for format in FORMATS] == [".csv.gz", ".jsonl.gz", ".parquet"]
    made = run(download(version, "jsonl"))
    assert made.name.endswith(".jsonl.gz")
    assert [json.loads(line)["text"] for line in gzip.decompress(made.read_bytes()).splitlines()] == ["a", "b"]

"""A recipe on plain files: formats, columns, order, and what is refused."""

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.augmentation.files import augment_file
from core.cli import main
from core.errors import FileError, InputError, UnknownName
from core.jobs import run

ROWS = [(f"the movie number {i} was {'good' if i % 2 else 'bad'}", "ab"[i % 2]) for i in range(30)]
HEADER = ("text", "label")
RECIPE = "steps:\n  - {use: tiny_swap}\n"


@pytest.fixture(autouse=True)
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean cosine has a test of its own; loading the encoder takes seconds."""
    monkeypatch.setattr("core.augmentation.writing.PAIRS", 0)


def write(path: Path, rows: Any = ROWS, header: tuple[str, ...] = HEADER) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.table(dict(zip(header, zip(*rows, strict=True), strict=True))), path)
    elif path.suffix == ".jsonl":
        lines = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",").writerows([header, *rows])
    return path


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in file]
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def test_every_format_says_the_same(home: Path, tmp_path: Path, recipe: Callable[..., Any]) -> None:
    found = []
    for ending in ("csv", "tsv", "jsonl", "parquet"):
        source = write(tmp_path / f"in.{ending}")
        output = tmp_path / f"out.{ending}"
        report = run(augment_file(recipe("tiny_swap"), source, output))
        assert report["rows_after"] == 60
        found.append(
            [{name: "" if value is None else str(value) for name, value in row.items()} for row in read(output)]
        )
    assert found[0] == found[1] == found[2] == found[3]
    assert [row["id"] for row in found[0]] == sorted(row["id"] for row in found[0])
    made = [row for row in found[0] if row["origin"] == "augmented"]
    by_id = {row["id"]: row for row in found[0]}
    assert len(made) == 30
    for row in made:
        assert row["label"] == by_id[row["parent_id"]]["label"]
        assert sorted(row["text"].split()) == sorted(by_id[row["parent_id"]]["text"].split())
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_shuffled_rows_and_more_workers_give_the_same_bytes(
    home: Path, tmp_path: Path, recipe: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.augmentation.rounds.TEXTS_A_PROCESS", 10)
    plain = write(tmp_path / "plain.csv")
    shuffled = write(tmp_path / "shuffled.csv", random.Random(3).sample(ROWS, len(ROWS)))
    for ending in ("csv", "parquet"):
        outputs = [tmp_path / f"{number}.{ending}" for number in range(3)]
        for source, output, workers in zip((plain, shuffled, plain), outputs, (1, 1, 2), strict=True):
            run(augment_file(recipe("tiny_swap", copies=2), source, output, workers=workers))
        assert len({output.read_bytes() for output in outputs}) == 1


def test_columns_are_named_and_a_split_is_respected(home: Path, tmp_path: Path, recipe: Callable[..., Any]) -> None:
    rows = [(f"title {i}", f"the body of text {i}", "xy"[i % 2], ("train", "test")[i > 7]) for i in range(10)]
    source = write(tmp_path / "in.tsv", rows, ("title", "body", "kind", "split"))
    output = tmp_path / "out.jsonl"
    run(augment_file(recipe("tiny_word"), source, output, text="body", label="kind"))
    made = [row for row in read(output) if row["origin"] == "augmented"]
    assert len(made) == 8
    assert {row["split"] for row in made} == {"train"}
    assert all(row["text"].startswith("the body of text") and row["title"].startswith("title") for row in made)
    assert {row["label"] for row in made} == {"x", "y"}


def test_what_cannot_be_done_is_told_before_anything_is_written(
    home: Path, tmp_path: Path, recipe: Callable[..., Any]
) -> None:
    source = write(tmp_path / "in.csv")
    for output, said in ((tmp_path / "out.xlsx", "no known ending"), (tmp_path / "no" / "o.csv", "No file can be")):
        with pytest.raises(InputError, match=said):
            run(augment_file(recipe(), source, output))
    with pytest.raises(FileError, match="There is no file"):
        run(augment_file(recipe(), tmp_path / "nothing.csv", tmp_path / "out.csv"))
    with pytest.raises(UnknownName, match="no column named 'body'"):
        run(augment_file(recipe(), source, tmp_path / "out.csv", text="body"))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["in.csv"]


def test_the_command_prints_the_report(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, output, recipe = write(tmp_path / "in.csv"), tmp_path / "out.csv", tmp_path / "r.yaml"
    recipe.write_text(RECIPE)
    command = ["augment", "--recipe", str(recipe), "--input", str(source), "--output", str(output), "--json"]
    assert main(command) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["rows_before"], report["rows_after"], report["accepted"]) == (30, 60, 30)
    recipe.write_text("seed: 1\nsteps:\n  - {use: tiny_swop}\n")
    assert main(command) == 1
    assert "Line 3: There is no operator named 'tiny_swop'" in capsys.readouterr().err

"""Splitting: exact sizes, copies together, families together, the same rows whatever their order."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from core.config import parse_config
from core.data.splitting import PartSizes, SplitConfig, split, split_sizes
from core.data.workspace import Version, Workspace
from core.errors import InputError, StorageError, UnknownName
from core.jobs import Event, Progress, run

Make = Callable[..., Version]
Row = dict[str, Any]


def do_split(workspace: Workspace, version: Version, **settings: Any) -> list[Row]:
    """Split, and return the rows of the new version."""
    config = SplitConfig(version=version.id, **settings)
    result = run(split(config, workspace, workspace.home, False))
    made = workspace.version(result["version"])
    rows: list[Row] = pq.read_table(made.path).to_pylist()
    counts = Counter(row["split"] for row in rows)
    expected = PartSizes(counts["train"], counts["validation"], counts["test"], counts[None])
    assert split_sizes(version, config).after == expected  # the preview says what the job does
    assert PartSizes(**result["sizes"]["after"]) == expected
    return rows


def parts(rows: Sequence[Row], key: str = "text") -> dict[str, str]:
    """Return which part each text (or id) is in; a text in two parts fails the test."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row[key], set()).add(row["split"])
    assert all(len(where) == 1 for where in found.values())
    return {text: next(iter(where)) for text, where in found.items()}


def sizes(rows: Sequence[Row]) -> tuple[int, int, int]:
    counts = Counter(row["split"] for row in rows)
    assert set(counts) <= {"train", "validation", "test"}
    return counts["train"], counts["validation"], counts["test"]


# Where a row goes.


def test_the_rows_with_the_smallest_md5_are_the_test_rows(workspace: Workspace, make_version: Make) -> None:
    texts = [f"text {i}" for i in range(10)]
    rows = do_split(workspace, make_version(texts), seed=7)
    order = sorted(texts, key=lambda text: int.from_bytes(hashlib.md5(f"7\x1f{text}".encode()).digest(), "little"))
    # 10 rows: 0.1 x 10 = 1 for the test, 1 for validation, 8 to train on
    assert parts(rows) == {**dict.fromkeys(order, "train"), order[0]: "test", order[1]: "validation"}


def test_sizes_are_exact_and_each_label_is_within_one_row_of_its_share(
    workspace: Workspace, make_version: Make
) -> None:
    labels = ["a"] * 700 + ["b"] * 237 + ["c"] * 59 + [None] * 4
    version = make_version([f"text {i}" for i in range(1000)], labels)
    rows = do_split(workspace, version, train=0.7, validation=0.2, test=0.1)
    assert sizes(rows) == (700, 200, 100)
    for label, count in Counter(labels).items():
        train, validation, test = sizes([row for row in rows if row["label"] == label])
        assert abs(train - 0.7 * count) <= 1
        assert abs(validation - 0.2 * count) <= 1
        assert abs(test - 0.1 * count) <= 1


def test_many_small_labels_still_add_up(workspace: Workspace, make_version: Make) -> None:
    # 100 labels of 3 rows: rounding each label by itself (2.4, 0.3, 0.3) would leave the test part empty
    labels = [f"label {i // 3}" for i in range(300)]
    rows = do_split(workspace, make_version([f"text {i}" for i in range(300)], labels))
    assert sizes(rows) == (240, 30, 30)
    assert len({row["label"] for row in rows if row["split"] == "train"}) == 100


@pytest.mark.parametrize("count", [1, 3, 10, 99])
@pytest.mark.parametrize("fractions", [(0.8, 0.1, 0.1), (0.5, 0.25, 0.25), (0.9, 0.0, 0.1), (0.9, 0.1, 0.0), (1, 0, 0)])
def test_any_number_of_rows_is_divided_to_within_one(
    workspace: Workspace, make_version: Make, count: int, fractions: tuple[float, float, float]
) -> None:
    train, validation, test = fractions
    rows = do_split(
        workspace, make_version([str(i) for i in range(count)]), train=train, validation=validation, test=test
    )
    assert sum(sizes(rows)) == count
    for size, fraction in zip(sizes(rows), fractions, strict=True):
        assert abs(size - fraction * count) <= 1
        if fraction == 0:
            assert size == 0


def test_without_stratifying_the_whole_is_exact_too(workspace: Workspace, make_version: Make) -> None:
    labels = ["a", "b"] * 500
    version = make_version([f"text {i}" for i in range(1000)], labels)
    rows = do_split(workspace, version, stratify=False)
    assert sizes(rows) == (800, 100, 100)
    assert parts(rows) != parts(do_split(workspace, version, stratify=True))


def test_the_order_of_the_rows_does_not_matter(put_rows: Make, workspace: Workspace) -> None:
    chance = random.Random(1)
    rows = [{"text": f"text {i % 450}", "label": chance.choice(["a", "b", "c", None])} for i in range(600)]
    shuffled = chance.sample(rows, len(rows))
    assert parts(do_split(workspace, put_rows(workspace, rows))) == parts(
        do_split(workspace, put_rows(workspace, shuffled))
    )


def test_the_seed_decides(workspace: Workspace, make_version: Make) -> None:
    version = make_version([f"text {i}" for i in range(1000)])
    first = do_split(workspace, version, seed=1)
    assert do_split(workspace, version, seed=1) == first
    test_1, test_2 = (
        {row["id"] for row in rows if row["split"] == "test"} for rows in (first, do_split(workspace, version, seed=2))
    )
    # two independent draws of 100 of 1,000 share 100 x 100 / 1000 = 10 rows, give or take 3 (hypergeometric)
    assert 0 < len(test_1 & test_2) < 25


# What is reported, and what stays as it was.


def test_sizes_before_and_after_are_shown_for_each_label(make_version: Make) -> None:
    version = make_version(
        [f"text {i}" for i in range(30)], ["a"] * 20 + [None] * 10, splits=["train"] * 5 + [None] * 25
    )
    shown = split_sizes(version, SplitConfig(version=version.id))
    assert shown.before == PartSizes(train=5, none=25)
    assert shown.after == PartSizes(24, 3, 3)
    assert [(s.label, s.before) for s in shown.labels] == [
        ("a", PartSizes(train=5, none=15)),
        (None, PartSizes(none=10)),
    ]
    assert shown.label_count == 1
    assert shown.labels[0].after.train == 16


def test_nothing_but_the_split_changes(workspace: Workspace, make_version: Make) -> None:
    version = make_version(
        ["b", "a", "c"],
        ["x", None, "x"],
        Text=["another", "text", "column"],
        place=[1, None, 3],
        mark=[[1, 2], [], None],
        when=[{"a": 1}, {"a": None}, {"a": 3}],
        file_row_number=[b"\x00", b"", None],
    )
    do_split(workspace, version)
    before, after = pq.read_table(version.path), pq.read_table(workspace.latest()[0].path)
    assert after.schema == before.schema
    assert after.drop_columns(["split"]) == before.drop_columns(["split"])
    assert workspace.latest()[0].parent_id == version.id


def test_the_parameters_are_enough_to_repeat_it(workspace: Workspace, make_version: Make) -> None:
    version = make_version([f"text {i}" for i in range(50)], name="reviews")
    config = SplitConfig(version="reviews", train=60, validation=20, test=20, seed=3)
    result = run(split(config, workspace, workspace.home, False))
    assert json.loads(json.dumps(result))["sizes"]["after"]["train"] == 30
    assert result["summary"] == ("Split 50 rows into 30 to train on, 10 for validation and 10 for the test.")
    made = workspace.version(result["version"])
    assert made.params["version"] == version.id  # the version that was meant, whatever the newest is by now
    again = run(split(parse_config(SplitConfig, made.params), workspace, workspace.home, False))
    assert pq.read_table(workspace.version(again["version"]).path) == pq.read_table(made.path)


def test_progress_ends_at_the_number_of_rows(workspace: Workspace, make_version: Make) -> None:
    version = make_version([f"text {i}" for i in range(50)])
    events: list[Event] = []
    run(split(SplitConfig(version=version.id), workspace, workspace.home, False), events.append)
    seen = [event for event in events if isinstance(event, Progress)]
    assert seen[0].done == 0
    assert (seen[-1].done, seen[-1].total) == (50, 50)


# Settings and errors.


def test_percentages_are_fractions() -> None:
    config = SplitConfig(version="a", train=70, validation=20, test=10)
    assert (config.train, config.validation, config.test) == (0.7, 0.2, 0.1)
    assert SplitConfig(version="a", train=100, validation=0, test=0).train == 1
    third = SplitConfig(version="a", train=1 / 3, validation=1 / 3, test=1 / 3)
    assert third.train == 1 / 3
    assert parse_config(SplitConfig, third.model_dump()) == third


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"train": 0.7}, "have to add up to 1, or to 100 percent, and not to 0.9"),
        ({"train": 0.8 + 1e-6}, "have to add up to 1"),
        ({"train": 50, "validation": 20, "test": 20}, "train"),
        ({"train": 0, "validation": 0.5, "test": 0.5}, "greater than 0"),
        ({"train": 1.2, "validation": -0.2, "test": 0}, "less than or equal to 1"),
        ({"train": "most"}, "number"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"sed": 1}, "Did you mean 'seed'"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_a_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_config(SplitConfig, {"version": "a", **settings})


def test_a_version_without_rows_and_one_that_is_not_there(put_rows: Make, workspace: Workspace) -> None:
    version = put_rows(workspace, [])
    with pytest.raises(InputError, match="has no rows"):
        run(split(SplitConfig(version=version.id), workspace, workspace.home, False))
    with pytest.raises(UnknownName):
        run(split(SplitConfig(version="nothing"), workspace, workspace.home, False))


def test_cancelling_leaves_nothing_behind(workspace: Workspace, make_version: Make) -> None:
    version = make_version([f"text {i}" for i in range(50)])
    for events in (1, 2):
        job = split(SplitConfig(version=version.id), workspace, workspace.home, False)
        for _ in range(events):
            next(job)
        job.close()
    assert workspace.latest() == [version]
    assert list(workspace.home.rglob("*.parquet")) == [version.path]


def test_a_full_disk_is_told_in_a_sentence(put_rows: Make, small_disk: Path, fill: Callable[[], Path]) -> None:
    workspace = Workspace(small_disk / "home")
    version = put_rows(workspace, [{"text": f"{i} " * 9} for i in range(3_000)])
    job = split(SplitConfig(version=version.id), workspace, workspace.home, False)
    next(job)
    fill()
    with pytest.raises(StorageError, match="disk is full"):
        run(job)
    (small_disk / "filler").unlink()
    assert workspace.latest() == [version]
    assert [p.name for p in workspace.home.rglob("*.parquet")] == [version.path.name]

"""Comparing versions: every row is counted once, and the samples show what happened to it."""

import random
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.compare import LabelBalance, SampleRow, compare
from core.data.rows import SCHEMA
from core.data.splitting import SplitConfig, split
from core.data.workspace import Version, Workspace
from core.errors import StorageError
from core.jobs import run

Make = Callable[..., Version]


def test_added_dropped_changed_and_same_rows(workspace: Workspace, put_rows: Make) -> None:
    before = put_rows(
        workspace,
        [
            {"id": "a", "text": "stays", "label": "x"},
            {"id": "b", "text": "an old text", "label": "x"},
            {"id": "c", "text": "another label", "label": "x"},
            {"id": "d", "text": "goes", "label": "y", "split": "test"},
        ],
    )
    after = put_rows(
        workspace,
        [
            {"id": "e", "text": "comes", "label": None, "split": "train"},
            {"id": "c", "text": "another label", "label": "y"},
            {"id": "b", "text": "a new text", "label": "x"},
            {"id": "a", "text": "stays", "label": "x"},
        ],
    )
    found = compare(before, after)
    assert (found.added, found.dropped, found.changed, found.same) == (1, 1, 2, 1)
    assert found.changed_columns == {"text": 1, "label": 1}
    assert found.added_rows == (SampleRow("e", "comes", None, "train"),)
    assert found.dropped_rows == (SampleRow("d", "goes", "y", "test"),)
    text, label = found.changed_rows  # a changed text comes first
    assert (text.id, text.text_before, text.text_after) == ("b", "an old text", "a new text")
    assert text.columns == {"text": ("an old text", "a new text")}
    assert (label.id, label.text_before, label.text_after) == ("c", "another label", "another label")
    assert label.columns == {"label": ("x", "y")}
    assert found.labels == (LabelBalance("x", 3, 2), LabelBalance("y", 1, 1), LabelBalance(None, 0, 1))
    assert found.label_count == 3


def test_a_version_is_the_same_as_itself(make_version: Make) -> None:
    version = make_version(["a", "b", "a"], [None, "x", None], score=[float("nan"), None, 0.5], tags=[["a"], [], None])
    found = compare(version, version)
    assert (found.added, found.dropped, found.changed, found.same) == (0, 0, 0, 3)
    assert found.changed_columns == {}
    assert found.columns_added == found.columns_removed == ()


def test_null_and_empty_and_zero_differ(workspace: Workspace, make_version: Make) -> None:
    before = make_version(["a", "b", "c"], note=["", None, "x"], score=[None, 0, 1], tags=[[], None, ["a"]])
    after = make_version(["a", "b", "c"], note=[None, None, "x"], score=[None, None, 1], tags=[[], [], ["a", "b"]])
    found = compare(before, after)
    assert found.changed_columns == {"note": 1, "score": 1, "tags": 2}
    assert [(row.id, row.columns) for row in found.changed_rows] == [
        ("r0", {"note": ("", None)}),
        ("r1", {"score": (0, None), "tags": (None, [])}),
        ("r2", {"tags": (["a"], ["a", "b"])}),
    ]


def test_columns_that_come_go_or_change_their_type(make_version: Make) -> None:
    before = make_version(["a", "b"], old=[1, 2], stars=[1, 2], Text=["p", "q"])
    after = make_version(["a", "b"], new=["x", "y"], stars=["1", "two"], Text=["p", "r"])
    found = compare(before, after)
    assert (found.columns_added, found.columns_removed) == (("new",), ("old",))
    assert found.changed_columns == {"stars": 1, "Text": 1}  # 1 and "1" are the same when written down
    assert found.changed_rows[0].columns["stars"] == (2, "two")
    assert found.changed_rows[0].columns["Text"] == ("q", "r")
    assert (found.changed_rows[0].text_before, found.changed_rows[0].text_after) == ("b", "b")


def test_columns_of_hostile_names(make_version: Make) -> None:
    names = ['a"b', "c'd", "select", "a b; DROP VIEW before", "b", "id2", "列"]
    before = make_version(["x"], **{name: [1] for name in names})
    after = make_version(["x"], **{name: [2] for name in names})
    assert compare(before, after).changed_columns == dict.fromkeys(names, 1)


def test_samples_are_limited_and_counts_are_not(make_version: Make) -> None:
    before = make_version([f"text {i}" for i in range(100)])
    after = make_version([f"text {i // 2}" for i in range(120)])
    found = compare(before, after, limit=5)
    assert (found.added, found.dropped, found.changed, found.same) == (20, 0, 99, 1)  # only text 0 stays where it was
    assert len(found.added_rows) == len(found.changed_rows) == 5
    assert [row.id for row in found.changed_rows] == sorted(f"r{i}" for i in range(1, 100))[:5]


def test_a_version_without_rows_compares(workspace: Workspace, put_rows: Make) -> None:
    empty, one = put_rows(workspace, []), put_rows(workspace, [{"text": "a"}])
    assert compare(empty, one).added == 1
    assert compare(one, empty).dropped == 1
    assert asdict(compare(empty, empty))["labels"] == ()


def test_a_split_changes_the_split_and_nothing_else(workspace: Workspace, make_version: Make) -> None:
    before = make_version([f"text {i}" for i in range(40)], splits=["train"] * 20 + [None] * 20)
    job = split(SplitConfig(version=before.id, keep_existing=True), workspace, workspace.home, False)
    after = workspace.version(run(job)["version"])
    found = compare(before, after)
    assert (found.changed, found.same, found.changed_columns) == (20, 20, {"split": 20})


@pytest.mark.parametrize("seed", range(5))
def test_the_counts_are_those_of_a_plain_comparison(workspace: Workspace, put_rows: Make, seed: int) -> None:
    chance = random.Random(seed)

    def rows() -> dict[str, dict[str, Any]]:
        ids = chance.sample(range(60), 40)
        return {str(i): {"id": str(i), "text": chance.choice("ab"), "label": chance.choice(["x", None])} for i in ids}

    old, new = rows(), rows()
    found = compare(put_rows(workspace, list(old.values())), put_rows(workspace, list(new.values())))
    both = old.keys() & new.keys()
    assert found.added == len(new.keys() - old.keys())
    assert found.dropped == len(old.keys() - new.keys())
    assert found.changed == sum(old[i] != new[i] for i in both)
    assert found.same == sum(old[i] == new[i] for i in both)
    assert found.added + found.changed + found.same == 40


def test_a_missing_file_is_told_in_a_sentence(workspace: Workspace, put_rows: Make) -> None:
    kept, gone = put_rows(workspace, [{"text": "a"}], "kept"), put_rows(workspace, [{"text": "a"}], "lost")
    gone.path.unlink()
    with pytest.raises(StorageError, match="lost@1"):
        compare(kept, gone)


def test_many_labels_are_cut_to_the_most_frequent(workspace: Workspace) -> None:
    count = 300
    labels = [str(i) for i in range(count)] + ["often"] * 9
    data = [{"id": str(i), "text": "t", "label": label, "origin": "original"} for i, label in enumerate(labels)]
    staged = workspace.staging_path()
    pq.write_table(pa.Table.from_pylist(data, schema=SCHEMA), staged)
    version = workspace.add(staged, action="test", params={})
    found = compare(version, version)
    assert found.labels[0] == LabelBalance("often", 9, 9)
    assert (len(found.labels), found.label_count) == (50, 301)

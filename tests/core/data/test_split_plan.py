"""Which rows of a split stay together: copies of a text, families, small labels, rows that have a part already."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow.parquet as pq

from core.data.splitting import PartSizes, SplitConfig, split, split_sizes
from core.data.workspace import Version, Workspace
from core.jobs import run

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


# Copies of a text.


def test_copies_are_in_one_part_even_under_different_labels(put_rows: Make, workspace: Workspace) -> None:
    rows = [{"text": f"text {i % 300}", "label": "ab"[i % 2 if i < 300 else (i + 1) % 2]} for i in range(500)]
    made = do_split(workspace, put_rows(workspace, rows))
    assert len(parts(made)) == 300
    assert sizes(made) == (400, 50, 50)
    version = workspace.latest()[0]
    assert version.notes == ("400 rows share their text with another row; rows with one text are in one part.",)


def test_one_text_that_is_a_third_of_the_rows_does_not_burst_a_part(workspace: Workspace, make_version: Make) -> None:
    for seed in range(5):
        texts = [""] * 300 + [f"text {i}" for i in range(700)]
        rows = do_split(workspace, make_version(texts), seed=seed)
        assert sizes(rows) == (800, 100, 100)
        assert parts(rows)[""] == "train"


def test_where_every_text_is_repeated_the_sizes_are_as_near_as_copies_allow(
    workspace: Workspace, make_version: Make
) -> None:
    rows = do_split(workspace, make_version([f"text {i % 200}" for i in range(600)]))  # 200 texts, 3 times each
    assert len(parts(rows)) == 200
    for size, wanted in zip(sizes(rows), (480, 60, 60), strict=True):
        assert abs(size - wanted) <= 3


def test_texts_that_only_look_alike_are_different_texts(workspace: Workspace, make_version: Make) -> None:
    version = make_version(["a", "a ", "A", "á", "a\x00"] * 2)
    do_split(workspace, version)
    assert "10 rows share their text" in workspace.latest()[0].notes[0]
    assert len(parts(pq.read_table(workspace.latest()[0].path).to_pylist())) == 5


# Labels that cannot be divided.


def test_a_label_with_one_text_goes_to_train_and_that_is_said(workspace: Workspace, make_version: Make) -> None:
    for seed in range(8):
        version = make_version([f"text {i}" for i in range(21)], ["a"] * 20 + ["rare"])
        rows = do_split(workspace, version, seed=seed, train=0.5, validation=0.25, test=0.25)
        assert [row["split"] for row in rows if row["label"] == "rare"] == ["train"]
        assert sum(sizes(rows)) == 21
        assert sizes(rows)[0] in (10, 11)
    assert workspace.latest()[0].notes == ("The label 'rare' belongs to one text only, so that text is in train.",)


def test_several_such_labels_are_counted(workspace: Workspace, make_version: Make) -> None:
    version = make_version([f"text {i}" for i in range(23)], ["a"] * 20 + ["x", "y", "z"])
    rows = do_split(workspace, version)
    assert {row["split"] for row in rows if row["label"] in "xyz"} == {"train"}
    assert workspace.latest()[0].notes == ("3 labels belong to one text only, so these texts are in train.",)


def test_labels_that_are_no_classes_are_not_balanced(workspace: Workspace, make_version: Make) -> None:
    version = make_version([f"text {i}" for i in range(100)], [f"{i / 7:.3f}" for i in range(100)])
    assert sizes(do_split(workspace, version)) == (80, 10, 10)
    assert workspace.latest()[0].notes == (
        "100% of the rows have a label that no other text has, so the labels were not balanced.",
    )


# Rows made from other rows.


def test_rows_made_from_a_row_follow_it(put_rows: Make, workspace: Workspace) -> None:
    rows = [{"text": f"text {i}"} for i in range(200)]
    rows += [{"text": f"made {i}", "parent_id": f"r{i % 200}"} for i in range(300)]
    made = do_split(workspace, put_rows(workspace, rows), validation=0.2, train=0.7)
    where = parts(made, "id")
    assert all(where[row["id"]] == where[row["parent_id"]] for row in made if row["parent_id"])
    for size, wanted in zip(sizes(made), (350, 100, 50), strict=True):
        assert abs(size - wanted) <= 3  # families of 2 and 3 rows
    assert "300 rows were made from other rows" in workspace.latest()[0].notes[-1]


def test_chains_orphans_and_made_rows_that_repeat_a_text_stay_together(put_rows: Make, workspace: Workspace) -> None:
    chain = [{"id": "c0", "text": "chain 0"}]
    chain += [{"id": f"c{i}", "text": f"chain {i}", "parent_id": f"c{i - 1}"} for i in range(1, 7)]
    orphans = [{"text": "orphan 1", "parent_id": "gone"}, {"text": "orphan 2", "parent_id": "gone"}]
    bridge = [{"text": "text 5", "parent_id": "c6"}]  # repeats another row's text: both families become one
    rest = [{"id": f"t{i}", "text": f"text {i}"} for i in range(100)]
    for seed in range(6):
        where = parts(do_split(workspace, put_rows(workspace, [*chain, *orphans, *bridge, *rest]), seed=seed))
        assert len({where[f"chain {i}"] for i in range(7)} | {where["text 5"]}) == 1
        assert where["orphan 1"] == where["orphan 2"]


# Rows that have a part already.


def test_existing_parts_are_replaced_unless_they_are_kept(workspace: Workspace, make_version: Make) -> None:
    texts = [f"text {i}" for i in range(300)]
    version = make_version(texts, splits=["test"] * 100 + [None] * 200)
    fresh = do_split(workspace, version)
    assert sizes(fresh) == (240, 30, 30)
    kept = do_split(workspace, version, keep_existing=True)
    assert {row["split"] for row in kept[:100]} == {"test"}
    assert sizes(kept[100:]) == (160, 20, 20)
    assert workspace.latest()[0].notes == ("100 rows kept the part that they had.",)


def test_a_new_copy_of_a_kept_row_joins_it(workspace: Workspace, make_version: Make) -> None:
    texts = [f"text {i}" for i in range(20)] * 2
    before = ["validation", "test"] * 10 + [None] * 20
    rows = do_split(workspace, make_version(texts, splits=before), keep_existing=True)
    assert [row["split"] for row in rows] == ["validation", "test"] * 20


def test_nothing_moves_where_every_row_has_a_part(workspace: Workspace, make_version: Make) -> None:
    before = ["train", "validation", "test", "train"]
    rows = do_split(workspace, make_version(["a", "b", "c", "a"], splits=before), keep_existing=True)
    assert [row["split"] for row in rows] == before

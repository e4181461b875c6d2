"""The workspace: who sees what, names and numbers, deleting, and what happens when the disk does not play along."""

import multiprocessing
import multiprocessing.synchronize
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import storage
from core.data import workspace as workspace_module
from core.data.rows import SCHEMA
from core.data.workspace import MAX_NAME, Version, Workspace, clean_name
from core.errors import InputError, NotFound, StorageError, UnknownName

Make = Callable[..., Version]
ROOT = Path(__file__).parents[3]


def put(workspace: Workspace, name: str = "sample", parent: Version | None = None, rows: int = 2) -> Version:
    """Add a version with `rows` rows."""
    data = pa.Table.from_pylist(
        [{"id": str(i), "text": f"text {i}", "origin": "original"} for i in range(rows)], schema=SCHEMA
    )
    staged = workspace.staging_path()
    pq.write_table(data, staged)
    return workspace.add(staged, action="test", params={"rows": rows}, name=name, parent=parent)


def files(home: Path) -> list[Path]:
    """Every Parquet file below `home`."""
    return sorted(home.rglob("*.parquet"))


# What a version is.


def test_a_version_tells_all_that_it_was_added_with(workspace: Workspace) -> None:
    staged = workspace.staging_path()
    pq.write_table(pa.Table.from_pylist([{"id": "1", "text": "好", "origin": "original"}], schema=SCHEMA), staged)
    params = {"source": "文件.csv", "nested": {"a": [1, None]}}
    version = workspace.add(staged, action="import", params=params, name="评论", language="zh", notes=["One.", "Two."])
    assert (version.dataset, version.number, version.label, version.parent_id) == ("评论", 1, "评论@1", None)
    assert (version.action, version.params, version.rows, version.language) == ("import", params, 1, "zh")
    assert version.columns == tuple(SCHEMA.names)
    assert version.notes == ("One.", "Two.")
    assert not staged.exists()
    assert pq.read_table(version.path).column("text").to_pylist() == ["好"]
    assert workspace.version(version.id) == version


def test_a_child_stays_in_the_dataset_and_inherits_the_language(workspace: Workspace) -> None:
    staged = workspace.staging_path()
    pq.write_table(pa.Table.from_pylist([], schema=SCHEMA), staged)
    first = workspace.add(staged, action="import", params={}, name="a", language="zh")
    second = put(workspace, name="ignored", parent=first)
    assert (second.dataset_id, second.dataset, second.number, second.parent_id) == (first.dataset_id, "a", 2, first.id)
    assert second.language == "zh"
    assert put(workspace, name="b").language == "und"


def test_latest_gives_the_newest_of_each_dataset_last_changed_first(workspace: Workspace) -> None:
    a1 = put(workspace, "a")
    b1 = put(workspace, "b")
    assert workspace.latest() == [b1, a1]
    a2 = put(workspace, parent=a1)
    assert workspace.latest() == [a2, b1]
    assert workspace.versions(a1.dataset_id) == [a1, a2]


# Owners.


def test_owners_see_and_change_only_what_is_theirs(home: Path) -> None:
    mine, other = Workspace(home, "me"), Workspace(home, "you")
    version = put(mine, "secret")
    assert other.latest() == []
    assert other.versions(version.dataset_id) == []
    with pytest.raises(NotFound):
        other.version(version.id)
    for name in ("secret", "secret@1", version.id):
        with pytest.raises(UnknownName) as raised:
            other.find(name)
        assert "The choices are: none." in str(raised.value)
    with pytest.raises(NotFound):
        other.rename(version.dataset_id, "taken over")
    with pytest.raises(NotFound):
        other.delete_version(version.id)
    with pytest.raises(NotFound):
        other.delete_dataset(version.dataset_id)
    assert mine.version(version.id) == version
    assert version.path.exists()


def test_a_version_cannot_be_added_to_a_dataset_of_someone_else(home: Path) -> None:
    mine, other = Workspace(home, "me"), Workspace(home, "you")
    version = put(mine)
    with pytest.raises(NotFound):
        put(other, parent=version)
    assert mine.versions(version.dataset_id) == [version]
    assert files(home) == [version.path]


def test_two_owners_can_use_the_same_name(home: Path) -> None:
    mine, other = Workspace(home, "me"), Workspace(home, "you")
    a, b = put(mine, "reviews"), put(other, "reviews")
    assert (a.dataset, b.dataset) == ("reviews", "reviews")
    assert mine.find("reviews") == a
    assert other.find("reviews") == b


def test_ids_cannot_be_guessed(workspace: Workspace) -> None:
    ids = {put(workspace).id for _ in range(5)}
    assert len(ids) == 5
    assert all(len(i) == 32 and int(i, 16) >= 0 for i in ids)  # uuid4: 122 random bits


# Finding and naming.


def test_find_takes_a_name_a_name_with_a_number_and_an_id(workspace: Workspace) -> None:
    first = put(workspace, "reviews")
    second = put(workspace, parent=first)
    assert workspace.find("reviews") == second
    assert workspace.find("reviews@1") == first
    assert workspace.find("reviews@2") == second
    assert workspace.find(first.id) == first


def test_find_suggests_what_was_meant(workspace: Workspace) -> None:
    put(workspace, "reviews")
    with pytest.raises(UnknownName, match="Did you mean 'reviews'"):
        workspace.find("revews")
    with pytest.raises(UnknownName, match="Did you mean 'reviews@1'"):
        workspace.find("reviews@7")
    with pytest.raises(UnknownName, match="no dataset named ''"):
        workspace.find("")
    with pytest.raises(UnknownName):
        workspace.find("' OR 1=1 --")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("reviews@2", "reviews 2"),
        ("a\x00b\nc\u202ed", "a b c d"),  # NUL, newline, right-to-left override
        ("  spaced   out. ", "spaced out"),
        ("评论", "评论"),
        (".hidden", "hidden"),
        ("x" * 200, "x" * MAX_NAME),
        ("x" * (MAX_NAME - 1) + " y", "x" * (MAX_NAME - 1)),
        ("<img src=http://a.example/b>", "b>"),
    ],
)
def test_names_are_cleaned(workspace: Workspace, given: str, kept: str) -> None:
    assert clean_name(given) == kept
    assert clean_name(kept) == kept
    version = put(workspace, given)
    assert version.dataset == kept
    assert version.path.parent == workspace.home / "versions"


@pytest.mark.parametrize("name", ["", "..", "a/", "///", "@@", "\x00\x01", " . "])
def test_a_name_with_nothing_in_it_is_refused(workspace: Workspace, name: str) -> None:
    version = put(workspace, "a")
    with pytest.raises(InputError, match="cannot be the name of a dataset"):
        workspace.rename(version.dataset_id, name)
    assert workspace.find("a") == version


def test_a_refused_name_leaves_no_file_and_no_record(workspace: Workspace) -> None:
    with pytest.raises(InputError):
        put(workspace, "..")
    assert workspace.latest() == []
    assert [p for p in files(workspace.home) if p.parent.name == "versions"] == []


def test_a_taken_name_gets_a_number(workspace: Workspace) -> None:
    names = [put(workspace, "reviews").dataset for _ in range(3)]
    assert names == ["reviews", "reviews 2", "reviews 3"]


def test_rename(workspace: Workspace) -> None:
    version = put(workspace, "a")
    workspace.rename(version.dataset_id, "../b")
    assert workspace.version(version.id).label == "b@1"
    assert workspace.find("b") == workspace.version(version.id)
    with pytest.raises(UnknownName):
        workspace.find("a")


def test_rename_to_a_taken_name_is_refused_and_to_its_own_is_not(workspace: Workspace) -> None:
    a, b = put(workspace, "a"), put(workspace, "b")
    with pytest.raises(InputError, match="already a dataset named 'a'"):
        workspace.rename(b.dataset_id, "a")
    workspace.rename(b.dataset_id, "b")
    assert workspace.find("a") == a
    assert workspace.find("b") == b


# Numbers.


def test_a_number_is_never_used_twice_even_after_the_newest_was_deleted(workspace: Workspace) -> None:
    first = put(workspace, "a")
    second = put(workspace, parent=first)
    workspace.delete_version(second.id)
    third = put(workspace, parent=first)
    assert third.number == 3
    with pytest.raises(UnknownName):
        workspace.find("a@2")


# Deleting.


def test_deleting_a_version_hands_its_children_to_its_parent(workspace: Workspace) -> None:
    first = put(workspace, "a")
    second = put(workspace, parent=first)
    third, fourth = put(workspace, parent=second), put(workspace, parent=second)
    workspace.delete_version(second.id)
    assert [(v.number, v.parent_id) for v in workspace.versions(first.dataset_id)] == [
        (1, None),
        (3, first.id),
        (4, first.id),
    ]
    workspace.delete_version(first.id)
    assert workspace.version(third.id).parent_id is None
    assert workspace.version(fourth.id).parent_id is None


def test_what_is_deleted_is_really_gone(workspace: Workspace) -> None:
    first = put(workspace, "a")
    second = put(workspace, parent=first)
    workspace.delete_version(first.id)
    assert files(workspace.home) == [second.path]
    workspace.delete_version(second.id)
    assert files(workspace.home) == []
    assert workspace.latest() == []
    with pytest.raises(NotFound):
        workspace.delete_version(second.id)
    assert put(workspace, "a").label == "a@1"  # the dataset went with its last version, so the name is free


def test_deleting_a_dataset_deletes_every_version_of_it_and_nothing_else(workspace: Workspace) -> None:
    first = put(workspace, "a")
    put(workspace, parent=first)
    other = put(workspace, "b")
    workspace.delete_dataset(first.dataset_id)
    assert workspace.latest() == [other]
    assert files(workspace.home) == [other.path]
    with pytest.raises(NotFound):
        workspace.delete_dataset(first.dataset_id)


def test_copies_made_for_download_go_with_the_version(workspace: Workspace) -> None:
    version, other = put(workspace, "a"), put(workspace, "b")
    for v in (version, other):
        copy = workspace.exports_folder() / f"{v.id}.csv"
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(v.dataset)
    workspace.delete_version(version.id)
    assert [p.name for p in workspace.exports_folder().iterdir()] == [f"{other.id}.csv"]


def test_deleting_works_when_the_file_is_gone_already(workspace: Workspace) -> None:
    version = put(workspace, "a")
    version.path.unlink()
    workspace.delete_version(version.id)
    assert workspace.latest() == []


def test_a_version_whose_parent_was_deleted_meanwhile_goes_to_the_grandparent(workspace: Workspace) -> None:
    first = put(workspace, "a")
    second = put(workspace, parent=first)
    workspace.delete_version(second.id)
    assert put(workspace, parent=second).parent_id == first.id


def test_a_version_whose_dataset_was_deleted_meanwhile_is_refused(workspace: Workspace) -> None:
    first = put(workspace, "a")
    workspace.delete_dataset(first.dataset_id)
    with pytest.raises(NotFound, match="deleted"):
        put(workspace, parent=first)
    assert files(workspace.home) == []
    assert workspace.latest() == []


# Crashes and company.

CRASH = """
import os, shutil, sys
from pathlib import Path
from core.data.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
really_move = shutil.move
def move_and_die(source, target):
    really_move(source, target)
    os._exit(9)
shutil.move = move_and_die
workspace.add(Path(sys.argv[2]), action="test", params={}, name="never")
"""


def test_a_crash_between_the_move_and_the_record_leaves_no_record(workspace: Workspace) -> None:
    kept = put(workspace, "kept")
    staged = workspace.staging_path()
    shutil.copy(kept.path, staged)
    command = [sys.executable, "-c", CRASH, str(workspace.home), str(staged)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    assert not staged.exists()  # it had been moved when the process died
    assert workspace.latest() == [kept]
    with sqlite3.connect(workspace.home / storage.DATABASE) as db:
        assert db.execute("SELECT count(*) FROM datasets").fetchone() == (1,)
    assert put(workspace, "never").label == "never@1"


def test_an_error_while_recording_takes_the_file_away_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = put(workspace, "kept")
    staged = workspace.staging_path()
    shutil.copy(kept.path, staged)
    with pytest.raises(TypeError):  # a set is not JSON
        workspace.add(staged, action="test", params={"bad": {1}}, name="never")
    assert workspace.latest() == [kept]
    assert files(workspace.home) == [kept.path]


def add_many(home: Path, barrier: multiprocessing.synchronize.Barrier, count: int) -> None:
    workspace = Workspace(home)
    barrier.wait()
    for _ in range(count):
        put(workspace, "reviews")
        put(workspace, parent=workspace.find("reviews"))


def test_two_processes_add_at_once_to_a_new_home(home: Path) -> None:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    processes = [context.Process(target=add_many, args=(home, barrier, 10)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    workspace = Workspace(home)
    names = {version.dataset for version in workspace.latest()}
    assert names == {"reviews", *(f"reviews {n}" for n in range(2, 21))}  # 2 x 10 datasets, no name twice
    numbers = [v.number for v in workspace.versions(workspace.find("reviews").dataset_id)]
    assert numbers == list(range(1, 22))  # the first version and 2 x 10 more
    assert len(files(home)) == 40


# Disks and locks.


def test_a_read_only_home_is_told_in_a_sentence(workspace: Workspace, make_read_only: Callable[[Path], Path]) -> None:
    kept = put(workspace, "kept")
    shutil.copy(kept.path, workspace.home / "staged.parquet")
    frozen = Workspace(make_read_only(workspace.home))
    for attempt in (
        frozen.latest,
        lambda: frozen.add(frozen.home / "staged.parquet", action="test", params={}, name="new"),
        lambda: frozen.rename(kept.dataset_id, "other"),
        lambda: frozen.delete_version(kept.id),
    ):
        with pytest.raises(StorageError, match="CORPUS_LAB_HOME"):
            attempt()
    assert pq.read_metadata(frozen.home / "versions" / kept.path.name).num_rows == 2


def test_a_home_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="CORPUS_LAB_HOME"):
        Workspace(tmp_path / "file" / "home").latest()


def test_a_locked_database_is_told_in_a_sentence_and_nothing_is_lost(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BUSY_TIMEOUT_S", 0.1)
    kept = put(workspace, "kept")
    other = sqlite3.connect(workspace.home / storage.DATABASE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="locked"):
        put(workspace, "new")
    with pytest.raises(StorageError, match="locked"):
        workspace.delete_version(kept.id)
    assert workspace.latest() == [kept]  # readers do not wait for a writer
    other.execute("ROLLBACK")
    other.close()
    assert [p for p in files(workspace.home) if p.parent.name == "versions"] == [kept.path]
    assert put(workspace, "new").label == "new@1"


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_lost(small_disk: Path, fill: Callable[[], Path]) -> None:
    workspace = Workspace(small_disk / "home")
    kept = put(workspace, "kept")
    staged = workspace.staging_path()
    shutil.copy(kept.path, staged)
    filler = fill()
    with pytest.raises(StorageError, match="disk is full"):
        workspace.add(staged, action="test", params={"long": "x" * 100_000}, name="new")
    filler.unlink()
    assert workspace.latest() == [kept]
    assert files(workspace.home) == [kept.path]
    assert put(workspace, "new").label == "new@1"


def test_a_move_from_another_disk_that_does_not_fit_leaves_no_half_file(
    small_disk: Path, fill: Callable[[], Path], tmp_path: Path
) -> None:
    workspace = Workspace(small_disk / "home")
    kept = put(workspace, "kept")
    staged = tmp_path / "staged.parquet"
    data = pa.Table.from_pylist([{"id": "1", "text": "x", "origin": "original"}], schema=SCHEMA)
    pq.write_table(data.append_column("noise", pa.array([bytes(range(256)) * 4_000])), staged, compression="none")
    with pytest.raises(StorageError, match="disk is full"):
        workspace.add(staged, action="test", params={}, name="too big")
    assert files(workspace.home) == [kept.path]
    assert staged.exists()
    assert workspace.latest() == [kept]


def test_a_damaged_database_is_told_in_a_sentence(home: Path) -> None:
    home.mkdir()
    (home / storage.DATABASE).write_bytes(b"this is not a database at all, " * 100)
    with pytest.raises(StorageError, match="damaged"):
        Workspace(home).latest()


def test_the_module_names_the_owner_of_a_home_for_one(workspace: Workspace) -> None:
    version = put(workspace)
    assert Workspace(workspace.home, workspace_module.LOCAL_OWNER).latest() == [version]

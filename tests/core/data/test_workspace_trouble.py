"""The workspace when things go wrong: a crash, two processes at once, a lock, a disk that is full or read-only."""

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
from core.data.rows import SCHEMA
from core.data.workspace import Version, Workspace
from core.errors import StorageError

Make = Callable[..., Version]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def put(put_rows: Callable[..., Version]) -> Callable[..., Version]:
    """A function that adds a version of two rows."""

    def add(workspace: Workspace, name: str = "sample", parent: Version | None = None) -> Version:
        return put_rows(workspace, [{"text": "one"}, {"text": "two"}], name, parent)

    return add


def files(home: Path) -> list[Path]:
    """Every Parquet file below `home`."""
    return sorted(home.rglob("*.parquet"))


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


def test_a_crash_between_the_move_and_the_record_leaves_no_record(put: Make, workspace: Workspace) -> None:
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
    put: Make, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = put(workspace, "kept")
    staged = workspace.staging_path()
    shutil.copy(kept.path, staged)
    with pytest.raises(TypeError):  # a set is not JSON
        workspace.add(staged, action="test", params={"bad": {1}}, name="never")
    assert workspace.latest() == [kept]
    assert files(workspace.home) == [kept.path]


def add_many(put: Make, home: Path, barrier: multiprocessing.synchronize.Barrier, count: int) -> None:
    workspace = Workspace(home)
    barrier.wait()
    for _ in range(count):
        put(workspace, "reviews")
        put(workspace, parent=workspace.find("reviews"))


def test_two_processes_add_at_once_to_a_new_home(put: Make, home: Path) -> None:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    processes = [context.Process(target=add_many, args=(put, home, barrier, 10)) for _ in range(2)]
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


def test_a_read_only_home_is_told_in_a_sentence(
    put: Make, workspace: Workspace, make_read_only: Callable[[Path], Path]
) -> None:
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
    put: Make, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
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


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_lost(
    put: Make, small_disk: Path, fill: Callable[[], Path]
) -> None:
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
    put: Make, small_disk: Path, fill: Callable[[], Path], tmp_path: Path
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

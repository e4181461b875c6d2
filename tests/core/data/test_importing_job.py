"""Import as a job: its progress, its end before time, a disk without room."""

from pathlib import Path

import pytest

from core.data.importing import ImportConfig, import_dataset
from core.data.workspace import Workspace
from core.errors import StorageError
from core.jobs import Event, Progress, run
from tests.core.data.imported_rows import left_over


def test_progress_counts_the_bytes_of_the_file(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,n\n" + "".join(f"row {i},{i}\n" for i in range(200_000)))
    events: list[Event] = []
    run(import_dataset(ImportConfig(source=str(path)), workspace, tmp_path, False), events.append)
    read = [e for e in events if isinstance(e, Progress) and e.unit == "bytes"]
    assert read
    assert all(e.total == path.stat().st_size and 0 < e.done <= e.total for e in read)
    assert [e.done for e in read] == sorted(e.done for e in read)
    assert any(isinstance(e, Progress) and e.unit == "rows" and e.total == 200_000 for e in events)


def test_a_closed_import_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "some row\n" * 100_000)
    for stop_at in ("Reading the rows", "Writing the dataset"):
        job = import_dataset(ImportConfig(source=str(path)), workspace, tmp_path, False)
        while next(job).message != stop_at:  # type: ignore[union-attr]
            pass
        assert left_over(workspace) != []
        job.close()
        assert left_over(workspace) == []
    assert workspace.latest() == []


def test_a_disk_without_room_is_noticed_before_anything_is_written(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "some row\n" * 1_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda place: type("Usage", (), {"free": 1_000_000})())
    with pytest.raises(StorageError, match="needs about 23 MB on the disk, and 1 MB are free"):
        run(import_dataset(ImportConfig(source=str(path)), workspace, tmp_path, False))
    assert left_over(workspace) == []

"""Versions made of given rows, and disks that fail on purpose: a tiny one that can be filled, a read-only one."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.rows import SCHEMA
from core.data.workspace import Version, Workspace


@pytest.fixture
def put_rows() -> Callable[..., Version]:
    """A function that adds a version with given rows to a workspace; what the rows do not say is empty."""

    def put(
        workspace: Workspace, rows: Sequence[dict[str, Any]], name: str = "sample", parent: Version | None = None
    ) -> Version:
        filled = [
            {"id": f"r{i}", "origin": "augmented" if row.get("parent_id") else "original", **row}
            for i, row in enumerate(rows)
        ]
        staged = workspace.staging_path()
        pq.write_table(pa.Table.from_pylist(filled, schema=SCHEMA), staged)
        return workspace.add(staged, action="test", params={"rows": len(rows)}, name=name, parent=parent)

    return put


def mount(folder: Path, options: str) -> None:
    """Mount a tmpfs on `folder`; skip the test where that is not possible."""
    if shutil.which("mount") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("a disk of its own can only be mounted as root on Linux")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.strip()}")


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """An empty disk of 400 kB."""
    folder = tmp_path / "small disk"
    mount(folder, "size=400k")
    yield folder
    unmount(folder)


@pytest.fixture
def fill(small_disk: Path) -> Callable[[], Path]:
    """A function that fills the small disk to its last byte and returns the file that does so."""

    def fill_up() -> Path:
        filler = small_disk / "filler"
        with filler.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 512)
            except OSError as error:
                assert error.errno == errno.ENOSPC
        return filler

    return fill_up


@pytest.fixture
def make_read_only(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """A function that returns a read-only view of a folder."""
    made: list[Path] = []

    def view(folder: Path) -> Path:
        target = tmp_path / f"read-only {len(made)}"
        mount(target, "size=1m")
        made.append(target)
        shutil.copytree(folder, target, dirs_exist_ok=True)
        subprocess.run(["mount", "-o", "remount,ro", target], check=True)
        return target

    yield view
    for target in made:
        unmount(target)

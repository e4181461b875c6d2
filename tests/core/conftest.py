"""Versions made of given rows, and disks that fail on purpose: a tiny one that can be filled, a read-only one."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.rows import SCHEMA
from core.data.workspace import Version, Workspace
from tests import disks


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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """An empty disk of 400 kB."""
    with disks.disk(tmp_path / "small disk", "400k") as folder:
        yield folder


@pytest.fixture
def fill(small_disk: Path) -> Callable[[], Path]:
    """A function that fills the small disk to its last byte and returns the file that does so."""
    return partial(disks.fill, small_disk)


@pytest.fixture
def make_read_only(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """A function that returns a read-only copy of a folder."""
    with ExitStack() as made:

        def view(folder: Path) -> Path:
            target = tmp_path / f"read-only {folder.name}"
            shutil.copytree(folder, target)
            return made.enter_context(disks.read_only(target))

        yield view

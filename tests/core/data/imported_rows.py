"""What the tests of importing share."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from core.data.workspace import Version, Workspace

Import = Callable[..., Version]


def left_over(workspace: Workspace) -> list[Path]:
    return list((workspace.home / "staging").rglob("*"))


def rows(version: Version) -> list[dict[str, Any]]:
    return pq.read_table(version.path).to_pylist()


def content_id(text: str, label: str | None = None) -> str:
    return hashlib.md5(f"{text}\x1f{label or ''}".encode()).hexdigest()[:16]

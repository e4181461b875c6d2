"""Tiny operators that recipes of the tests can name, and files of rows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.augmentation.extending import extend
from core.augmentation.operator import OPERATORS
from core.augmentation.recipe import Recipe
from core.augmentation.report import Report
from core.data.rows import SCHEMA
from core.jobs import run
from tests.core.augmentation.tiny_operators import TinySwap, TinyTrouble, TinyWord


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the tiny operators for the time of a test, so that no other test meets them."""
    for name, kind in (("tiny_swap", TinySwap), ("tiny_word", TinyWord), ("tiny_trouble", TinyTrouble)):
        monkeypatch.setitem(OPERATORS._things, name, kind)


@pytest.fixture
def recipe() -> Callable[..., Recipe]:
    """A function that returns a recipe; its step is tiny_word where none is named."""

    def make(*steps: Any, **values: Any) -> Recipe:
        named = [{"use": step} if isinstance(step, str) else step for step in steps or ("tiny_word",)]
        return Recipe.model_validate({"steps": named, **values})

    return make


@pytest.fixture
def rows_file(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes rows as a Parquet file with the columns of a version."""

    def write(rows: Sequence[dict[str, Any]], name: str = "rows.parquet", **kinds: pa.DataType) -> Path:
        filled = [{"id": f"r{i:04}", "origin": "original", **row} for i, row in enumerate(rows)]
        schema = pa.schema([*SCHEMA, *(pa.field(key, kind) for key, kind in kinds.items())])
        path = tmp_path / name
        pq.write_table(pa.Table.from_pylist(filled, schema=schema), path)
        return path

    return write


@pytest.fixture
def extended(home: Path, tmp_path: Path) -> Callable[..., tuple[list[dict[str, Any]], Report]]:
    """A function that carries out a recipe on a file and returns all rows after it, and the report."""

    def carry_out(source: Path, recipe: Recipe, workers: int = 1, language: str = "en") -> tuple[list[Any], Report]:
        target = tmp_path / "extended.parquet"
        report = run(extend(source, target, recipe, language, tmp_path / "run", workers))
        return pq.read_table(target).to_pylist(), report

    return carry_out

"""Split a version into train, validation and test: stratified, deterministic, copies of a text always together.

How rows are assigned is defined in core/data/split_plan.py.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, model_validator

from core.config import Config
from core.data.rows import SPLITS
from core.data.split_plan import make_plan
from core.data.table import table
from core.data.workspace import Version, Workspace
from core.errors import InputError
from core.jobs import Job, Progress
from core.storage import storage_errors

MAX_LABELS = 100
TOLERANCE = 1e-9


class SplitConfig(Config):
    """How to split. The three parts are fractions of the rows, or percentages: they add up to 1, or to 100."""

    version: str = Field(description="The dataset version to split: its name, name@number or id.")
    train: float = Field(default=0.8, gt=0, le=1, description="The fraction of the rows to train on.")
    validation: float = Field(
        default=0.1, ge=0, lt=1, description="The fraction of the rows to choose settings by while training."
    )
    test: float = Field(default=0.1, ge=0, lt=1, description="The fraction of the rows kept for the final measurement.")
    seed: int = Field(
        default=0, ge=0, le=2**32 - 1, description="Another seed gives another split; the same seed gives the same one."
    )
    stratify: bool = Field(
        default=True,
        title="Same share of each label in every part",
        description="Give every part the same share of each label.",
    )
    keep_existing: bool = Field(
        default=False,
        title="Keep the parts that rows already have",
        description="Leave rows that already belong to a part where they are, and divide only the others.",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_percentages(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        parts = {name: values.get(name, cls.model_fields[name].default) for name in SPLITS}
        try:
            total = sum(float(part) for part in parts.values())
        except (TypeError, ValueError):
            return values  # the fields' own checks say what is wrong
        if abs(total - 100) <= 100 * TOLERANCE and any(float(part) > 1 for part in parts.values()):
            return {**values, **{name: float(part) / 100 for name, part in parts.items()}}
        return values

    @model_validator(mode="after")
    def _add_up(self) -> "SplitConfig":
        total = self.train + self.validation + self.test
        if abs(total - 1) > TOLERANCE:
            raise ValueError(f"train, validation and test have to add up to 1, or to 100 percent, and not to {total:g}")
        return self


@dataclass(frozen=True)
class PartSizes:
    """Rows in each part; `none` is rows that belong to no part."""

    train: int = 0
    validation: int = 0
    test: int = 0
    none: int = 0


@dataclass(frozen=True)
class LabelSizes:
    """The sizes of one label (None: rows without one)."""

    label: str | None
    before: PartSizes
    after: PartSizes


@dataclass(frozen=True)
class SplitSizes:
    """The sizes before and after, whole and for the MAX_LABELS most frequent labels, and sentences about the split."""

    before: PartSizes
    after: PartSizes
    labels: tuple[LabelSizes, ...]
    label_count: int
    notes: tuple[str, ...]


def split_sizes(version: Version, config: SplitConfig) -> SplitSizes:
    """Return the sizes that `split` would give, without making a version. Raises StorageError."""
    with table(version.path) as duck:
        return _sizes(duck, _plan(duck, config))


def split(config: SplitConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Make a version whose rows all belong to train, validation or test; nothing else about them changes.

    The result has `version`, `summary`, `sizes` (SplitSizes as a dict). Raises UnknownName, InputError where there
    are no rows, StorageError.
    """
    parent = workspace.find(config.version)
    if not parent.rows:
        raise InputError(f"{parent.label} has no rows to split.", "Choose another dataset version.")
    staged = workspace.staging_path()
    yield Progress(0, parent.rows, message="Comparing the texts")
    try:
        with storage_errors(workspace.home):
            with table(parent.path) as duck:
                sizes = _sizes(duck, _plan(duck, config))
                parts = duck.execute("SELECT part::UTINYINT AS part FROM split_result ORDER BY n").fetchnumpy()["part"]
            yield from _write(parent.path, staged, parts)
            version = workspace.add(
                staged,
                action="split",
                params=config.model_copy(update={"version": parent.id}).model_dump(mode="json"),
                parent=parent,
                notes=sizes.notes,
            )
    finally:
        staged.unlink(missing_ok=True)
    after = sizes.after
    summary = (
        f"Split {parent.rows:,} rows into {after.train:,} to train on, {after.validation:,} for validation "
        f"and {after.test:,} for the test."
    )
    return {"version": version.id, "summary": summary, "sizes": asdict(sizes)}


def _plan(duck: duckdb.DuckDBPyConnection, config: SplitConfig) -> list[str]:
    return make_plan(
        duck,
        validation=config.validation,
        test=config.test,
        seed=config.seed,
        stratify=config.stratify,
        keep_existing=config.keep_existing,
    )


def _sizes(duck: duckdb.DuckDBPyConnection, notes: list[str]) -> SplitSizes:
    before = ", ".join(f"count(*) FILTER (before = '{name}')" for name in SPLITS)
    after = ", ".join(f"count(*) FILTER (part = {part})" for part in range(len(SPLITS)))
    counts = f"{before}, count(*) FILTER (before IS NULL), {after}"
    whole = duck.execute(f"SELECT {counts} FROM split_result").fetchall()[0]
    by_label = duck.execute(
        f"SELECT label, {counts} FROM split_result GROUP BY label ORDER BY count(*) DESC, label LIMIT {MAX_LABELS}"
    ).fetchall()
    count = duck.execute("SELECT count(DISTINCT label) FROM split_rows").fetchall()[0][0]
    return SplitSizes(
        before=PartSizes(*whole[:4]),
        after=PartSizes(*whole[4:]),
        labels=tuple(LabelSizes(row[0], PartSizes(*row[1:5]), PartSizes(*row[5:])) for row in by_label),
        label_count=count,
        notes=tuple(notes),
    )


def _write(source: Path, staged: Path, parts: npt.NDArray[np.uint8]) -> Job[None]:
    with pq.ParquetFile(source) as file, pq.ParquetWriter(staged, file.schema_arrow, compression="zstd") as writer:
        column = file.schema_arrow.get_field_index("split")
        done = 0
        for number in range(file.num_row_groups):
            rows = file.read_row_group(number)
            codes = pa.array(parts[done : done + rows.num_rows], pa.uint8())
            values = pa.DictionaryArray.from_arrays(codes, pa.array(SPLITS)).cast(pa.string())
            writer.write_table(rows.set_column(column, rows.schema.field(column), values), row_group_size=rows.num_rows)
            done += rows.num_rows
            yield Progress(done, len(parts), message="Writing the rows")

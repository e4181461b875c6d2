"""The augmentation job: a dataset version and a recipe in, a new version and a report out; and rows taken out again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import Field

from core.augmentation.extending import REJECTED, extend
from core.augmentation.recipe import Recipe
from core.config import Config
from core.data.duplicates import copy_without
from core.data.table import connection, quoted
from core.data.workspace import Version, Workspace
from core.errors import InputError
from core.jobs import Artifact, Job, run
from core.storage import storage_errors

MAX_WORKERS = 64


class AugmentConfig(Config):
    """What to extend, how, and in how many processes; their number never changes the outcome."""

    version: str = Field(description="The dataset version to extend: its name, name@number or id.")
    recipe: Recipe = Field(description="The steps, the amounts and the gates.")
    workers: int = Field(default=1, ge=1, le=MAX_WORKERS, description="How many processes make new rows side by side.")


def files_folder(workspace: Workspace) -> Path:
    """Return the folder of the files that the owner uploaded for recipes to name. It may not exist yet."""
    return workspace.home / "files" / workspace.owner


def augment(config: AugmentConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Make a version that has new rows, each made from a train row by the recipe's steps and passed by its gates.

    The result has `version`, `summary` and `report` (the numbers of core.augmentation.report.Report). Rejected rows are
    in the artifact `rejected.parquet`, described in core/augmentation/side_by_side.py; core/augmentation/outcomes.py
    finds them and the accepted ones. It starts from the beginning when it is resumed. Raises UnknownName, InputError,
    MissingResource, StorageError.
    """
    parent = workspace.find(config.version)
    staged = workspace.staging_path()
    try:
        with storage_errors(workspace.home):
            files = files_folder(workspace)
            report = yield from extend(
                parent.path, staged, config.recipe, parent.language, folder, config.workers, files
            )
            version = workspace.add(
                staged,
                action="augment",
                params=config.model_copy(update={"version": parent.id}).model_dump(mode="json"),
                parent=parent,
                notes=report.notes,
            )
    finally:
        staged.unlink(missing_ok=True)
    yield Artifact("rejected rows", REJECTED)
    return {"version": version.id, "summary": report.summary(), "report": report.numbers()}


DESCENDANTS = """
WITH RECURSIVE gone(id) AS (
    SELECT id FROM chosen
    UNION
    SELECT rows.id FROM rows JOIN gone ON rows.parent_id = gone.id
)
SELECT file_row_number FROM rows WHERE id IN (SELECT id FROM {gone}) ORDER BY file_row_number
"""


def without(version: Version, row_ids: Sequence[str], workspace: Workspace, with_descendants: bool = True) -> Version:
    """Return a new version without the rows `row_ids` and, if `with_descendants`, without all rows made from them.

    Raises InputError where a row is not there, or none would be left; StorageError.
    """
    staged = workspace.staging_path()
    try:
        with storage_errors(workspace.home):
            rows = _rows_to_drop(version, row_ids, staged.parent, with_descendants)
            if len(rows) == version.rows:
                raise InputError("No row would be left.", "Delete fewer rows, or delete the version itself.")
            run(copy_without(version.path, staged, rows))
            return workspace.add(
                staged,
                action="delete rows",
                params={"version": version.id, "rows": list(row_ids), "with_descendants": with_descendants},
                parent=version,
            )
    finally:
        staged.unlink(missing_ok=True)


def descendants(version: Version, row_ids: Sequence[str], workspace: Workspace) -> int:
    """Return how many other rows were made from the rows `row_ids`, or from rows made from them, and so on.

    Raises InputError where a row is not there.
    """
    spill = workspace.staging_path().parent
    return len(_rows_to_drop(version, row_ids, spill, True)) - len(set(row_ids))


def _rows_to_drop(
    version: Version, row_ids: Sequence[str], spill: Path, with_descendants: bool
) -> "np.ndarray[Any, np.dtype[np.int64]]":
    with connection(spill) as duck:
        duck.register("chosen", pa.table({"id": pa.array(dict.fromkeys(row_ids), pa.string())}))
        file = f"read_parquet('{quoted(version.path)}', file_row_number = true)"
        duck.execute(f"CREATE TEMP VIEW rows AS SELECT id, parent_id, file_row_number FROM {file}")
        missing = duck.execute("SELECT id FROM chosen WHERE id NOT IN (SELECT id FROM rows) LIMIT 1").fetchall()
        if missing or not row_ids:
            problem = f"There is no row {missing[0][0]!r} in {version.label}." if missing else "No row is chosen."
            raise InputError(problem, "Choose rows that are there.")
        found = duck.execute(DESCENDANTS.format(gone="gone" if with_descendants else "chosen")).fetchnumpy()
    return np.asarray(found["file_row_number"], np.int64)

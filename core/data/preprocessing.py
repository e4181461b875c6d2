"""The preprocessing job: a dataset version cleaned row by row, rows that do not fit dropped, as a new version."""

from itertools import repeat
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.chunks import chunks
from core.data.duplicates import copy_without, repeated_rows, row_groups
from core.data.preprocessing_plan import (
    EMPTY,
    LEAKED,
    REPEATED,
    TOO_LONG,
    TOO_SHORT,
    Change,
    Cleaning,
    PreprocessConfig,
    before_after,
)
from core.data.table import batches
from core.data.workspace import Version, Workspace
from core.errors import InputError
from core.jobs import Job, Progress
from core.storage import storage_errors

__all__ = ["Change", "PreprocessConfig", "before_after", "preprocess"]

RELABELLED = "Repeated rows that had another label than the row that was kept: {count}."

CHUNK_ROWS = 512
CHUNK_CHARACTERS = 200_000
EVENT_EVERY_S = 0.1


def preprocess(config: PreprocessConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Make a preprocessed version. A row keeps its id, label, split, lineage and other columns; only its text changes.

    The result has `version`, `summary`, `rows`, `changed` (rows kept with another text), `dropped` (rows by reason) and
    `tokenizer`. It starts from the beginning when it is resumed. Raises UnknownName, InputError where no row would be
    left, MissingResource, StorageError.
    """
    parent = workspace.find(config.version)
    cleaning = Cleaning(config, parent.language)
    used = config.model_copy(update={"version": parent.id, "tokenizer": cleaning.tokenizer.name})
    cleaned, unique = workspace.staging_path(), workspace.staging_path()
    try:
        with storage_errors(workspace.home):
            changed, dropped = yield from _clean(parent, cleaning, cleaned)
            staged = cleaned
            if config.drop_duplicates:
                yield Progress(parent.rows, parent.rows, message="Looking for repeated rows")
                repeated = repeated_rows(cleaned)
                dropped |= {LEAKED: repeated.leaked, REPEATED: len(repeated.rows) - repeated.leaked}
                if len(repeated.rows):
                    yield from copy_without(cleaned, unique, repeated.rows)
                    changed[repeated.rows] = False
                    staged = unique
                if repeated.relabelled:
                    cleaning.notes.append(RELABELLED.format(count=f"{repeated.relabelled:,}"))
            dropped = {reason: count for reason, count in dropped.items() if count}
            left = parent.rows - sum(dropped.values())
            if not left:
                listed = ", ".join(f"{reason}: {count:,}" for reason, count in dropped.items()) or "it has none"
                problem = f"No row of {parent.label} would be left ({listed})."
                raise InputError(problem, "Choose settings that drop fewer rows.")
            version = workspace.add(
                staged,
                action="preprocess",
                params=used.model_dump(mode="json"),
                parent=parent,
                notes=[*cleaning.notes, *(f"Rows dropped ({reason}): {n:,}." for reason, n in dropped.items())],
            )
    finally:
        cleaned.unlink(missing_ok=True)
        unique.unlink(missing_ok=True)
    count = int(changed.sum())
    return {
        "version": version.id,
        "summary": f"Of {parent.rows:,} rows {left:,} were kept, {count:,} of them with a changed text.",
        "rows": left,
        "changed": count,
        "dropped": dropped,
        "tokenizer": cleaning.tokenizer.name,
    }


def _clean(parent: Version, cleaning: Cleaning, target: Path) -> Job[tuple[npt.NDArray[np.bool_], dict[str, int]]]:
    """Write the rows that fit to `target`; return whether the text of each has changed, and rows dropped by reason."""
    changed: list[bool] = []
    dropped = {EMPTY: 0, TOO_SHORT: 0, TOO_LONG: 0}
    done, shown = 0, 0.0
    with pq.ParquetFile(parent.path) as file:
        schema = file.schema_arrow
    column = schema.get_field_index("text")
    with row_groups(target, schema) as out:
        for batch in batches(parent.path):
            texts: list[str] = []
            keep: list[bool] = []
            for chunk in chunks(batch.column(column).to_pylist(), CHUNK_ROWS, CHUNK_CHARACTERS):
                cleaned, tokens = cleaning.apply(chunk)
                for before, after, row in zip(chunk, cleaned, tokens or repeat(None), strict=False):
                    reason = cleaning.reason(after, row)
                    keep.append(reason is None)
                    if reason is None:
                        changed.append(after != before)
                    else:
                        dropped[reason] += 1
                texts += cleaned
                done += len(chunk)
                if monotonic() - shown >= EVENT_EVERY_S:
                    yield Progress(done, parent.rows, message="Cleaning the text")
                    shown = monotonic()
            rows = batch.set_column(column, schema.field(column), pa.array(texts, pa.string()))
            out.write(rows.filter(pa.array(keep, pa.bool_())))
    return np.array(changed, dtype=bool), dropped

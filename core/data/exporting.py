"""Export: a version, or the rows of it that match, as a file; and copies for download, each made once."""

import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.row_writer import Format, row_writer
from core.data.rows import BATCH_ROWS
from core.data.table import batches, table
from core.data.workspace import Version
from core.errors import InputError, StorageError
from core.jobs import Job, Progress
from core.storage import storage_errors

FORMATS: tuple[Format, ...] = ("csv", "jsonl", "parquet")
LARGE_BYTES = 16 << 20  # of a version's file; some 40 MB of text, which every browser has to wait for
MAX_STEM = 60


def export(
    version: Version, path: Path, format: Format, where: str = "", parameters: Sequence[Any] = ()
) -> Job[dict[str, Any]]:
    """Write the rows of `version` to `path`, in their order; how is described in core/data/row_writer.py.

    `where` is a condition in SQL (with `parameters` for its question marks) as core.data.filters makes it; empty for
    all rows. Text is gzipped where `path` ends with .gz. A file that stands at `path`, or that it links to, is replaced
    by the complete new one. The result has `path`, `rows`, `bytes` and `summary`. Raises InputError where `path` is no
    place for a file, StorageError.
    """
    place = path.resolve()
    occupied = place.exists() and not place.is_file()  # by a folder, or by a device such as /dev/stdout
    if occupied or not place.parent.is_dir() or not os.access(place.parent, os.W_OK):
        raise InputError(f"No file can be written to {path}.", "Name a file in a folder that is there and is yours.")
    if not version.path.exists():
        raise StorageError("The file of this dataset version is gone.", "Import the dataset again.")
    unfinished = place.with_name(f".{uuid.uuid4().hex}{place.suffix}")
    yield Progress(0, version.rows, message="Writing the rows")
    try:
        with storage_errors(place.parent):
            if format == "parquet" and not where:
                shutil.copyfile(version.path, unfinished)
                rows = version.rows
            else:
                keep = _matching(version, where, parameters) if where else None
                rows = yield from _write(version, unfinished, format, keep)
            unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)
    yield Progress(version.rows, version.rows, message="Writing the rows")
    summary = f"Wrote 1 row to {path.name}." if rows == 1 else f"Wrote {rows:,} rows to {path.name}."
    return {"path": str(path), "rows": rows, "bytes": path.stat().st_size, "summary": summary}


def download(version: Version, format: Format) -> Job[Path]:
    """Return the file to send for `version`, made the first time it is asked for and kept until the version is deleted.

    Raises StorageError.
    """
    if format == "parquet":
        return version.path
    folder = version.path.parent.parent / "cache" / "exports"
    path = folder / f"{version.id}{download_suffix(version, format)}"
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        yield from export(version, path, format)
    return path


def download_name(version: Version, suffix: str) -> str:
    """Return what the downloaded file is called: letters and digits of any script, hyphens, and the suffix."""
    stem = re.sub(r"[^\w]+", "-", version.dataset).strip("-_")[:MAX_STEM] or "dataset"
    return f"{stem}-{version.number}{suffix}"


def download_suffix(version: Version, format: Format) -> str:
    """Return the ending of a file for download: the text of a large version is gzipped."""
    large = version.path.exists() and version.path.stat().st_size > LARGE_BYTES
    return f".{format}.gz" if large and format != "parquet" else f".{format}"


def _matching(version: Version, where: str, parameters: Sequence[Any]) -> npt.NDArray[np.bool_]:
    """Return for each row in file order whether it matches."""
    with table(version.path) as duck:
        found = duck.execute(f"SELECT coalesce({where}, false) AS keep FROM data", list(parameters)).fetchnumpy()
    keep: npt.NDArray[np.bool_] = found["keep"]
    return keep


def _write(version: Version, path: Path, format: Format, keep: npt.NDArray[np.bool_] | None) -> Job[int]:
    """Write the rows that `keep` marks (None: all) and return their number."""
    with pq.ParquetFile(version.path) as file:
        schema = file.schema_arrow
    rows = 0
    with row_writer(path, schema, format) as write:
        for batch, done in _grouped(version.path, keep):
            write(batch)
            rows += batch.num_rows
            yield Progress(done, version.rows, message="Writing the rows")
    return rows


def _grouped(path: Path, keep: npt.NDArray[np.bool_] | None) -> Iterator[tuple[pa.RecordBatch, int]]:
    """Yield the rows to write, BATCH_ROWS or a few more at a time, each batch with the number of rows read so far."""
    held: list[pa.RecordBatch] = []
    done = 0
    for batch in batches(path):
        held.append(batch if keep is None else batch.filter(pa.array(keep[done : done + batch.num_rows])))
        done += batch.num_rows
        if sum(part.num_rows for part in held) >= BATCH_ROWS:
            yield pa.concat_batches(held), done
            held = []
    if held:
        yield pa.concat_batches(held), done

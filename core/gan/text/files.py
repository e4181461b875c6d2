"""A text GAN of a plain file: CSV, TSV, JSON lines, Parquet or lines of text in, a folder of new rows out."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.data.importing import ImportConfig, import_dataset, look
from core.data.row_writer import row_writer
from core.data.workspace import Workspace
from core.errors import FileError, InputError
from core.gan.text.config import GanTextSettings
from core.gan.text.outcomes import FILE
from core.gan.text.titles import ACCEPTED
from core.gan.text.training import train_and_write
from core.jobs import Artifact, Job
from core.storage import storage_errors

ROWS, REPORT = "rows.csv", "report.json"
ROLES = ("text", "label", "split", "id")
WRITTEN = ["text", "label", "parent_id", "before", "copied", "cosine", "agreement"]


def gan_file(settings: GanTextSettings, source: Path, output: Path, resume: bool = False) -> Job[dict[str, Any]]:
    """Train a text GAN on the rows of the file `source`; leave new rows, model and report in the folder `output`.

    Columns called text, label, split and id are those; others are guessed. `rows.csv` has the accepted rows,
    `made.parquet` all of them with the reasons, `report.json` the result, `model` the GAN. Events, result and errors
    are those of core.gan.text.training.gan_text, and FileError.
    """
    if not source.is_file():
        raise FileError(f"There is no file {source}.", "Name a file that is there.")
    if output.is_file():
        raise InputError(f"{output} is a file.", "Name a folder for the new rows.")
    with storage_errors(output):
        output.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".gan-", dir=output) as scratch:
            workspace = Workspace(Path(scratch))
            imported = yield from import_dataset(_import_config(source), workspace, Path(scratch), False)
            version = workspace.version(imported["version"])
            result = yield from train_and_write(settings, version, output, resume)
        _write_accepted(output)
        result = {**result, "output": str(output), "notes": [*version.notes, *result["notes"]]}
        (output / REPORT).write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    yield Artifact("new rows", ROWS)
    return result


def _import_config(source: Path) -> ImportConfig:
    config = ImportConfig(source=str(source.absolute()))
    columns = look(config).columns
    return config.model_copy(update={role: role for role in ROLES if role in columns})


def _write_accepted(folder: Path) -> None:
    made = pq.read_table(folder / FILE)
    accepted = made.filter(pc.equal(made.column("outcome"), ACCEPTED)).select(WRITTEN)
    with row_writer(folder / ROWS, accepted.schema, "csv") as write:
        for batch in accepted.to_batches():
            write(batch)

"""Fine-tuning on plain files: rows in, and out a folder that holds the model, its score and its answers."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.config import parse_config
from core.data.importing import ImportConfig, import_dataset, look
from core.data.rows import SCHEMA
from core.data.workspace import Version, Workspace
from core.errors import FileError, InputError
from core.finetuning.config import FinetuneConfig
from core.finetuning.prediction import MODEL
from core.finetuning.processes import is_first
from core.finetuning.scored_rows import available, path_of
from core.finetuning.training import finetune
from core.jobs import Job
from core.storage import storage_errors

REPORT = "report.json"


def finetune_files(files: Mapping[str, Path], settings: Mapping[str, Any], output: Path) -> Job[dict[str, Any]]:
    """Fine-tune on `files` (split to path: train, and validation and test where there are any).

    `settings` are those of FinetuneConfig but for the version; columns are those of the files. Emits what
    core.finetuning.training.finetune does. The folder `output` is made, or replaced where it holds an earlier result:
    the model's files, which transformers.pipeline loads, the predictions of the validation and the test rows, and the
    result in report.json. Raises FileError, UnknownName, InputError, MissingResource and StorageError.
    """
    output = output.absolute()
    require_place(output)
    with storage_errors(output.parent), tempfile.TemporaryDirectory(prefix=".finetune-", dir=output.parent) as scratch:
        workspace, folder = Workspace(Path(scratch) / "home"), Path(scratch) / "run"
        folder.mkdir()
        config = parse_config(FinetuneConfig, {**settings, "version": "files"})
        version = yield from read_files(files, config, workspace)
        of_files = {"version": version.id, "text_column": None, "label_column": None}
        result = yield from finetune(config.model_copy(update=of_files), workspace, folder, False)
        if not is_first():
            return {}
        result = {**result, "model": str(output), "output": str(output)}
        finished = folder / MODEL
        for part in available(folder):
            path_of(folder, part).rename(path_of(finished, part))
        (finished / REPORT).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
        shutil.rmtree(output, ignore_errors=True)
        finished.rename(output)
    return result


def require_place(output: Path) -> None:
    """Raise InputError where `output` cannot become the folder of a result."""
    if not output.parent.is_dir():
        raise InputError(f"There is no folder {output.parent}.", "Name an output in a folder that is there.")
    if output.exists() and not (output / REPORT).is_file() and not (output.is_dir() and not any(output.iterdir())):
        problem = f"{output} is there already, and does not hold the result of a fine-tuning."
        raise InputError(problem, "Name a new folder, or an empty one.")


def read_files(files: Mapping[str, Path], config: FinetuneConfig, workspace: Workspace) -> Job[Version]:
    """Return a version with the rows of all `files`, each in its split.

    The columns of `config`, or else those that the training file suggests, are those of all files. Raises FileError,
    UnknownName, InputError.
    """
    for path in files.values():
        if not path.is_file():
            raise FileError(f"There is no file {path}.", "Name a file that is there.")
    text, label = _columns(files["train"], config)
    tables, seen, language = [], set[str](), "und"
    for split, path in files.items():
        wanted = ImportConfig(
            source=str(path.absolute()), name=f"{split} rows", text=text, label=label, split="", id=""
        )
        imported = yield from import_dataset(wanted, workspace, workspace.home, False)
        version = workspace.version(imported["version"])
        rows = pq.read_table(version.path, columns=SCHEMA.names)
        ids = [_new(row_id, seen) for row_id in rows["id"].to_pylist()]
        rows = rows.set_column(rows.column_names.index("id"), SCHEMA.field("id"), pa.array(ids, pa.string()))
        splits = pa.array([split] * len(rows), pa.string())
        tables.append(rows.set_column(rows.column_names.index("split"), SCHEMA.field("split"), splits))
        language = version.language if split == "train" else language
    staged = workspace.staging_path()
    pq.write_table(pa.concat_tables([rows.cast(SCHEMA) for rows in tables]), staged)
    sources = {split: path.name for split, path in files.items()}
    return workspace.add(staged, action="import", params=sources, name=files["train"].stem, language=language)


def _columns(path: Path, config: FinetuneConfig) -> tuple[str, str]:
    """Return the columns of text and label: the chosen ones, those called so, or the likeliest."""
    text, label = config.text_column, config.label_column
    looked = look(ImportConfig(source=str(path.absolute()), text=text, label=label, split="", id=""))
    label = label or ("label" if "label" in looked.columns and text != "label" else looked.mapping.label)
    if label is None:
        remedy = "Name it with --label-column."
        raise InputError(f"No column of {path.name} looks like the label of its rows.", remedy)
    return text or ("text" if "text" in looked.columns and label != "text" else looked.mapping.text), label


def _new(row_id: str, seen: set[str]) -> str:
    """Return the id of a row, with a number where another file has the same row."""
    name, number = row_id, 1
    while name in seen:
        number += 1
        name = f"{row_id}-{number}"
    seen.add(name)
    return name

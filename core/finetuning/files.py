"""Fine-tuning on plain files: rows in, and out a folder that holds the model, its score and its answers."""

import json
import shutil
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
from core.finetuning.interrupted import RUN, workplace
from core.finetuning.judging import Judgement, judge
from core.finetuning.model_card import model_card
from core.finetuning.prediction import MODEL
from core.finetuning.processes import is_first
from core.finetuning.scored_rows import available, path_of
from core.finetuning.take_home import CARD
from core.finetuning.training import finetune
from core.jobs import Job
from core.storage import storage_errors

REPORT = "report.json"
HOME = "home"


def finetune_files(
    files: Mapping[str, Path], settings: Mapping[str, Any], output: Path, resume: bool = False
) -> Job[dict[str, Any]]:
    """Fine-tune on `files` (split to path: train, and validation and test where there are any).

    `settings` are those of FinetuneConfig but for the version; columns are those of the files. Emits what
    core.finetuning.training.finetune does. The folder `output` is made, or replaced where it holds an earlier result:
    the model's files, which transformers.pipeline loads, its card, the predictions of the validation and the test
    rows, and the result in report.json. An interrupted training leaves its checkpoint beside `output`, and `resume`
    goes on with it. Raises FileError, UnknownName, InputError, MissingResource and StorageError.
    """
    output = output.resolve()
    require_place(output)
    _require_files(files)
    config = parse_config(FinetuneConfig, {**settings, "version": "files"})
    with storage_errors(output.parent), workplace(output, files, config, resume) as place:
        shutil.rmtree(place / HOME, ignore_errors=True)
        workspace, folder = Workspace(place / HOME), place / RUN
        version = yield from read_files(files, config, workspace)
        of_files = {"version": version.id, "text_column": None, "label_column": None}
        result = yield from finetune(config.model_copy(update=of_files), workspace, folder, resume)
        if not is_first():
            return {}
        result = {**result, "model": str(output), "output": str(output)}
        _finish(folder, model_card(output.name, config, result, [version], _judged(folder, result)), result)
        shutil.rmtree(output, ignore_errors=True)
        (folder / MODEL).rename(output)
    return result


def require_place(output: Path) -> None:
    """Raise InputError where `output` cannot become the folder of a result."""
    if not output.parent.is_dir():
        raise InputError(f"There is no folder {output.parent}.", "Name an output in a folder that is there.")
    if output.is_mount():
        raise InputError(f"{output} is a disk of its own, which cannot be replaced.", "Name a folder in it.")
    if output.exists() and not _is_result(output) and not (output.is_dir() and not any(output.iterdir())):
        problem = f"{output} is there already, and does not hold the result of a fine-tuning."
        raise InputError(problem, "Name a new folder, or an empty one.")


def _is_result(output: Path) -> bool:
    """Return whether a fine-tuning wrote this folder: others have a report.json too, and must not be deleted."""
    return (output / REPORT).is_file() and path_of(output, "validation").is_file()


def _judged(folder: Path, result: Mapping[str, Any]) -> list[Judgement]:
    return [judge(folder, part, result["labels"]) for part in reversed(available(folder))]


def _finish(folder: Path, card: str, result: Mapping[str, Any]) -> None:
    """Put into the model's folder what belongs to it."""
    finished = folder / MODEL
    for part in available(folder):
        path_of(folder, part).rename(path_of(finished, part))
    (finished / CARD).write_text(card, "utf-8")
    (finished / REPORT).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _require_files(files: Mapping[str, Path]) -> None:
    for path in files.values():
        if not path.is_file():
            raise FileError(f"There is no file {path}.", "Name a file that is there.")


def read_files(files: Mapping[str, Path], config: FinetuneConfig, workspace: Workspace) -> Job[Version]:
    """Return a version with the rows of all `files`, each in its split.

    The columns of `config`, or else those that the training file suggests, are those of all files. Raises FileError,
    UnknownName, InputError.
    """
    _require_files(files)
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
    said = {"filename": ", ".join(f"{name} ({split})" for split, name in sources.items())}
    return workspace.add(
        staged, action="import", params={**sources, **said}, name=files["train"].stem, language=language
    )


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

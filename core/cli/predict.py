"""`predict`: label the rows of a file with a fine-tuned model."""

import argparse
from pathlib import Path

from core.cli.commands import Commands, in_words, show, watcher
from core.data.row_writer import Format
from core.errors import InputError
from core.jobs import run

ENDINGS: dict[str, Format] = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".parquet": "parquet"}


def add(commands: Commands) -> None:
    """Add the command."""
    made = commands.add("predict", _predict, "Label the rows of a file with a fine-tuned model.")
    made.add_argument("model", type=Path, metavar="DIR", help="The folder of the model, or of the run that made it.")
    made.add_argument("--input", type=Path, required=True, metavar="FILE", help="CSV, TSV, JSONL, Parquet or text.")
    made.add_argument("--output", type=Path, required=True, metavar="FILE", help="CSV, TSV, JSONL or Parquet.")
    made.add_argument("--text", metavar="COLUMN", help="The column that holds the text. Default: the likeliest.")


def _predict(a: argparse.Namespace) -> int:
    from core.finetuning.labelling import label_file
    from core.finetuning.quick_prediction import quick_classifier

    format = ENDINGS.get(a.output.suffix.lower())
    if format is None:
        raise InputError(f"{a.output.name!r} has no known ending.", f"Use one of these: {', '.join(ENDINGS)}.")
    if a.output.is_dir() or not a.output.absolute().parent.is_dir():
        raise InputError(f"No file can be written to {a.output}.", "Name a file in a folder that is there.")
    if not a.model.is_dir():
        raise InputError(f"There is no folder {a.model}.", "Name the folder of a fine-tuned model.")
    if not a.input.is_file():
        raise InputError(f"There is no file {a.input}.", "Name a file that is there.")
    if a.output.resolve() == a.input.resolve():
        raise InputError(f"{a.input} would be replaced by its labels.", "Name another file with --output.")
    with quick_classifier(a.model) as classifier:
        result = run(label_file(classifier, a.input, a.output.absolute(), format, column=a.text), watcher(a))
    show(a, {**result, "output": str(a.output)}, in_words(result))
    return 0

"""`augment`: carry out an augmentation recipe on a file."""

import argparse
from pathlib import Path

from core.cli.commands import Commands, show, watcher
from core.jobs import run


def add(commands: Commands) -> None:
    """Add the command."""
    made = commands.add("augment", _augment, "Carry out an augmentation recipe on a file.")
    made.add_argument("--recipe", type=Path, required=True, metavar="R.yaml", help="The recipe, in YAML.")
    made.add_argument("--input", type=Path, required=True, metavar="FILE", help="CSV, TSV, JSONL or Parquet.")
    made.add_argument("--output", type=Path, required=True, metavar="FILE", help="The same, by its ending.")
    made.add_argument("--text", metavar="COLUMN", help="The column that holds the text. Default: text.")
    made.add_argument("--label", metavar="COLUMN", help="The column that holds the label. Default: label.")
    made.add_argument("--workers", type=int, default=1, metavar="N", help="How many processes. Default: 1.")


def _augment(a: argparse.Namespace) -> int:
    from core.augmentation.files import augment_file
    from core.augmentation.recipe_file import read_recipe

    files = a.recipe.absolute().parent
    job = augment_file(read_recipe(a.recipe), a.input, a.output, a.text, a.label, a.workers, files)
    report = run(job, watcher(a))
    show(a, report, str(report["summary"]))
    return 0

"""`finetune`: fine-tune BERT on a labelled dataset or on plain files, also as one of several processes of torchrun."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.commands import Commands, end_bar, in_words, on_version, run_stoppable, show, watcher, workspace
from core.config import parse_config
from core.errors import InputError
from core.jobs import Job, run
from core.options import given
from core.runs.kinds import KINDS
from core.runs.store import Run
from core.runs.worker import NICENESS
from core.storage import scratch_folder

if TYPE_CHECKING:
    from core.finetuning.config import FinetuneConfig
    from core.finetuning.pretrained import Pretrained

FILES = ("train", "validation", "test")


def add(commands: Commands) -> None:
    """Add the command."""
    made = commands.add("finetune", _finetune, "Fine-tune BERT on a labelled dataset or on files.")
    source = made.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", metavar="NAME", help="The dataset, or one version of it (NAME@2).")
    source.add_argument("--train", type=Path, metavar="FILE", help="CSV, TSV, JSONL or Parquet with text and label.")
    made.add_argument("--validation", type=Path, metavar="FILE", help="With --train: the rows that score the model.")
    made.add_argument("--test", type=Path, metavar="FILE", help="With --train: rows that it is scored on once, last.")
    made.add_argument("--output", type=Path, metavar="DIR", help="With --train: where the model is written.")
    made.add_argument("--resume", action="store_true", help="With --train: go on from the checkpoint beside DIR.")
    made.add_argument("--estimate", action="store_true", help="Only say what memory and time it would take.")
    commands.add_config(made, "finetune", "version")
    commands.add("estimate", _answer, "Used by the app: say what the training on standard input would take.")


def _finetune(a: argparse.Namespace) -> int:
    from core.finetuning.processes import is_first

    if a.train and not a.output and not a.estimate:
        raise InputError("The model of a training on files needs a place.", "Name a folder with --output.")
    if a.data and (a.validation or a.test or a.output):
        raise InputError("A dataset brings its own splits, and its model stays with the run.", "Leave out the files.")
    if a.data and a.resume:
        raise InputError("A training on a dataset is a run.", "Go on with it by: python -m core runs resume RUN.")
    if a.estimate:
        return _estimate(a)
    if is_first():
        _warn(a)
        return _on_files(a) if a.train else on_version("finetune")(a)
    return _join(partial(_joined, a))


def go_on(resumed: Run) -> int:
    """Carry out the part of a process but the first in a fine-tuning run that is resumed."""
    from core.finetuning.processes import copy_what_goes_on

    def job(folder: Path) -> Job[Any]:
        copy_what_goes_on(resumed.folder, folder)
        kind = KINDS["finetune"]
        return kind.load_job()(parse_config(kind.load_config(), resumed.config), workspace(), folder, True)

    return _join(job)


def _join(job: Callable[[Path], Job[Any]]) -> int:
    for number in (signal.SIGTERM, signal.SIGINT):  # the first process hears these, and tells the others to stop
        signal.signal(number, signal.SIG_IGN)
    with scratch_folder() as folder:
        run(job(folder))
    return 0


def _on_files(a: argparse.Namespace) -> int:
    from core.finetuning.files import finetune_files
    from core.finetuning.interrupted import has_checkpoint

    try:
        result = run_stoppable(finetune_files(_files(a), _settings(a), a.output, a.resume), watcher(a))
    except KeyboardInterrupt:
        end_bar(a)
        if has_checkpoint(a.output):
            print("To go on from the checkpoint: the same command with --resume.", file=sys.stderr)
        raise
    show(a, result, in_words(result))
    return 0


def _warn(a: argparse.Namespace) -> None:
    """Say before a row is read where the memory may not suffice; raise where the model cannot be used."""
    from core.finetuning.estimating import needs

    config = _config(a)
    needed = needs(config, _model(config))
    if needed.warning:
        print(needed.warning, file=sys.stderr)


def _joined(a: argparse.Namespace, folder: Path) -> Job[Any]:
    """Return the part of another process than the first: the same training, which tells and leaves nothing."""
    from core.finetuning.files import finetune_files
    from core.finetuning.interrupted import copy_interrupted

    if a.train:
        if a.resume:
            copy_interrupted(a.output, folder / "output")
        return finetune_files(_files(a), _settings(a), folder / "output", a.resume)
    version = workspace().find(a.data)
    kind = KINDS["finetune"]
    config = parse_config(kind.load_config(), {**_settings(a), "version": version.id})
    return kind.load_job()(config, workspace(), folder, False)


def _estimate(a: argparse.Namespace) -> int:
    from core.data.workspace import Workspace
    from core.finetuning.estimating import estimate
    from core.finetuning.files import read_files

    config = _config(a)
    _model(config)  # where it cannot be used, that is told before a row is read
    with scratch_folder() as folder:
        if a.data:
            version = workspace().find(a.data)
        else:
            version = run(read_files(_files(a), config, Workspace(folder)), watcher(a))
            config = config.model_copy(update={"text_column": None, "label_column": None})
        estimated = estimate(config, version)
    result = {**estimated.as_dict(), "summary": estimated.summary}
    show(a, result, in_words(result))
    return 0


def _answer(a: argparse.Namespace) -> int:
    from core.finetuning.estimate_apart import answer

    os.nice(NICENESS)  # as a training does, so that the steps tried are as quick as its own
    print(answer(sys.stdin.read()))
    return 0


def _files(a: argparse.Namespace) -> Mapping[str, Path]:
    return {split: path for split in FILES if (path := getattr(a, split))}


def _model(config: "FinetuneConfig") -> "Pretrained":
    from core.finetuning.pretrained import find_pretrained

    return find_pretrained(config.model, hub_only=workspace().is_private)


def _config(a: argparse.Namespace) -> "FinetuneConfig":
    from core.finetuning.config import FinetuneConfig

    return parse_config(FinetuneConfig, {**_settings(a), "version": a.data or "files"})


def _settings(a: argparse.Namespace) -> dict[str, Any]:
    return given(a, KINDS["finetune"].load_config())

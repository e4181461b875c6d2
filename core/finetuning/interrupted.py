"""A training on files that was interrupted leaves its checkpoint beside its output, and goes on with it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.finetuning import checkpoints
from core.finetuning.config import FinetuneConfig
from core.finetuning.processes import copy_what_goes_on
from core.text.embedded_model import sha256

ASKED = "asked.json"
RUN = "run"


def place_of(output: Path) -> Path:
    """Return the folder in which the training works whose result becomes the folder `output`."""
    output = output.resolve()
    return output.with_name(f".{output.name}.unfinished")


@contextmanager
def workplace(output: Path, files: Mapping[str, Path], config: FinetuneConfig, resume: bool) -> Iterator[Path]:
    """Give the folder in which a training of `config` on `files` works; only with a checkpoint it outlives the block.

    With `resume` it is the one that an interrupted training has left, where there is one, else it is empty. Raises
    InputError where that training was of other files or settings, or where one goes on there.
    """
    place = place_of(output)
    asked = {"settings": config.model_dump(mode="json"), "files": {name: sha256(path) for name, path in files.items()}}
    with _taken(place, output):
        if not (resume and (place / ASKED).is_file()):
            shutil.rmtree(place / RUN, ignore_errors=True)
            (place / RUN).mkdir()
            (place / ASKED).write_text(json.dumps(asked), "utf-8")
        elif _read(place) != asked:
            problem = f"The interrupted training of {output} is of other files or of other settings."
            raise InputError(problem, "Give those it was begun with, or leave out --resume to begin anew.")
        try:
            yield place
        finally:
            if not has_checkpoint(output):
                shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _taken(place: Path, output: Path) -> Iterator[None]:
    """Make the folder and keep other processes out of it. Raises InputError where one works in it."""
    place.mkdir(exist_ok=True)
    held = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            problem = f"A training whose result becomes {output} is going on."
            raise InputError(problem, "Wait for its end, or name another output.") from error
        yield
    finally:
        os.close(held)


def has_checkpoint(output: Path) -> bool:
    """Return whether a training of `output` was interrupted and can go on."""
    return any((place_of(output) / RUN / checkpoints.FOLDER).glob("*/checkpoint-*"))


def copy_interrupted(output: Path, other: Path) -> None:
    """Copy what was left of a training of `output` to where a process but the first trains for `other`."""
    if (place_of(output) / ASKED).is_file():
        (place_of(other) / RUN).mkdir(parents=True)
        shutil.copy(place_of(output) / ASKED, place_of(other))
        copy_what_goes_on(place_of(output) / RUN, place_of(other) / RUN)


def _read(place: Path) -> Any:
    try:
        return json.loads((place / ASKED).read_text("utf-8"))
    except ValueError:  # written to half by a process that was killed
        return None

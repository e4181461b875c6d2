"""What can be changed while a training runs: a small file in the run's folder, written by the page, read by the job."""

import json
from pathlib import Path
from typing import Literal

from pydantic import Field

from core import checkpoint
from core.config import Config, parse_config
from core.errors import InputError
from core.storage import storage_errors

FILE = "controls.json"

Part = Literal["discriminator", "generator", "both"]


class Controls(Config):
    """What the page wants of a running training. What is empty stays as the run was started with."""

    paused: bool = Field(default=False, description="Whether the training waits.")
    singles: int = Field(default=0, ge=0, description="How many single updates were asked for so far.")
    single: Part = Field(default="both", description="What the last of them updates.")
    d_updates: int | None = Field(
        default=None,
        title="Discriminator updates",
        ge=1,
        le=20,
        description="Updates of the discriminator in each step. Empty: as the run was started.",
    )
    g_updates: int | None = Field(
        default=None,
        title="Generator updates",
        ge=1,
        le=20,
        description="Updates of the generator in each step. Empty: as the run was started.",
    )
    d_learning_rate: float | None = Field(
        default=None,
        title="Discriminator's learning rate",
        gt=0,
        le=0.5,
        description="The discriminator's step size. Empty: as the run was started.",
    )
    g_learning_rate: float | None = Field(
        default=None,
        title="Generator's learning rate",
        gt=0,
        le=0.5,
        description="The generator's step size. Empty: as the run was started.",
    )


def write_controls(folder: Path, controls: Controls) -> None:
    """Let the training in `folder` go on as `controls` say. Raises StorageError."""
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        checkpoint.replace(folder / FILE, controls.model_dump_json().encode())


def read_controls(folder: Path) -> Controls:
    """Return what is wanted of the training in `folder`; nothing special where there is no such file.

    Raises InputError for a file that holds something else.
    """
    try:
        values = json.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return Controls()
    except ValueError as error:
        raise InputError(f"The file {FILE} is damaged.", "Delete it.") from error
    return parse_config(Controls, values if isinstance(values, dict) else {"": values})

"""`gan`: train generative adversarial networks, of pictures of digits and of text."""

import argparse
import shutil
from pathlib import Path

from core.cli.commands import Commands, follow, store
from core.cli.gan_text import add_text
from core.config import parse_config
from core.options import add_options, given
from core.runs.kinds import KINDS
from core.runs.store import TERMINAL


def add(commands: Commands) -> None:
    """Add the group."""
    group = commands.group("gan", "Train generative adversarial networks.")
    made = group.add("digits", _digits, "Train a GAN of handwritten digits.")
    made.add_argument("--output", type=Path, required=True, metavar="DIR", help="Where the finished model is written.")
    if "digits" in commands.typed:
        add_options(made, KINDS["gan_digits"].load_config())
    add_text(group)


def _digits(a: argparse.Namespace) -> int:
    config = KINDS["gan_digits"].load_config()
    values = parse_config(config, given(a, config)).model_dump(mode="json")
    runs = store()
    queued = runs.submit("gan_digits", f"GAN of {Path(values['data']).name}", values, lane=TERMINAL)
    code = follow(a, runs, queued)
    if code == 0:
        shutil.copytree(queued.folder / "model", a.output, dirs_exist_ok=True)
    return code

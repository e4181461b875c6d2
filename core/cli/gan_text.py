"""`gan text`: new rows for a dataset, by a text GAN."""

import argparse
from pathlib import Path

from core.cli.commands import Commands, run_stoppable, show, watcher
from core.config import parse_config
from core.options import add_options, given


def add_text(group: Commands) -> None:
    """Add the command to the group `gan`."""
    made = group.add("text", _text, "Train a text GAN on a file and let it write new rows.")
    made.add_argument("--input", type=Path, required=True, metavar="FILE", help="CSV, TSV, JSONL, Parquet, or lines.")
    made.add_argument("--output", type=Path, required=True, metavar="DIR", help="Where rows, model and report go.")
    made.add_argument("--resume", action="store_true", help="Go on from the checkpoint in DIR.")
    if "text" in group.typed:
        from core.gan.text.config import GanTextSettings

        add_options(made, GanTextSettings)


def _text(a: argparse.Namespace) -> int:
    from core.gan.text.config import GanTextSettings
    from core.gan.text.files import gan_file

    settings = parse_config(GanTextSettings, given(a, GanTextSettings))
    result = run_stoppable(gan_file(settings, a.input, a.output, a.resume), watcher(a))
    show(a, result, "\n".join([str(result["summary"]), *result["verdict"][1:], *result["notes"]]))
    return 0

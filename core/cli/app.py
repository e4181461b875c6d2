"""`worker` and `wordnet`: what the app itself and its set-up use."""

import argparse
import os
import sys
from typing import NoReturn

from core.cli.commands import Commands, show
from core.runs.worker import leave, serve
from core.storage import home_folder


def add(commands: Commands) -> None:
    """Add the commands."""
    made = commands.add("worker", _worker, "Used by the app: wait for runs on standard input.")
    made.add_argument("--warm", action="append", default=[], metavar="MODULE")
    commands.add("wordnet", _wordnet, "Find WordNet on this machine, or download it.")


def _worker(a: argparse.Namespace) -> NoReturn:
    ended = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever libraries print goes to the log
    leave(serve(a.warm, sys.stdin, ended))


def _wordnet(a: argparse.Namespace) -> int:
    from core.text.wordnet import get_wordnet

    folder = get_wordnet(home_folder())
    show(a, {"wordnet": str(folder)}, f"WordNet is in {folder}.")
    return 0

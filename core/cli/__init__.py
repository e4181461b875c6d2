"""The command line: a file of `core/cli` a group of commands, for people and scripts.

Exit code 0 for success, 1 with one sentence for what a person can mend, 2 for a wrong command line.
"""

import argparse
import json
import sys

from core.cli import app, augment, data, finetune, gan, lm, ngram, predict, runs
from core.cli.commands import Commands, end_bar
from core.errors import CorpusLabError

GROUPS = (data, augment, finetune, gan, lm, ngram, predict, runs, app)


def main(arguments: list[str] | None = None) -> int:
    """Carry out a command line and return its exit code."""
    typed = arguments if arguments is not None else sys.argv[1:]
    parser = argparse.ArgumentParser(prog="python -m core", description="Corpus Lab without a browser.")
    commands = Commands(parser.add_subparsers(required=True, metavar="COMMAND"), tuple(typed))
    for group in GROUPS:
        group.add(commands)
    parsed = parser.parse_args(typed)
    try:
        code: int = parsed.command(parsed)
        return code
    except CorpusLabError as error:
        end_bar(parsed)
        if getattr(parsed, "json", False):
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        end_bar(parsed)
        return 130

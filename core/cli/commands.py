"""What the commands share: how one is added, how a run is carried out, how a result is printed."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.config import Config, parse_config
from core.data.workspace import Workspace
from core.jobs import Event, Job, Progress, run
from core.options import add_options, given
from core.runs.kinds import KINDS
from core.runs.store import TERMINAL, Run, RunStore
from core.runs.worker import carry_out
from core.storage import home_folder

T = TypeVar("T")

Command = Callable[[argparse.Namespace], int]
BAR_WIDTH = 24


@dataclass(frozen=True)
class Commands:
    """A place where commands are added: argparse's subparsers, and the words that were typed."""

    parsers: Any
    typed: tuple[str, ...]

    def group(self, name: str, help: str) -> "Commands":
        """Add a group of commands and return its place."""
        parser = self.parsers.add_parser(name, help=help, description=help)
        return Commands(parser.add_subparsers(required=True, metavar="COMMAND"), self.typed)

    def add(self, name: str, work: Command, help: str) -> argparse.ArgumentParser:
        """Add a command that `work` carries out, with the option `--json`, and return its parser."""
        parser: argparse.ArgumentParser = self.parsers.add_parser(name, help=help, description=help)
        parser.add_argument("--json", action="store_true", help="Print the result as JSON, for machines.")
        parser.set_defaults(command=work)
        return parser

    def add_config(self, parser: argparse.ArgumentParser, kind: str, *leave_out: str) -> None:
        """Add the options of a kind of run; its config is imported only when the words typed name that kind."""
        if kind in self.typed:
            add_options(parser, KINDS[kind].load_config(), leave_out)


def workspace() -> Workspace:
    """Return the datasets of this home."""
    return Workspace(home_folder())


def store() -> RunStore:
    """Return the runs of this home."""
    return RunStore(home_folder(), workspace().owner)


def on_version(kind: str) -> Command:
    """Return a command that runs `kind` on the dataset version named by the option `data`."""

    def command(a: argparse.Namespace) -> int:
        version = workspace().find(a.data)
        return submit(a, kind, version.label, {"version": version.id}, (version.id,))

    return command


def submit(a: argparse.Namespace, kind: str, name: str, fixed: Mapping[str, Any], inputs: tuple[str, ...]) -> int:
    """Carry out a run in this process, with a progress bar, and print its result."""
    config: type[Config] = KINDS[kind].load_config()
    values = parse_config(config, {**given(a, config), **fixed}).model_dump(mode="json")
    runs = store()
    return follow(a, runs, runs.submit(kind, name, values, inputs, lane=TERMINAL))


def follow(a: argparse.Namespace, runs: RunStore, queued: Run) -> int:
    """Carry out a queued run in this process and print its result."""
    ended = carry_out(runs, queued.id, watch=watcher(a))
    result = {"run": ended.id, "state": ended.state, "seconds": round(ended.seconds, 1), **(ended.result or {})}
    if ended.state != "finished":
        result["error"] = ended.message
    show(a, result, in_words(result) if ended.state == "finished" else "")
    if ended.state == "finished":
        return 0
    print(ended.message, file=sys.stderr)
    if ended.resumable:
        print(f"To go on from the checkpoint: python -m core runs resume {ended.id}", file=sys.stderr)
    return 1


def watcher(a: argparse.Namespace) -> Callable[[Event], None]:
    """Return a watcher that draws progress on standard error where a person looks at it."""
    begun = time.monotonic()
    quiet = a.json or not sys.stderr.isatty()

    def watch(event: Event) -> None:
        if quiet or not isinstance(event, Progress):
            return
        line = f"{event.message} {event.done:,.0f} {event.unit}"
        if event.total:
            share = min(1.0, event.done / event.total)
            filled = "#" * round(share * BAR_WIDTH)
            left = (time.monotonic() - begun) * (1 - share) / share if share > 0 else 0
            line = f"[{filled:<{BAR_WIDTH}}] {share:4.0%} {line} of {event.total:,.0f}, {left:,.0f} s left"
        a.bar_goes_on = not event.total or event.done < event.total
        print(f"\r\033[K{line}", end="" if a.bar_goes_on else "\n", file=sys.stderr, flush=True)

    return watch


def end_bar(a: argparse.Namespace) -> None:
    """End the line of a progress bar that was drawn last and did not come to its end."""
    if getattr(a, "bar_goes_on", False):
        print(file=sys.stderr)
        a.bar_goes_on = False


def run_stoppable(job: Job[T], watch: Callable[[Event], object]) -> T:
    """Run `job`; Ctrl-C and SIGTERM end it at its next event, so that it leaves a checkpoint."""
    asked: list[int] = []

    def watching(event: Event) -> None:
        watch(event)
        if asked:
            raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda number, frame: asked.append(number)) for number in signals}
    try:
        return run(job, watching)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def in_words(result: Mapping[str, Any]) -> str:
    """Return what a result says to a person: its summary, and each of its notes in a line."""
    return "\n".join([*filter(None, [result.get("summary")]), *result.get("notes", ())])


def show(a: argparse.Namespace, result: object, text: str) -> None:
    """Print `result` as JSON where that is asked for, else `text`."""
    end_bar(a)
    if a.json:
        print(json.dumps(result, ensure_ascii=False, default=str))
    elif text:
        print(text)

"""`runs`: list, show, cancel and resume runs."""

import argparse

from core.cli.commands import Commands, follow, show, store
from core.cli.finetune import go_on
from core.runs.store import TERMINAL


def add(commands: Commands) -> None:
    """Add the group."""
    group = commands.group("runs", "List, show, cancel and resume runs.")
    group.add("list", _list, "List the runs, newest first.")
    for name, work, help in (
        ("show", _show, "Show a run with its latest numbers."),
        ("cancel", _cancel, "Cancel a run that the app is carrying out."),
        ("resume", _resume, "Go on with a run from its checkpoint, here."),
    ):
        group.add(name, work, help).add_argument("run", metavar="RUN")


def _list(a: argparse.Namespace) -> int:
    runs = store().runs()
    lines = [f"{run.id}  {run.state:<12} {run.kind:<10} {run.name}" for run in runs]
    shown = [{"run": run.id, "kind": run.kind, "name": run.name, "state": run.state} for run in runs]
    show(a, shown, "\n".join(lines) or "There is no run yet.")
    return 0


def _show(a: argparse.Namespace) -> int:
    from core.runs.curves import curves

    runs = store()
    run = runs.run(a.run)
    latest = {name: values[-1] for name, (_, values) in curves(runs.events(run.id)).items()}
    shown = {"run": run.id, "kind": run.kind, "name": run.name, "state": run.state, "message": run.message}
    text = "\n".join([f"{run.name}: {run.state}. {run.message}", *(f"  {k}: {v:.4g}" for k, v in latest.items())])
    show(a, {**shown, "config": run.config, "result": run.result, "latest": latest}, text)
    return 0


def _cancel(a: argparse.Namespace) -> int:
    runs = store()
    runs.request_cancel(a.run)
    show(a, {"run": a.run, "state": runs.run(a.run).state}, "Cancelling.")
    return 0


def _resume(a: argparse.Namespace) -> int:
    from core.finetuning.processes import is_first

    runs = store()
    if not is_first():
        return go_on(runs.run(a.run))
    return follow(a, runs, runs.resume(a.run, lane=TERMINAL))

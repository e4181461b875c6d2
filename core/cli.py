"""The command line: `data`, `augment`, `finetune` and `runs` for people and scripts, `worker` and `wordnet` for
the app itself.

Exit code 0 for success, 1 with one sentence for what a person can mend, 2 for a wrong command line.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.config import Config, parse_config
from core.data.workspace import Version, Workspace
from core.errors import CorpusLabError
from core.jobs import Event, Progress, run
from core.options import add_options, given
from core.runs.kinds import KINDS
from core.runs.store import TERMINAL, Run, RunStore
from core.runs.worker import carry_out, serve
from core.storage import home_folder

Command = Callable[[argparse.Namespace], int]
BAR_WIDTH = 24


def main(arguments: list[str] | None = None) -> int:
    """Carry out a command line and return its exit code."""
    parsed = _parser(arguments if arguments is not None else sys.argv[1:])
    command: Command = parsed.command
    try:
        return command(parsed)
    except CorpusLabError as error:
        if getattr(parsed, "json", False):
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m core", description="Corpus Lab without a browser.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="Print the result as JSON, for machines.")

    def command(group: Any, name: str, work: Command, help: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = group.add_parser(name, parents=[as_json], help=help, description=help)
        made.set_defaults(command=work)
        return made

    data = commands.add_parser("data", help="Import, list, show, change and export datasets.")
    group = data.add_subparsers(required=True, metavar="COMMAND")
    made = command(group, "import", _import, "Import a file, builtin:NAME or hub:ID as a dataset.")
    made.add_argument("source", metavar="FILE|builtin:NAME|hub:ID")
    _add_config(made, "import", arguments, "source")
    command(group, "list", _list, "List the datasets.")
    made = command(group, "show", _show, "Show a dataset: its versions, labels and first rows.")
    made.add_argument("name")
    made = command(group, "export", _export, "Write a dataset to a file.")
    made.add_argument("name")
    made.add_argument("--format", choices=("csv", "jsonl", "parquet"), required=True)
    made.add_argument("--output", type=Path, required=True, metavar="PATH")
    made = command(group, "delete", _delete, "Delete a dataset, or one version of it (NAME@2).")
    made.add_argument("name")
    for kind, help in (
        ("preprocess", "Clean and filter a dataset into a new version."),
        ("split", "Assign rows to train, validation and test."),
    ):
        made = command(group, kind, _make_version_command(kind), help)
        made.add_argument("data", metavar="NAME")
        _add_config(made, kind, arguments, "version")

    made = command(commands, "finetune", _make_version_command("finetune"), "Fine-tune BERT on a labelled dataset.")
    made.add_argument("--data", required=True, metavar="NAME", help="The dataset, or one version of it (NAME@2).")
    _add_config(made, "finetune", arguments, "version")

    made = command(commands, "augment", _augment, "Carry out an augmentation recipe on a file.")
    made.add_argument("--recipe", type=Path, required=True, metavar="R.yaml", help="The recipe, in YAML.")
    made.add_argument("--input", type=Path, required=True, metavar="FILE", help="CSV, TSV, JSONL or Parquet.")
    made.add_argument("--output", type=Path, required=True, metavar="FILE", help="The same, by its ending.")
    made.add_argument("--text", metavar="COLUMN", help="The column that holds the text. Default: text.")
    made.add_argument("--label", metavar="COLUMN", help="The column that holds the label. Default: label.")
    made.add_argument("--workers", type=int, default=1, metavar="N", help="How many processes. Default: 1.")

    runs = commands.add_parser("runs", help="List, show, cancel and resume runs.")
    group = runs.add_subparsers(required=True, metavar="COMMAND")
    command(group, "list", _runs, "List the runs, newest first.")
    for name, work, help in (
        ("show", _run_show, "Show a run with its latest numbers."),
        ("cancel", _run_cancel, "Cancel a run that the app is carrying out."),
        ("resume", _run_resume, "Go on with a run from its checkpoint, here."),
    ):
        command(group, name, work, help).add_argument("run", metavar="RUN")

    made = commands.add_parser("worker", help="Used by the app: wait for a run on standard input.")
    made.add_argument("--warm", action="append", default=[], metavar="MODULE")
    made.set_defaults(command=lambda a: serve(home_folder(), a.warm, sys.stdin))
    command(commands, "wordnet", _wordnet, "Find WordNet on this machine, or download it.")
    return parser.parse_args(arguments)


def _add_config(parser: argparse.ArgumentParser, kind: str, arguments: list[str], leave_out: str) -> None:
    """Add the options of a kind of run; its config is imported only when the command line names that kind."""
    if kind in arguments:
        add_options(parser, KINDS[kind].load_config(), (leave_out,))


def _import(a: argparse.Namespace) -> int:
    source = a.source if ":" in a.source and not Path(a.source).exists() else str(Path(a.source).absolute())
    return _carry_out(a, "import", a.source, {"source": source}, ())


def _make_version_command(kind: str) -> Command:
    def command(a: argparse.Namespace) -> int:
        version = _workspace().find(a.data)
        return _carry_out(a, kind, version.label, {"version": version.id}, (version.id,))

    return command


def _carry_out(a: argparse.Namespace, kind: str, name: str, fixed: Mapping[str, Any], inputs: tuple[str, ...]) -> int:
    """Carry out a run in this process, with a progress bar, and print its result."""
    config: type[Config] = KINDS[kind].load_config()
    values = parse_config(config, {**given(a, config), **fixed}).model_dump(mode="json")
    store = _store()
    return _follow(a, store, store.submit(kind, name, values, inputs, lane=TERMINAL))


def _follow(a: argparse.Namespace, store: RunStore, queued: Run) -> int:
    ended = carry_out(store, queued.id, watch=_bar() if not a.json else lambda event: None)
    result = {"run": ended.id, "state": ended.state, "seconds": round(ended.seconds, 1), **(ended.result or {})}
    if ended.state != "finished":
        result["error"] = ended.message
    _print(a, result, str(result.get("summary", "")) if ended.state == "finished" else "")
    if ended.state == "finished":
        return 0
    print(ended.message, file=sys.stderr)
    if ended.resumable:
        print(f"To go on from the checkpoint: python -m core runs resume {ended.id}", file=sys.stderr)
    return 1


def _bar() -> Callable[[Event], None]:
    """Return a watcher that draws progress on standard error when a person looks at it."""
    begun = time.monotonic()

    def watch(event: Event) -> None:
        if not isinstance(event, Progress) or not sys.stderr.isatty():
            return
        line = f"{event.message} {event.done:,.0f} {event.unit}"
        if event.total:
            share = min(1.0, event.done / event.total)
            filled = "#" * round(share * BAR_WIDTH)
            left = (time.monotonic() - begun) * (1 - share) / share if share > 0 else 0
            line = f"[{filled:<{BAR_WIDTH}}] {share:4.0%} {line} of {event.total:,.0f}, {left:,.0f} s left"
        end = "\n" if event.total and event.done >= event.total else ""
        print(f"\r\033[K{line}", end=end, file=sys.stderr, flush=True)

    return watch


def _list(a: argparse.Namespace) -> int:
    versions = _workspace().latest()
    lines = [f"{v.label:<32} {v.rows:>10,} rows  {v.language:<4} {v.action}" for v in versions]
    _print(a, [_described(v) for v in versions], "\n".join(lines) or "There is no dataset yet.")
    return 0


def _show(a: argparse.Namespace) -> int:
    from core.data.explore import facets, rows_page

    workspace = _workspace()
    version = workspace.find(a.name)
    labels = {label: count for label, count in facets(version).labels.items if label is not None}
    rows = rows_page(version, limit=5).rows.select(["id", "text", "label", "split"]).to_pylist()
    history = [_described(v) for v in workspace.versions(version.dataset_id)]
    lines = [f"{version.label}: {version.rows:,} rows, language {version.language}", *version.notes]
    lines += ["", "Versions:", *(f"  {v['version']:>3}  {v['action']:<12} {v['rows']:>10,} rows" for v in history)]
    lines += ["", "Labels:", *(f"  {count:>10,}  {label}" for label, count in labels.items())] if labels else []
    lines += ["", "First rows:", *(f"  {row['label'] or '':<12} {row['text'][:90]}" for row in rows)]
    shown = {**_described(version), "notes": version.notes, "labels": labels, "history": history, "first_rows": rows}
    _print(a, shown, "\n".join(lines))
    return 0


def _augment(a: argparse.Namespace) -> int:
    from core.augmentation.files import augment_file
    from core.augmentation.recipe_file import read_recipe

    job = augment_file(read_recipe(a.recipe), a.input, a.output, a.text, a.label, a.workers)
    report = run(job, _bar() if not a.json else lambda event: None)
    _print(a, report, str(report["summary"]))
    return 0


def _export(a: argparse.Namespace) -> int:
    from core.data.exporting import export

    result = run(export(_workspace().find(a.name), a.output, a.format), _bar() if not a.json else lambda event: None)
    _print(a, dict(result), str(result["summary"]))
    return 0


def _delete(a: argparse.Namespace) -> int:
    workspace = _workspace()
    version = workspace.find(a.name)
    if "@" in a.name:
        workspace.delete_version(version.id)
    else:
        workspace.delete_dataset(version.dataset_id)
    _print(a, {"deleted": a.name}, f"{a.name} is deleted.")
    return 0


def _runs(a: argparse.Namespace) -> int:
    runs = _store().runs()
    lines = [f"{run.id}  {run.state:<12} {run.kind:<10} {run.name}" for run in runs]
    shown = [{"run": run.id, "kind": run.kind, "name": run.name, "state": run.state} for run in runs]
    _print(a, shown, "\n".join(lines) or "There is no run yet.")
    return 0


def _run_show(a: argparse.Namespace) -> int:
    from core.runs.curves import curves

    store = _store()
    run = store.run(a.run)
    latest = {name: values[-1] for name, (_, values) in curves(store.events(run.id)).items()}
    shown = {"run": run.id, "kind": run.kind, "name": run.name, "state": run.state, "message": run.message}
    text = "\n".join([f"{run.name}: {run.state}. {run.message}", *(f"  {k}: {v:.4g}" for k, v in latest.items())])
    _print(a, {**shown, "config": run.config, "result": run.result, "latest": latest}, text)
    return 0


def _run_cancel(a: argparse.Namespace) -> int:
    _store().request_cancel(a.run)
    _print(a, {"run": a.run, "state": _store().run(a.run).state}, "Cancelling.")
    return 0


def _run_resume(a: argparse.Namespace) -> int:
    store = _store()
    return _follow(a, store, store.resume(a.run, lane=TERMINAL))


def _wordnet(a: argparse.Namespace) -> int:
    from core.text.wordnet import get_wordnet

    folder = get_wordnet(home_folder())
    _print(a, {"wordnet": str(folder)}, f"WordNet is in {folder}.")
    return 0


def _described(version: Version) -> dict[str, Any]:
    return {
        "name": version.dataset,
        "version": version.number,
        "id": version.id,
        "action": version.action,
        "rows": version.rows,
        "language": version.language,
        "columns": list(version.columns),
    }


def _workspace() -> Workspace:
    return Workspace(home_folder())


def _store() -> RunStore:
    return RunStore(home_folder(), _workspace().owner)


def _print(a: argparse.Namespace, shown: object, text: str) -> None:
    if a.json:
        print(json.dumps(shown, ensure_ascii=False, default=str))
    elif text:
        print(text)

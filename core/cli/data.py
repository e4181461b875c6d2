"""`data`: import, list, show, change, export and delete datasets."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.commands import Commands, on_version, show, submit, watcher, workspace
from core.data.sources.formats import split_name
from core.data.workspace import Version
from core.jobs import run


def add(commands: Commands) -> None:
    """Add the group."""
    group = commands.group("data", "Import, list, show, change and export datasets.")
    made = group.add("import", _import, "Import a file, builtin:NAME, idx:FOLDER or hub:ID as a dataset.")
    made.add_argument("source", metavar="FILE|builtin:NAME|idx:FOLDER|hub:ID")
    group.add_config(made, "import", "source")
    group.add("list", _list, "List the datasets.")
    group.add("show", _show, "Show a dataset: its versions, labels and first rows.").add_argument("name")
    made = group.add("export", _export, "Write a dataset to a file.")
    made.add_argument("name")
    made.add_argument("--format", choices=("csv", "jsonl", "parquet"), required=True)
    made.add_argument("--output", type=Path, required=True, metavar="PATH")
    group.add("delete", _delete, "Delete a dataset, or one version of it (NAME@2).").add_argument("name")
    for kind, help in (
        ("preprocess", "Clean and filter a dataset into a new version."),
        ("split", "Assign rows to train, validation and test."),
    ):
        made = group.add(kind, on_version(kind), help)
        made.add_argument("data", metavar="NAME")
        group.add_config(made, kind, "version")


def _import(a: argparse.Namespace) -> int:
    source = a.source if ":" in a.source and not Path(a.source).exists() else str(Path(a.source).absolute())
    name = getattr(a, "name", "") or split_name(a.source.rpartition(":")[2])[0]
    return submit(a, "import", name, {"source": source}, ())


def _list(a: argparse.Namespace) -> int:
    versions = workspace().latest()
    lines = [f"{v.label:<32} {v.rows:>10,} rows  {v.language:<4} {v.action}" for v in versions]
    show(a, [_described(v) for v in versions], "\n".join(lines) or "There is no dataset yet.")
    return 0


def _show(a: argparse.Namespace) -> int:
    from core.data.explore import facets, rows_page
    from core.text.language import language_in_words

    datasets = workspace()
    version = datasets.find(a.name)
    labels = {label: count for label, count in facets(version).labels.items if label is not None}
    rows = rows_page(version, limit=5).rows.select(["id", "text", "label", "split"]).to_pylist()
    history = [_described(v) for v in datasets.versions(version.dataset_id)]
    language = language_in_words(version.language)
    lines = [f"{version.label}: {version.rows_in_words}, {language}", *version.notes]
    lines += ["", "Versions:", *(f"  {v['version']:>3}  {v['action']:<12} {v['rows']:>10,} rows" for v in history)]
    lines += ["", "Labels:", *(f"  {count:>10,}  {label}" for label, count in labels.items())] if labels else []
    lines += ["", "First rows:", *(f"  {row['label'] or '':<12} {row['text'][:90]}" for row in rows)]
    shown = {**_described(version), "notes": version.notes, "labels": labels, "history": history, "first_rows": rows}
    show(a, shown, "\n".join(lines))
    return 0


def _export(a: argparse.Namespace) -> int:
    from core.data.exporting import export

    result = run(export(workspace().find(a.name), a.output, a.format), watcher(a))
    show(a, dict(result), str(result["summary"]))
    return 0


def _delete(a: argparse.Namespace) -> int:
    datasets = workspace()
    version = datasets.find(a.name)
    if "@" in a.name:
        datasets.delete_version(version.id)
    else:
        datasets.delete_dataset(version.dataset_id)
    show(a, {"deleted": a.name}, f"{a.name} is deleted.")
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

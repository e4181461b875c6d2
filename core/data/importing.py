"""Import: from a file, a built-in dataset or the hub to the first version of a dataset; and a look before it."""

import math
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import duckdb
from pydantic import Field

from core.config import Config
from core.data.checking import checked_mapping, is_export
from core.data.columns import open_columns
from core.data.conforming import exported_plan, mapped_plan, write_rows
from core.data.mapping import looks_like_text, resolve_mapping
from core.data.sources.encoding import EncodingName
from core.data.sources.files import FileSource, Header, open_file
from core.data.sources.formats import Format
from core.data.sources.source import ColumnMapping, Source
from core.data.staging import Staged, stage
from core.data.table import connection, quoted
from core.data.workspace import Workspace, clean_name
from core.errors import InputError, StorageError
from core.jobs import Job
from core.storage import storage_errors

LOOK_ROWS = 20
LOOK_CHARACTERS = 2_000
LANGUAGE_TEXTS = 1_000
LANGUAGE_CHARACTERS = 2_000  # of each text
DISK_FACTOR = 2.5  # the staged rows and the finished file, beside the file itself
GZIP_FACTOR = 5  # what gzip makes of text, about


class ImportConfig(Config):
    """What to import, and how to read it. What is left empty is found from the content."""

    source: str = Field(
        min_length=1,
        max_length=4_000,
        description="A path to a file, builtin:NAME for a built-in dataset, idx:FOLDER for pictures in idx files such "
        "as MNIST, or hub:OWNER/NAME for one of the hub.",
    )
    name: str | None = Field(
        default=None, max_length=200, description="The name of the dataset; the source's name if empty."
    )
    filename: str | None = Field(
        default=None, max_length=1_000, description="What an uploaded file was called; its ending tells the format."
    )
    text: str | None = Field(default=None, min_length=1, description="The column that holds the text.")
    label: str | None = Field(default=None, description="The column that holds the label; an empty text for none.")
    split: str | None = Field(
        default=None, description="The column that says train, validation or test; empty text for none."
    )
    id: str | None = Field(default=None, description="The column that names each row; an empty text for none.")
    format: Literal["auto", Format] = Field(default="auto", description="How the file is written.")
    encoding: Literal["auto", EncodingName] = Field(default="auto", description="The encoding of a text file.")
    header: Header = Field(default="auto", description="Whether the first row of a table names the columns.")
    row_limit: int | None = Field(default=None, ge=1, description="Import the first rows only, this many.")
    hub_config: str | None = Field(default=None, max_length=200, description="The configuration of a hub dataset.")
    hub_split: str | None = Field(
        default=None, max_length=200, description="The split of a hub dataset, such as train."
    )

    def chosen(self) -> dict[str, str | None]:
        """Return the columns that were chosen, by role; None where one is to be guessed, "" for none."""
        return {"text": self.text, "label": self.label, "split": self.split, "id": self.id}

    def keeps_roles(self) -> bool:
        """Say whether no other column was chosen than the one that has the role's name, as in an exported file."""
        return all(column in (None, role) for role, column in self.chosen().items())


@dataclass(frozen=True)
class Preview:
    """The beginning of a source: its columns and first rows, and the guesses that an import would make."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]  # JSON types; long texts are cut
    mapping: ColumnMapping
    notes: tuple[str, ...]
    format: str  # a file's Format, "builtin" or "hub"
    encoding: str | None
    language: str


def open_source(config: ImportConfig, scratch: Path | None = None) -> Source:
    """Return the source that `config` names, opened. Raises what the source's own open raises."""
    kind, _, name = config.source.partition(":")
    if kind == "builtin":
        from core.data.sources.builtin import BUILTINS

        return BUILTINS[name].open()
    if kind == "idx":
        from core.data.sources.images import open_idx

        return open_idx(Path(name))
    if kind == "hub":
        from core.data.sources.hub import ROW_LIMIT, open_hub

        return open_hub(name, config.hub_config, config.hub_split, config.row_limit or ROW_LIMIT)
    return open_file(
        Path(config.source),
        filename=config.filename,
        format=config.format,
        encoding=config.encoding,
        header=config.header,
        scratch=scratch,
    )


def look(source: str | ImportConfig, rows: int = LOOK_ROWS) -> Preview:
    """Return the first `rows` rows and the guesses, from the beginning of the source alone.

    Raises what importing would raise about that beginning, and UnknownName for a chosen column that is not there.
    """
    from core.text.language import detect_language

    config = ImportConfig(source=source) if isinstance(source, str) else source
    opened = open_source(config)
    first = next(opened.batches).slice(0, LANGUAGE_TEXTS)
    if isinstance(opened.batches, Generator):
        opened.batches.close()
    samples: dict[str, list[object]] = first.to_pydict()
    mapping = resolve_mapping(samples, opened.mapping, config.chosen())
    texts = [text for text in samples[mapping.text] if isinstance(text, str)]
    notes = list(opened.notes)
    if any(samples[mapping.text]) and not looks_like_text(samples[mapping.text]):
        notes.append(f"The text column {mapping.text!r} holds numbers and no words in the first rows.")
    kind = opened.format if isinstance(opened, FileSource) else config.source.partition(":")[0]
    return Preview(
        columns=tuple(samples),
        rows=tuple({k: _shown(v) for k, v in row.items()} for row in islice(first.to_pylist(), rows)),
        mapping=mapping,
        notes=tuple(notes),
        format=kind,
        encoding=opened.encoding if isinstance(opened, FileSource) else None,
        language=opened.language or detect_language(texts),
    )


def import_dataset(config: ImportConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Import a source as the first version of a new dataset.

    Returns {"version": its id, "rows": how many, "summary": a sentence, "notes": sentences}. Nothing stays behind on
    failure or when the job is closed; a resumed import starts again. Raises FileError, InputError, MissingResource and
    StorageError, each with what to do.
    """
    wanted = clean_name(config.name) if config.name else None
    staged, target = Staged(), workspace.staging_path()
    try:
        source = open_source(config, scratch=target.parent)
        _check_disk(source, workspace)
        label: str | None = None
        found: list[str] = []
        yield from stage(source, staged, workspace, config.row_limit)
        with connection(target.parent) as duck:
            columns = open_columns(duck, staged, source.format if isinstance(source, FileSource) else None)
            if config.keeps_roles() and is_export(duck, columns):
                plan = exported_plan(duck, columns)
            else:
                mapping = resolve_mapping(staged.sample, source.mapping, config.chosen())
                mapping, found = checked_mapping(duck, columns, mapping, config.chosen())
                config = config.model_copy(update={role: name or "" for role, name in mapping})
                plan, label = mapped_plan(duck, columns, mapping), mapping.label
            with storage_errors(workspace.home):
                yield from write_rows(duck, columns, plan, target)
            labels, language, missing = _facts(duck, target, label)
        version = workspace.add(
            target,
            action="import",
            params=config.model_dump(mode="json"),
            name=wanted or _name(source),
            language=source.language or language,
            notes=[*source.notes, *plan.notes, *found, *missing],
        )
    finally:
        staged.discard()
        target.unlink(missing_ok=True)
    rows = version.rows_in_words
    summary = f"Imported {rows} as {version.label}."
    if labels > 1:
        summary = f"Imported {rows} with {labels:,} different labels as {version.label}."
    return {"version": version.id, "rows": version.rows, "summary": summary, "notes": version.notes}


def _name(source: Source) -> str:
    try:
        return clean_name(source.name)
    except InputError:
        return "dataset"


def _check_disk(source: Source, workspace: Workspace) -> None:
    """Raise StorageError where the disk has no room for the import of a file."""
    if source.unit != "bytes" or source.total is None:
        return
    gzipped = isinstance(source, FileSource) and source.gzipped
    needed = int(source.total * DISK_FACTOR * (GZIP_FACTOR if gzipped else 1))
    with storage_errors(workspace.home):
        free = shutil.disk_usage(workspace.home).free
    if free < needed:
        problem = f"This import needs about {needed / 1e6:,.0f} MB on the disk, and {free / 1e6:,.0f} MB are free."
        raise StorageError(problem, "Free some space, then try again; nothing that was there is lost.")


def _facts(duck: duckdb.DuckDBPyConnection, target: Path, label: str | None) -> tuple[int, str, list[str]]:
    """Return the number of different labels, the language, and notes on what is missing. `label` is its column."""
    from core.text.language import detect_language

    filled = r"regexp_matches(text, '\S')"  # five times as fast as comparing trim(text)
    file = f"read_parquet('{quoted(target)}', file_row_number = true)"
    counts = f"SELECT count(*), count(*) - count_if({filled}), count(label), count(DISTINCT label) FROM {file}"
    rows, textless, labelled, labels = duck.execute(counts).fetchall()[0]
    notes = [f"Rows without text: {textless:,}."] if textless else []
    if label and not labelled:
        notes.append(f"The label column {label!r} is empty in every row, so the dataset has no labels.")
    elif 0 < labelled < rows:
        notes.append(f"Rows without a label: {rows - labelled:,}.")
    every = max(1, rows // LANGUAGE_TEXTS)
    some = f"file_row_number % {every} = 0 AND {filled}"
    texts = duck.execute(f"SELECT left(text, {LANGUAGE_CHARACTERS}) FROM {file} WHERE {some}").fetchall()
    return labels, detect_language(text for (text,) in texts), notes


def _shown(value: object) -> str | int | float | None:
    if value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)[:LOOK_CHARACTERS]

"""The workspace: datasets and their immutable versions, each a Parquet file and a row in SQLite.

A version's history is a graph: every action adds a version with a parent and the parameters that made it.
Every read and write checks the owner; ids cannot be guessed.
"""

import json
import re
import shutil
import sqlite3
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from core.errors import InputError, NotFound
from core.registry import unknown_name
from core.storage import database, storage_errors

LOCAL_OWNER = "local"
MAX_NAME = 80

TABLES = """
CREATE TABLE IF NOT EXISTS datasets (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, created REAL NOT NULL,
    last_number INTEGER NOT NULL DEFAULT 0, UNIQUE (owner, name));
CREATE TABLE IF NOT EXISTS versions (
    id TEXT PRIMARY KEY, dataset_id TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE,
    number INTEGER NOT NULL, parent_id TEXT, action TEXT NOT NULL, params TEXT NOT NULL, rows INTEGER NOT NULL,
    columns TEXT NOT NULL, language TEXT NOT NULL, notes TEXT NOT NULL, created REAL NOT NULL,
    UNIQUE (dataset_id, number));
"""

SELECT = """
SELECT versions.*, datasets.name AS dataset FROM versions JOIN datasets ON datasets.id = versions.dataset_id
WHERE datasets.owner = ?"""


@dataclass(frozen=True)
class Version:
    """One immutable state of a dataset. `path` is its Parquet file, `created` seconds since 1970 (UTC)."""

    id: str
    dataset_id: str
    dataset: str  # the dataset's name
    number: int  # 1 for the first version, never used twice
    parent_id: str | None
    action: str  # import, preprocess, split, ...
    params: Mapping[str, Any] = field(compare=False)
    rows: int
    columns: tuple[str, ...]
    language: str  # ISO 639-1 ("en", "zh"), "mul" for several, "und" for undetermined
    notes: tuple[str, ...]  # sentences worth knowing about how it was made
    created: float
    path: Path

    @property
    def label(self) -> str:
        """The name a person sees and types: `reviews@2`."""
        return f"{self.dataset}@{self.number}"

    @property
    def rows_in_words(self) -> str:
        """How many rows it has: `1 row`, `1,200 rows`."""
        return "1 row" if self.rows == 1 else f"{self.rows:,} rows"


class Workspace:
    """The datasets of one owner in one home folder."""

    def __init__(self, home: Path, owner: str = LOCAL_OWNER) -> None:
        self.home = home
        self.owner = owner

    @property
    def is_private(self) -> bool:
        """Whether it is a visitor's of a server, and not that of the person whose machine it is."""
        return self.owner != LOCAL_OWNER

    def latest(self) -> list[Version]:
        """Return the newest version of each dataset, the most recently changed first."""
        newest: dict[str, Version] = {}
        for version in self._select("ORDER BY versions.created"):
            newest.pop(version.dataset_id, None)
            newest[version.dataset_id] = version
        return list(reversed(newest.values()))

    def versions(self, dataset_id: str) -> list[Version]:
        """Return every version of a dataset, oldest first."""
        return self._select("AND dataset_id = ? ORDER BY number", dataset_id)

    def version(self, version_id: str) -> Version:
        """Return one version. Raises NotFound."""
        found = self._select("AND versions.id = ?", version_id)
        if not found:
            raise NotFound("This dataset version is not there any more.", "Choose another one on the Datasets page.")
        return found[0]

    def find(self, name: str) -> Version:
        """Return the version that `name` ("reviews", "reviews@2" or a version id) means. Raises UnknownName."""
        by_id = self._select("AND versions.id = ?", name)
        if by_id:
            return by_id[0]
        latest = {version.dataset: version for version in self.latest()}
        if name in latest:
            return latest[name]
        dataset, _, _ = name.rpartition("@")
        if dataset in latest:
            numbered = {v.label: v for v in self.versions(latest[dataset].dataset_id)}
            if name in numbered:
                return numbered[name]
            raise unknown_name("dataset version", name, numbered)
        raise unknown_name("dataset", name, latest)

    def staging_path(self) -> Path:
        """Return a new path for a Parquet file that is being written; hand it to `add` when it is complete."""
        folder = self.home / "staging"
        with storage_errors(self.home):
            folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{uuid.uuid4().hex}.parquet"

    def exports_folder(self) -> Path:
        """Return the folder of the copies made for download, `<version id>.<format>`. It may not exist yet."""
        return self.home / "cache" / "exports"

    def add(
        self,
        staged: Path,
        *,
        action: str,
        params: Mapping[str, Any],
        name: str | None = None,
        parent: Version | None = None,
        language: str | None = None,
        notes: Sequence[str] = (),
    ) -> Version:
        """Make the complete Parquet file `staged` a version, of `parent`'s dataset or of a new one named `name`.

        A name that is taken gets a number ("reviews 2"). The file is moved, not copied. Where `parent` was deleted
        meanwhile, its own parent stands in for it. Raises StorageError, NotFound where the dataset is gone or is not
        the owner's.
        """
        with pq.ParquetFile(staged) as file:
            rows, columns = file.metadata.num_rows, file.schema_arrow.names
        version_id = uuid.uuid4().hex
        path = self._path(version_id)
        try:
            with storage_errors(self.home):
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(staged, path)
            with database(self.home, TABLES) as db:
                db.execute("BEGIN IMMEDIATE")  # what is read from here on stays true until the commit
                dataset_id = parent.dataset_id if parent else self._new_dataset(db, clean_name(name or "dataset"))
                values = {
                    "id": version_id,
                    "dataset_id": dataset_id,
                    "number": self._next_number(db, dataset_id),
                    "parent_id": _present(db, parent) if parent else None,
                    "action": action,
                    "params": json.dumps(dict(params), ensure_ascii=False),
                    "rows": rows,
                    "columns": json.dumps(columns, ensure_ascii=False),
                    "language": language or (parent.language if parent else "und"),
                    "notes": json.dumps(list(notes), ensure_ascii=False),
                    "created": time.time(),
                }
                names = ", ".join(values)
                marks = ", ".join("?" * len(values))
                db.execute(f"INSERT INTO versions ({names}) VALUES ({marks})", tuple(values.values()))
        except BaseException:
            with suppress(OSError):  # on a disk that fails, the first error is the one to tell
                path.unlink()
            raise
        return self.version(version_id)

    def rename(self, dataset_id: str, name: str) -> None:
        """Give a dataset another name. Raises InputError where the name is empty, too long or taken."""
        cleaned = clean_name(name)
        try:
            with database(self.home, TABLES) as db:
                changed = db.execute(
                    "UPDATE datasets SET name = ? WHERE id = ? AND owner = ?",
                    (cleaned, dataset_id, self.owner),
                ).rowcount
        except sqlite3.IntegrityError:
            raise InputError(f"There is already a dataset named {cleaned!r}.", "Choose another name.") from None
        if not changed:
            raise NotFound("This dataset is not there any more.", "Reload the page.")

    def delete_version(self, version_id: str) -> None:
        """Delete one version and its file; its children become children of its parent. Raises NotFound.

        A dataset goes with its last version.
        """
        version = self.version(version_id)
        with database(self.home, TABLES) as db:
            db.execute("UPDATE versions SET parent_id = ? WHERE parent_id = ?", (version.parent_id, version.id))
            db.execute("DELETE FROM versions WHERE id = ?", (version.id,))
            db.execute(
                "DELETE FROM datasets WHERE id = ? AND NOT EXISTS (SELECT 1 FROM versions WHERE dataset_id = ?)",
                (version.dataset_id, version.dataset_id),
            )
        self._unlink(version)

    def delete_dataset(self, dataset_id: str) -> None:
        """Delete a dataset with all its versions and files. Raises NotFound."""
        gone = self.versions(dataset_id)
        if not gone:
            raise NotFound("This dataset is not there any more.", "Reload the page.")
        with database(self.home, TABLES) as db:
            db.execute("DELETE FROM datasets WHERE id = ? AND owner = ?", (dataset_id, self.owner))
        for version in gone:
            self._unlink(version)

    def _unlink(self, version: Version) -> None:
        with storage_errors(self.home):
            version.path.unlink(missing_ok=True)
            for copy in self.exports_folder().glob(f"{version.id}.*"):
                copy.unlink(missing_ok=True)

    def _path(self, version_id: str) -> Path:
        return self.home / "versions" / f"{version_id}.parquet"

    def _new_dataset(self, db: sqlite3.Connection, name: str) -> str:
        taken = {row["name"] for row in db.execute("SELECT name FROM datasets WHERE owner = ?", (self.owner,))}
        free, count = name, 1
        while free in taken:
            count += 1
            free = f"{name} {count}"
        dataset_id = uuid.uuid4().hex
        db.execute(
            "INSERT INTO datasets (id, owner, name, created) VALUES (?, ?, ?, ?)",
            (dataset_id, self.owner, free, time.time()),
        )
        return dataset_id

    def _next_number(self, db: sqlite3.Connection, dataset_id: str) -> int:
        mine = (dataset_id, self.owner)
        if not db.execute(
            "UPDATE datasets SET last_number = last_number + 1 WHERE id = ? AND owner = ?", mine
        ).rowcount:
            raise NotFound("The dataset that this belongs to was deleted.", "Import it again, then repeat this step.")
        number: int = db.execute("SELECT last_number FROM datasets WHERE id = ? AND owner = ?", mine).fetchone()[0]
        return number

    def _select(self, condition: str, *values: str) -> list[Version]:
        with database(self.home, TABLES) as db:
            rows = db.execute(f"{SELECT} {condition}", (self.owner, *values)).fetchall()
        return [self._read(row) for row in rows]

    def _read(self, row: sqlite3.Row) -> Version:
        return Version(
            id=row["id"],
            dataset_id=row["dataset_id"],
            dataset=row["dataset"],
            number=row["number"],
            parent_id=row["parent_id"],
            action=row["action"],
            params=json.loads(row["params"]),
            rows=row["rows"],
            columns=tuple(json.loads(row["columns"])),
            language=row["language"],
            notes=tuple(json.loads(row["notes"])),
            created=row["created"],
            path=self._path(row["id"]),
        )


def _present(db: sqlite3.Connection, parent: Version) -> str | None:
    """Return the id of `parent`, or of its own parent once it was deleted."""
    there = db.execute("SELECT 1 FROM versions WHERE id = ?", (parent.id,)).fetchone()
    return parent.id if there else parent.parent_id


def clean_name(name: str) -> str:
    """Return `name` as a dataset may be called: no path, no control characters, no "@", at most 80 characters.

    Raises InputError where nothing is left.
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = re.sub(r"\s+", " ", "".join(c if c.isprintable() and c != "@" else " " for c in last)).strip(" .")
    if not kept:
        raise InputError(f"{name!r} cannot be the name of a dataset.", "Use letters, digits or words.")
    return kept[:MAX_NAME].rstrip(" .")

"""The one folder that Corpus Lab writes to, its SQLite database, and sentences for what can go wrong with both."""

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StorageError

DATABASE = "lab.sqlite"
BUSY_TIMEOUT_S = 5.0
SPARE_BYTES = 1 << 16  # where less is free, SQLite cannot grow its shared memory file, and calls that an I/O error


def home_folder() -> Path:
    """Return the folder from CORPUS_LAB_HOME, or `.corpus-lab` below the current one. It may not exist yet."""
    return Path(os.environ.get("CORPUS_LAB_HOME") or ".corpus-lab").absolute()


@contextmanager
def storage_errors(place: Path) -> Iterator[None]:
    """Turn errors of the disk and of SQLite into a StorageError that names `place` and what to do."""
    try:
        yield
    except OSError as error:
        sentence = {
            errno.ENOSPC: (
                "The disk is full",
                "Free some space, then try again; nothing that was there is lost.",
            ),
            errno.EDQUOT: ("The disk quota is used up", "Free some space, then try again; nothing is lost."),
            errno.EROFS: ("The disk is read-only", "Set CORPUS_LAB_HOME to a folder that can be written."),
            errno.EACCES: (
                "There is no permission to write",
                "Set CORPUS_LAB_HOME to a folder that is yours.",
            ),
            errno.EPERM: (
                "There is no permission to write",
                "Set CORPUS_LAB_HOME to a folder that is yours.",
            ),
            errno.EEXIST: ("A file stands where a folder is needed", "Set CORPUS_LAB_HOME to a folder."),
            errno.ENOTDIR: ("A file stands where a folder is needed", "Set CORPUS_LAB_HOME to a folder."),
        }.get(error.errno or 0)
        if sentence is None:
            raise
        raise StorageError(f"{sentence[0]}: {place}.", sentence[1]) from error
    except sqlite3.OperationalError as error:
        message = str(error)
        if "locked" in message or "busy" in message:
            problem = f"The database in {place} is locked by another program."
            raise StorageError(problem, "Close the other program, then try again.") from error
        if "full" in message or ("disk I/O error" in message and _free_bytes(place) < SPARE_BYTES):
            problem = f"The disk is full: {place}."
            raise StorageError(problem, "Free some space, then try again; nothing that was there is lost.") from error
        if "readonly" in message or "unable to open" in message:
            problem = f"The database in {place} cannot be written."
            raise StorageError(problem, "Set CORPUS_LAB_HOME to a folder that can be written.") from error
        raise
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # IntegrityError and the like say nothing about the file
            raise
        problem = f"The database in {place} is damaged ({error})."
        raise StorageError(problem, f"Move {DATABASE} out of that folder to start with an empty one.") from error


def _free_bytes(place: Path) -> int:
    return shutil.disk_usage(place).free if place.exists() else 0


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work side by side. SQLite does not wait for its turn here as it does elsewhere."""
    end = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)


@contextmanager
def database(home: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """Open the database in `home` for one transaction: committed at the end, rolled back on an error.

    `schema` is `CREATE ... IF NOT EXISTS` statements of the tables the caller uses. Readers never wait for a
    writer (WAL); a writer waits up to BUSY_TIMEOUT_S. Raises StorageError.
    """
    with storage_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(home / DATABASE, timeout=BUSY_TIMEOUT_S, isolation_level="IMMEDIATE")
        try:
            connection.row_factory = sqlite3.Row
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.executescript(schema)
            with connection:
                yield connection
        finally:
            connection.close()

"""The one folder that Corpus Lab writes to, its SQLite database, and sentences for what can go wrong with both."""

import errno
import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import StorageError

DATABASE = "lab.sqlite"
SCRATCH = "scratch"
TEMPORARY = "tmp"
CACHES = {"MPLCONFIGDIR": "matplotlib", "TORCHINDUCTOR_CACHE_DIR": "torch"}  # captum brings matplotlib
BUSY_TIMEOUT_S = 5.0
SPARE_BYTES = 1 << 16  # where less is free, SQLite cannot grow its shared memory file, and calls that an I/O error


def home_folder() -> Path:
    """Return the folder from CORPUS_LAB_HOME, or `.corpus-lab` below the current one. It may not exist yet."""
    return Path(os.environ.get("CORPUS_LAB_HOME") or ".corpus-lab").absolute()


def keep_libraries_at_home() -> None:
    """Let libraries write below our home what they would keep in a person's own, or in the system's temporary folder.

    To be called once, before they are imported. A person's cache of the hub stays in use, where there is one or where
    the environment names one (HF_HOME, HF_HUB_CACHE), and so does a temporary folder that can be written.
    """
    caches = home_folder() / "cache"
    for name, cache in CACHES.items():
        os.environ.setdefault(name, str(caches / cache))
    own = os.path.expanduser(os.environ.get("XDG_CACHE_HOME") or "~/.cache")  # noqa: PTH111  Path's fails without a home
    if not Path(own, "huggingface").exists():
        os.environ.setdefault("HF_HOME", str(caches / "huggingface"))
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        folder = home_folder() / TEMPORARY
        with suppress(OSError):  # a home that cannot be written is told where it is needed
            folder.mkdir(parents=True, exist_ok=True)
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a new folder below the home for what is needed inside the block alone; it is deleted at the end.

    What a killed process has left of its own goes with the next one that is made. Raises StorageError.
    """
    scratch = home_folder() / SCRATCH
    with storage_errors(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
        with (scratch / "lock").open("w") as lock:  # nobody takes a folder for left that has just been made
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in scratch.iterdir():
                _delete_unless_held(left)
            folder = Path(tempfile.mkdtemp(dir=scratch))
            held = os.open(folder, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_SH)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _delete_unless_held(folder: Path) -> None:
    """Delete a scratch folder of a process that has ended: those that live hold a lock on theirs."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(opened)


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

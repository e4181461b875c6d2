"""SQL over one dataset version, as a person typed it: read-only, in a process of its own, with a clock and a limit."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from core.data import sql_process
from core.data.row_writer import Format, row_writer
from core.data.workspace import Version
from core.errors import QueryError, StorageError
from core.storage import scratch_folder, storage_errors

LIMIT_ROWS = 1_000
LIMIT_BYTES = 32 << 20  # of what is shown, and of a row of a download
DOWNLOAD_BYTES = 200_000_000  # of the file: as much as can be uploaded
LIMIT_STATEMENT = 20_000
TIMEOUT_S = 10.0
DOWNLOAD_TIMEOUT_S = 60.0
MEMORY_BYTES = 600 << 20
NAMED_COLUMNS = 30
LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # some Pythons do not start without


@dataclass(frozen=True)
class Result:
    """The first rows of a result. `truncated` says that there are more, `seconds` how long it took, start included."""

    columns: tuple[str, ...]
    rows: pa.Table
    truncated: bool
    seconds: float


def query(version: Version, statement: str, limit: int = LIMIT_ROWS, timeout_s: float = TIMEOUT_S) -> Result:
    """Return the first `limit` rows of one SELECT, SUMMARIZE or DESCRIBE over the table `data`, at most LIMIT_BYTES.

    Raises QueryError, with what is wrong and the columns there are, for a statement that is not valid, that does more
    than read `data`, or that needs more than `timeout_s` seconds or MEMORY_BYTES.
    """
    started = time.monotonic()
    with _running(version, statement, limit, timeout_s) as process:
        rows = process.reader().read_all()
        outcome = process.outcome()
    return Result(tuple(rows.column_names), rows, bool(outcome["truncated"]), time.monotonic() - started)


def query_to_file(
    version: Version,
    statement: str,
    path: Path,
    format: Format,
    timeout_s: float = DOWNLOAD_TIMEOUT_S,
) -> int:
    """Write the whole result to `path`, as core/data/row_writer.py describes, and return its number of rows.

    Nothing is left at `path` when it fails. Raises QueryError as `query` does, and as soon as the file is larger than
    DOWNLOAD_BYTES; StorageError when the disk is full.
    """
    try:
        with _running(version, statement, None, timeout_s) as process, storage_errors(path):
            rows = _write(process.reader(), path, format)
            process.outcome()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return rows


def _write(reader: pa.RecordBatchReader, path: Path, format: Format) -> int:
    """Write all rows and return their number. Raises QueryError as soon as they are too many."""
    rows = 0
    try:
        with row_writer(path, reader.schema, format) as write:
            for batch in reader:
                write(batch)
                rows += batch.num_rows
                if path.stat().st_size > DOWNLOAD_BYTES:
                    most = f"{DOWNLOAD_BYTES // 1_000_000} MB"
                    problem = f"The result is larger than {most}, the most that can be downloaded."
                    raise QueryError(problem, "Choose fewer columns or rows, for example with WHERE or LIMIT.")
    except duckdb.OutOfMemoryException as error:
        raise _out_of_memory() from error
    return rows


def _out_of_memory() -> QueryError:
    problem = "The query needs more memory than there is, and was stopped."
    return QueryError(problem, "Choose fewer columns or rows, or count instead of collecting.")


class _Process:
    """A running statement: its result, then how it ended."""

    def __init__(self, popen: "subprocess.Popen[bytes]", folder: Path, version: Version, timeout_s: float) -> None:
        self._popen = popen
        self._folder = folder
        self._version = version
        self._timeout_s = timeout_s

    def reader(self) -> pa.RecordBatchReader:
        """Return the result as a stream. Raises QueryError where there is none; reading on raises pa.ArrowInvalid."""
        try:
            return pa.ipc.open_stream(self._popen.stdout)
        except pa.ArrowInvalid:
            self.outcome()
            raise

    def outcome(self) -> dict[str, Any]:
        """Wait for the end and return what the process reports. Raises QueryError unless it ended well."""
        code = self._popen.wait()
        if code == 0:
            return self._report()
        raise self._error(code)

    def _report(self) -> dict[str, Any]:
        return dict(json.loads((self._folder / "report.json").read_text("utf-8")))

    def _error(self, code: int) -> QueryError:
        if code == -signal.SIGALRM:
            problem = f"The query took longer than {self._timeout_s:g} seconds and was stopped."
            return QueryError(problem, "Look at fewer rows, for example with WHERE, LIMIT or USING SAMPLE 1%.")
        if code in (sql_process.OUT_OF_MEMORY, -signal.SIGKILL):
            return _out_of_memory()
        if code != sql_process.REFUSED:
            return QueryError("The query crashed the database engine.", "Write it in another way.")
        report = self._report()
        names = ", ".join(self._version.columns[:NAMED_COLUMNS])
        more = len(self._version.columns) - NAMED_COLUMNS
        rest = f" and {more:,} more" if more > 0 else ""
        columns = f"The table is data; its columns are: {names}{rest}."
        problem = self._without_paths(report["problem"])
        return QueryError(problem[:1].upper() + problem[1:], report["remedy"] or columns)

    def _without_paths(self, message: str) -> str:
        home = self._version.path.parent.parent
        for place in (self._version.path, self._version.path.parent, home):
            message = message.replace(str(place), "data")
        return message


@contextmanager
def _running(version: Version, statement: str, limit: int | None, timeout_s: float) -> Iterator[_Process]:
    """Start the statement and yield its process; whatever happens, the process ends and leaves nothing behind."""
    if not statement.strip(" \t\r\n;"):
        raise QueryError("There is no statement to run.", "Try: SELECT label, count(*) FROM data GROUP BY label")
    if len(statement) > LIMIT_STATEMENT:
        problem = f"The statement has {len(statement):,} characters; at most {LIMIT_STATEMENT:,} are read."
        raise QueryError(problem, "Shorten it.")
    if not version.path.exists():
        raise StorageError("The file of this dataset version is gone.", "Import the dataset again.")
    with scratch_folder() as folder, storage_errors(folder.parent):
        request = {
            "path": str(version.path.absolute()),
            "statement": statement,
            "limit": limit,
            "limit_bytes": LIMIT_BYTES,
            "timeout_s": timeout_s,
            "memory_bytes": MEMORY_BYTES,
        }
        (folder / "request.json").write_text(json.dumps(request), "utf-8")
        # -I: no user packages, no module of the folder the server was started in; and no environment to read.
        env = {key: os.environ[key] for key in LIBRARY_PATHS if key in os.environ}
        command = [sys.executable, "-I", "-X", "utf8", sql_process.__file__, str(folder)]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, env=env
        ) as popen:
            process = _Process(popen, folder, version, timeout_s)
            try:
                yield process
            except (pa.ArrowInvalid, OSError):  # the stream broke off
                process.outcome()
                raise
            finally:
                popen.kill()

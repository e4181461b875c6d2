"""The process in which one SQL statement that a person typed runs over one Parquet file, and can do nothing else.

Run as a script by `core.data.sql`, never imported by a page. A process, because DuckDB's `interrupt` does not reach
into a single long function call (`len(range(2000000000))` goes on for minutes) and its memory limit does not cover
one (`repeat('x', 2000000000)` takes 4 GB). Here the clock and the memory are the operating system's business.

The one argument is an empty folder but for `request.json`: `path`, `statement`, `limit` (rows, null for all),
`limit_bytes` (of the rows up to `limit`, or of a row where all are sent), `timeout_s` and `memory_bytes`. The result
goes to standard output as an Arrow stream, and a report to `report.json`: {"truncated": true} or
{"problem": "...", "remedy": "..."}. It imports nothing of Corpus Lab.
"""

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

OUT_OF_MEMORY = 77  # exit codes
REFUSED = 78

SHOWN_BATCH_ROWS, FILE_BATCH_ROWS = 256, 2_048
FILE_BATCH_BYTES = 4 << 20  # the reader makes text of a batch, in a multiple of the memory
SPILLED = "1GB"  # what a query may put on the disk while it runs
WATCH_SECONDS = 0.02
DUCKDB_SHARE = 0.5  # of memory_bytes; the rest is for single values, which DuckDB does not count

TABLE = "data"
TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series", "json_each", "json_tree"})
SHOWN = frozenset({"", '"tables"'})  # DESCRIBE and SUMMARIZE of a query, SHOW TABLES
# They tell about the process and its settings, run SQL from text, or wait.
REFUSED_FUNCTIONS = frozenset(
    (
        *("current_setting", "getvariable", "getenv", "in_search_path", "pg_get_viewdef", "json_serialize_plan"),
        *("query", "query_table", "json_execute_serialized_sql", "pg_sleep", "nextval", "currval", "write_log"),
    )
)


class Refused(Exception):
    """The statement is not run: why, and what to do instead, in a sentence each; "" leaves that to the parent."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.remedy = remedy


def main(folder: Path) -> int:
    """Run the statement that `folder` asks for and return the exit code."""
    request = json.loads((folder / "request.json").read_text("utf-8"))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, wherever it is
    signal.setitimer(signal.ITIMER_REAL, request["timeout_s"])
    threading.Thread(target=_watch_memory, args=(request["memory_bytes"],), daemon=True).start()
    code, report = _run(request, folder)
    (folder / "report.json").write_text(json.dumps(report), "utf-8")
    return code


def _run(request: dict[str, Any], folder: Path) -> tuple[int, dict[str, Any]]:
    try:
        duck = sandbox(request, folder)
        statement = checked(duck, request["statement"])
        if request["limit"] is None:
            _send_all(duck.sql(statement), request["limit_bytes"])
            return 0, {"truncated": False}
        return 0, {"truncated": _send_first(duck.sql(statement), request["limit"], request["limit_bytes"])}
    except Refused as refused:
        return REFUSED, {"problem": str(refused), "remedy": refused.remedy}
    except (duckdb.OutOfMemoryException, pa.ArrowMemoryError, MemoryError):
        return OUT_OF_MEMORY, {}
    except (duckdb.Error, pa.ArrowException) as error:
        return REFUSED, {"problem": _first_line(str(error)), "remedy": ""}


def checked(duck: duckdb.DuckDBPyConnection, statement: str) -> str:
    """Return the one statement in `statement`, if it only reads the table. Raises Refused, duckdb.Error."""
    statements = duck.extract_statements(statement)
    if len(statements) != 1:
        raise Refused(f"There are {len(statements)} statements; one can be run at a time.", "Run one after the other.")
    if statements[0].type != duckdb.StatementType.SELECT:
        kind = statements[0].type.name.replace("_", " ")
        problem = f"A statement of the kind {kind} cannot be run here; the data can only be read."
        raise Refused(problem, "Begin with SELECT, WITH, SUMMARIZE or DESCRIBE; PIVOT needs its values listed with IN.")
    text: str = statements[0].query
    row = duck.execute("SELECT json_serialize_sql(?::VARCHAR)", [text]).fetchone()
    try:
        tree = json.loads(row[0]) if row else {}
    except RecursionError:
        raise Refused("The statement is nested too deeply.", "Write it in parts, with WITH.") from None
    if tree.get("error", True):
        raise Refused("This statement cannot be checked, so it is not run.", "Write it in another way.")
    nodes = list(_nodes(tree))
    own = {entry["key"].lower() for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    taken = own & {name.lower() for (name,) in duck.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    if taken:
        raise Refused(f"A query cannot be named {min(taken)} here.", "Choose another name.")
    for node in nodes:
        _check_node(node, own | {TABLE})
    return text


def _check_node(node: dict[str, Any], tables: set[str]) -> None:
    kind = node.get("type")
    if kind == "BASE_TABLE":
        name = node["table_name"]
        if name.lower() not in tables:
            raise Refused(f"There is no table named {name}; the only one is {TABLE}.")
    elif kind == "TABLE_FUNCTION":
        name = node["function"].get("function_name", "")
        if name.lower() not in TABLE_FUNCTIONS:
            raise Refused(f"The function {name} cannot be used here; the only table is {TABLE}.")
    elif kind == "SHOW_REF" and node.get("table_name", "") not in SHOWN:
        raise Refused(f"Only {TABLE} can be shown here.")
    elif str(node.get("function_name", "")).lower() in REFUSED_FUNCTIONS:
        raise Refused(f"The function {node['function_name']} cannot be used here.")


def _nodes(tree: object) -> Iterator[dict[str, Any]]:
    """Yield every object of a parsed JSON document."""
    waiting = [tree]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, dict):
            yield thing
            waiting.extend(thing.values())
        elif isinstance(thing, list):
            waiting.extend(thing)


def sandbox(request: dict[str, Any], folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB that can read the one file as the view `data`, and can reach nothing else."""
    path = request["path"].replace("'", "''")
    duck = duckdb.connect(
        config={
            "memory_limit": f"{int(request['memory_bytes'] * DUCKDB_SHARE)}B",
            "threads": 2,
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": SPILLED,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_persistent_secrets": False,
            "python_enable_replacements": False,
            "enable_external_file_cache": False,
        }
    )
    for setting in (f"allowed_paths = ['{path}']", "enable_external_access = false", "lock_configuration = true"):
        if setting.startswith("enable"):
            duck.execute(f"CREATE VIEW {TABLE} AS SELECT * FROM read_parquet('{path}')")
        duck.execute(f"SET {setting}")
    return duck


def _send_all(relation: duckdb.DuckDBPyRelation, limit_bytes: int) -> None:
    """Write the result as an Arrow stream, none of whose rows has more than `limit_bytes`."""
    reader = relation.to_arrow_reader(FILE_BATCH_ROWS)
    with pa.output_stream(sys.stdout.buffer) as sink, pa.ipc.new_stream(sink, reader.schema) as stream:
        for batch in reader:
            for part in _parts(batch):
                if part.nbytes > limit_bytes:
                    raise _too_large(limit_bytes)
                stream.write_batch(part)


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the rows of `batch` in parts of at most FILE_BATCH_BYTES, or of one row."""
    if batch.num_rows == 1 or batch.nbytes <= FILE_BATCH_BYTES:
        yield batch
    else:
        half = batch.num_rows // 2
        yield from _parts(batch.slice(0, half))
        yield from _parts(batch.slice(half))


def _send_first(relation: duckdb.DuckDBPyRelation, limit: int, limit_bytes: int) -> bool:
    """Write the first rows of the result as an Arrow stream; return whether rows were left out."""
    reader = relation.limit(limit + 1).to_arrow_reader(SHOWN_BATCH_ROWS)
    rows = sent = 0
    with pa.output_stream(sys.stdout.buffer) as sink, pa.ipc.new_stream(sink, reader.schema) as stream:
        for batch in reader:
            kept = _fitting(batch.slice(0, limit - rows), limit_bytes, sent)
            stream.write_batch(kept)
            rows, sent = rows + kept.num_rows, sent + kept.nbytes
            if kept.num_rows < batch.num_rows:
                return True
    return False


def _fitting(batch: pa.RecordBatch, limit_bytes: int, sent: int) -> pa.RecordBatch:
    """Return as many first rows of `batch` as fit into what is left of `limit_bytes`."""
    whole = batch
    while batch.num_rows and sent + batch.nbytes > limit_bytes:
        batch = batch.slice(0, batch.num_rows // 2)
    if not (batch.num_rows or sent or not whole.num_rows):
        raise _too_large(limit_bytes)
    return batch


def _too_large(limit_bytes: int) -> Refused:
    return Refused(f"One row of the result is larger than {limit_bytes >> 20} MB.", "Shorten it: left(text, 1000).")


def _first_line(message: str) -> str:
    """Return the first line of what DuckDB says, without the kind of the error, as a sentence."""
    line = message.splitlines()[0] if message else "The statement is not valid"
    kind, found, rest = line.partition(" Error: ")
    said = (rest if found and kind.replace(" ", "").isalpha() else line).strip()
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _watch_memory(memory_bytes: int) -> None:
    while True:
        if _resident_bytes() > memory_bytes:
            os._exit(OUT_OF_MEMORY)
        time.sleep(WATCH_SECONDS)


def _resident_bytes() -> int:
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS: bytes


if __name__ == "__main__":
    code = main(Path(sys.argv[1]))
    os._exit(code)  # at once: there is nothing to tidy up, and the folder goes with the parent

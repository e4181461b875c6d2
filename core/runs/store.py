"""The store of runs: their states, events and results in SQLite. The database is the truth; processes come and go."""

import json
import sqlite3
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from core.errors import InputError, NotFound
from core.jobs import Event, Progress, from_json, to_json
from core.runs.kinds import KINDS
from core.storage import database

State = Literal["queued", "running", "finished", "failed", "cancelled", "interrupted"]
TERMINAL = "terminal"  # the lane of runs that the command line carries out itself
ENDED = ("finished", "failed", "cancelled", "interrupted")

TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, lane TEXT NOT NULL,
    config TEXT NOT NULL, inputs TEXT NOT NULL, state TEXT NOT NULL, resume INTEGER NOT NULL DEFAULT 0,
    cancel_requested REAL, created REAL NOT NULL, queued REAL NOT NULL, started REAL, ended REAL,
    pid INTEGER, progress TEXT, message TEXT NOT NULL DEFAULT '', result TEXT);
CREATE INDEX IF NOT EXISTS runs_by_state ON runs (state, lane, queued);
CREATE TABLE IF NOT EXISTS events (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, seq INTEGER NOT NULL, time REAL NOT NULL,
    kind TEXT NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (run_id, seq)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Run:
    """One run as it is now. Times are seconds since 1970 (UTC); `place` is 1 for the next in the queue."""

    id: str
    owner: str
    kind: str
    name: str
    lane: str
    config: Mapping[str, Any] = field(compare=False)
    inputs: tuple[str, ...]  # ids of the dataset versions it reads
    state: State
    resume: bool
    cancel_requested: float | None
    created: float
    started: float | None
    ended: float | None
    pid: int | None
    progress: Progress | None
    message: str  # why it failed or was stopped, in a sentence
    result: Mapping[str, Any] | None = field(compare=False)
    place: int | None
    folder: Path

    @property
    def active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ("queued", "running")

    @property
    def resumable(self) -> bool:
        """Whether Resume can be offered: it ended early, and its kind keeps checkpoints."""
        return self.state in ("failed", "cancelled", "interrupted") and KINDS[self.kind].resumable

    @property
    def seconds(self) -> float:
        """How long it has run, or ran the last time."""
        return (self.ended or time.time()) - self.started if self.started else 0.0


@dataclass(frozen=True)
class StoredEvent:
    """An event with its place in the run's sequence and the time it was stored."""

    seq: int
    time: float
    event: Event


class RunStore:
    """The runs of one owner; with `owner` None, everybody's: for the supervisor and the workers only."""

    def __init__(self, home: Path, owner: str | None) -> None:
        self.home = home
        self.owner = owner

    def submit(
        self, kind: str, name: str, config: Mapping[str, Any], inputs: Sequence[str] = (), lane: str | None = None
    ) -> Run:
        """Queue a run and return it. Raises UnknownName for a kind that there is not, StorageError.

        The supervisor starts it unless `lane` is TERMINAL: then the caller carries it out.
        """
        if self.owner is None:
            raise ValueError("a run belongs to somebody")
        now = time.time()
        run_id = uuid.uuid4().hex
        values = {
            "id": run_id,
            "owner": self.owner,
            "kind": kind,
            "name": name,
            "lane": lane or KINDS[kind].lane,
            "config": json.dumps(dict(config), ensure_ascii=False),
            "inputs": json.dumps(list(inputs)),
            "state": "queued",
            "created": now,
            "queued": now,
        }
        with database(self.home, TABLES) as db:
            db.execute(
                f"INSERT INTO runs ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                tuple(values.values()),
            )
        return self.run(run_id)

    def run(self, run_id: str) -> Run:
        """Return one run. Raises NotFound."""
        found = self._select("AND id = ?", run_id)
        if not found:
            raise _not_there()
        return found[0]

    def runs(self, states: Sequence[str] = (), limit: int = 200) -> list[Run]:
        """Return runs in one of `states` (all when empty), the newest first; all of them for the limit -1."""
        marks = ", ".join("?" * len(states))
        chosen = f"AND state IN ({marks})" if states else ""
        return self._select(f"{chosen} ORDER BY created DESC LIMIT ?", *states, limit)

    def queue(self) -> list[Run]:
        """Return the queued runs that the supervisor starts, in that order."""
        return self._select("AND state = 'queued' AND lane <> ? ORDER BY queued", TERMINAL)

    def events(self, run_id: str, after: int = 0) -> list[StoredEvent]:
        """Return the run's events with a sequence number above `after`, in order. Raises NotFound."""
        with database(self.home, TABLES) as db:
            rows = db.execute(
                "SELECT seq, time, events.kind, fields FROM runs LEFT JOIN events ON run_id = id AND seq > ? "
                "WHERE id = ? AND (? IS NULL OR owner = ?) ORDER BY seq",
                (after, run_id, self.owner, self.owner),
            ).fetchall()
        if not rows:
            raise _not_there()
        found = [row for row in rows if row["seq"]]  # a run without such events is one row of nulls
        return [StoredEvent(r["seq"], r["time"], from_json(r["kind"], json.loads(r["fields"]))) for r in found]

    def request_cancel(self, run_id: str) -> None:
        """Cancel a queued run at once; ask the supervisor to stop a running one. Raises NotFound."""
        run = self.run(run_id)
        now = time.time()
        with database(self.home, TABLES) as db:
            db.execute(
                "UPDATE runs SET state = 'cancelled', ended = ?, message = 'Cancelled before it began.' "
                "WHERE id = ? AND state = 'queued'",
                (now, run.id),
            )
            db.execute(
                "UPDATE runs SET cancel_requested = coalesce(cancel_requested, ?) WHERE id = ? AND state = 'running'",
                (now, run.id),
            )

    def resume(self, run_id: str, lane: str | None = None) -> Run:
        """Queue an ended run again, to go on from its checkpoint. Raises NotFound, InputError."""
        run = self.run(run_id)
        if not run.resumable:
            raise InputError(f"This run is {run.state} and cannot be resumed.", "Start a new one instead.")
        with database(self.home, TABLES) as db:
            db.execute(
                "UPDATE runs SET state = 'queued', resume = 1, queued = ?, ended = NULL, cancel_requested = NULL, "
                "message = '', progress = NULL, lane = ? WHERE id = ? AND state = ?",
                (time.time(), lane or KINDS[run.kind].lane, run.id, run.state),
            )
        return self.run(run_id)

    def delete(self, run_id: str) -> None:
        """Forget an ended run and its events; its files are left to `deleting`. Raises NotFound, InputError."""
        run = self.run(run_id)
        if run.active:
            raise InputError("This run has not ended.", "Cancel it first.")
        with database(self.home, TABLES) as db:
            db.execute("DELETE FROM runs WHERE id = ?", (run.id,))

    # What only the supervisor and the workers do:

    def start(self, run_id: str, pid: int) -> bool:
        """Mark a queued run as running in process `pid`; False when it is not queued any more."""
        with database(self.home, TABLES) as db:
            changed = db.execute(
                "UPDATE runs SET state = 'running', started = ?, pid = ? WHERE id = ? AND state = 'queued'",
                (time.time(), pid, run_id),
            ).rowcount
        return changed == 1

    def record(self, run_id: str, events: Sequence[Event]) -> None:
        """Append events to a run in one transaction; of Progress only the last one is kept, on the run itself."""
        now = time.time()
        kept = [to_json(event) for event in events if not isinstance(event, Progress)]
        progress = [event for event in events if isinstance(event, Progress)]
        with database(self.home, TABLES) as db:
            for kind, fields in kept:
                db.execute(
                    "INSERT INTO events (run_id, seq, time, kind, fields) VALUES "
                    "(?, (SELECT coalesce(max(seq), 0) + 1 FROM events WHERE run_id = ?), ?, ?, ?)",
                    (run_id, run_id, now, kind, json.dumps(fields, ensure_ascii=False)),
                )
            if progress:
                fields = to_json(progress[-1])[1]
                db.execute("UPDATE runs SET progress = ? WHERE id = ?", (json.dumps(fields), run_id))

    def end(self, run_id: str, state: State, message: str = "", result: Mapping[str, Any] | None = None) -> None:
        """Mark a running run as ended; a run that has already ended keeps its state."""
        with database(self.home, TABLES) as db:
            db.execute(
                "UPDATE runs SET state = ?, message = ?, result = ?, ended = ?, pid = NULL "
                "WHERE id = ? AND state = 'running'",
                (state, message, json.dumps(result, ensure_ascii=False) if result else None, time.time(), run_id),
            )

    def folder(self, run_id: str) -> Path:
        """Return the run's own folder; it may not exist yet."""
        return self.home / "runs" / run_id

    def _select(self, condition: str, *values: object) -> list[Run]:
        with database(self.home, TABLES) as db:
            rows = db.execute(
                "SELECT *, (SELECT count(*) FROM runs AS other WHERE other.state = 'queued' AND "
                "other.lane = runs.lane AND other.queued <= runs.queued) AS place "
                f"FROM runs WHERE (? IS NULL OR owner = ?) {condition}",
                (self.owner, self.owner, *values),
            ).fetchall()
        return [self._read(row) for row in rows]

    def _read(self, row: sqlite3.Row) -> Run:
        progress = json.loads(row["progress"]) if row["progress"] else None
        return Run(
            id=row["id"],
            owner=row["owner"],
            kind=row["kind"],
            name=row["name"],
            lane=row["lane"],
            config=json.loads(row["config"]),
            inputs=tuple(json.loads(row["inputs"])),
            state=row["state"],
            resume=bool(row["resume"]),
            cancel_requested=row["cancel_requested"],
            created=row["created"],
            started=row["started"],
            ended=row["ended"],
            pid=row["pid"],
            progress=Progress(**progress) if progress else None,
            message=row["message"],
            result=json.loads(row["result"]) if row["result"] else None,
            place=row["place"] if row["state"] == "queued" else None,
            folder=self.folder(row["id"]),
        )


def _not_there() -> NotFound:
    return NotFound("This run is not there, or it belongs to someone else.", "Choose one on the Runs page.")

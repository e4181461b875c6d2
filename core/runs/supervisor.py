"""The supervisor: gives queued runs to workers, stops cancelled ones, notices those that died.

One per home folder, as a thread of the server: a file lock sees to that when two servers share a home. It holds no
truth of its own; after a restart it goes on with what the database says.
"""

import fcntl
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO

from core.errors import NotFound, StorageError
from core.runs.store import Run, RunStore
from core.runs.worker import CANCELLED, EXIT_STORAGE, GRACE_S, INTERRUPTED, LOG, is_alive
from core.runs.workers import WORKER_LOG, Worker
from core.storage import TEMPORARY, home_folder, storage_errors

log = logging.getLogger(__name__)

TICK_S = 0.2
RETRY_WARM_S = 60.0
STAGED_S = 24 * 3600
WARM_AFTER_S = 3.0  # lets the first page draw before a worker takes a core to import torch
WARM_MODULES = ("core.finetuning.warm",)
WARM_LANE = "training"
COMMAND = (sys.executable, "-m", "core", "worker")


@dataclass
class Supervisor:
    """Start with `start()`; it lives as long as the process. `command` runs a worker.

    `workers` are those that there are, one a lane. The one for trainings is started ahead of time, and `warm` is what
    it prepares; the others are started when they are needed. All are kept for the next run.
    """

    home: Path = field(default_factory=home_folder)
    command: Sequence[str] = COMMAND
    warm: Sequence[str] = WARM_MODULES
    workers: dict[str, Worker] = field(default_factory=dict)
    problem: StorageError | None = None  # why nothing can be started just now

    def __post_init__(self) -> None:
        """Begin with nothing to look after."""
        self._store = RunStore(self.home, owner=None)
        self._lock: IO[str] | None = None
        self._warm_from = time.monotonic() + WARM_AFTER_S
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin to look after the runs, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End as a server does that shuts down: workers see their input end, write checkpoints, and exit."""
        self._stopping.set()
        self._thread.join()
        for worker in self.workers.values():
            worker.close()
        for worker in self.workers.values():
            worker.wait(GRACE_S + 5)
        if self._lock:
            self._lock.close()

    def _loop(self) -> None:
        while not self._stopping.wait(TICK_S):
            try:
                self._tick()
                self.problem = None
            except StorageError as error:
                self.problem = error
            except Exception:  # without this thread no run would ever start again
                log.exception("a defect in the supervisor; it goes on")

    def _tick(self) -> None:
        if not self._in_charge():
            return
        self._reap()
        active = self._store.runs(states=("queued", "running"))
        running = [run for run in active if run.state == "running"]
        for run in running:
            self._check(run)
        busy = {run.lane for run in running} | {lane for lane, worker in self.workers.items() if worker.run_id}
        for run in self._store.queue() if len(running) < len(active) else []:
            if run.lane not in busy:
                busy.add(run.lane)
                self._worker(run.lane).give(run.id, self.home)
        if self.warm and WARM_LANE not in self.workers and WARM_LANE not in busy and time.monotonic() > self._warm_from:
            self._worker(WARM_LANE)

    def _in_charge(self) -> bool:
        if self._lock is None:
            with storage_errors(self.home):
                self.home.mkdir(parents=True, exist_ok=True)
                lock = (self.home / "supervisor.lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                return False
            self._lock = lock
            self._sweep()
        return True

    def _sweep(self) -> None:
        """Remove what killed processes left half-written; nothing that is being written is a day old."""
        for path in chain((self.home / "staging").glob("*"), (self.home / TEMPORARY).glob("*")):
            with suppress(OSError):
                if path.is_file() and time.time() - path.stat().st_mtime > STAGED_S:
                    path.unlink()

    def _worker(self, lane: str) -> Worker:
        """Return the lane's worker, which has no run; started where there is none, or where our code is newer."""
        worker = self.workers.get(lane)
        if worker and worker.outdated:
            worker.close()
            worker.wait(GRACE_S)
        elif worker and not worker.gone:
            return worker
        self.workers[lane] = Worker(self.command, self.warm if lane == WARM_LANE else (), self.home)
        return self.workers[lane]

    def _reap(self) -> None:
        """Hear how runs ended, mark what died, and take the exit codes of workers, so that none stays a zombie."""
        for lane, worker in list(self.workers.items()):
            if worker.run_id:
                self._hear(worker, worker.run_id)
            elif worker.gone and lane == WARM_LANE:
                self._warm_from = time.monotonic() + RETRY_WARM_S
            if worker.gone and not worker.run_id:
                worker.close()
                del self.workers[lane]

    def _hear(self, worker: Worker, run_id: str) -> None:
        """Hear whether the worker's run has ended. Where only the worker has, the copy of it is to end the run too."""
        code = worker.ended()
        if code is None:
            return
        if worker.gone and is_alive(self._store.folder(run_id)):
            worker.end_copy(death_sentence(code, self.home / WORKER_LOG))
        else:
            self._mark(run_id, code)
            worker.release()

    def _mark(self, run_id: str, code: int) -> None:
        """Record the end of a run whose process has ended with `code`, where it could not do so itself."""
        try:
            run = self._store.run(run_id)
        except NotFound:  # it ended, and was deleted at once
            return
        if run.state == "running" and run.cancel_requested:
            self._store.end(run_id, "cancelled", CANCELLED)
        elif run.state == "running":
            self._store.end(run_id, "failed", death_sentence(code, run.folder / LOG))
        elif run.state == "queued" and code != 0:
            self._store.start(run_id, os.getpid())
            self._store.end(run_id, "failed", death_sentence(code, self.home / WORKER_LOG))

    def _check(self, run: Run) -> None:
        """Stop a run that was cancelled; mark one whose server and process are both gone."""
        mine = any(worker.run_id == run.id for worker in self.workers.values())
        if not mine and not is_alive(run.folder):
            self._store.end(run.id, "interrupted", INTERRUPTED)
        elif run.cancel_requested and run.pid:
            late = time.time() - run.cancel_requested > GRACE_S
            with suppress(ProcessLookupError):
                os.kill(run.pid, signal.SIGKILL if late else signal.SIGTERM)


def death_sentence(code: int, log: Path) -> str:
    """Return why a worker ended that did not say so itself; a negative `code` is the signal's number."""
    if code == -signal.SIGKILL:
        return (
            "The process was killed (SIGKILL). When nobody did that by hand, the machine ran out of memory: "
            "use less data, or smaller batches."
        )
    if code < 0:
        return f"The process was ended by the signal {signal.Signals(-code).name}. The details are in {log}."
    if code == EXIT_STORAGE:
        return "The disk is full or the database could not be written. Free some space, then start it again."
    return f"The process ended with exit code {code}. The details are in {log}."

"""The supervisor: starts queued runs in processes of their own, stops cancelled ones, notices those that died.

One per home folder, as a thread of the server: a file lock sees to that when two servers share a home. It holds no
truth of its own; after a restart it goes on with what the database says.
"""

import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.errors import StorageError
from core.precision import TRAINING_ENVIRONMENT
from core.runs.store import Run, RunStore
from core.runs.worker import CANCELLED, EXIT_STORAGE, GRACE_S, INTERRUPTED, LOG, is_alive
from core.storage import home_folder, storage_errors

log = logging.getLogger(__name__)

TICK_S = 0.2
RETRY_WARM_S = 60.0
STAGED_S = 24 * 3600
WARM_AFTER_S = 3.0  # lets the first page draw before a spare worker takes a core to import torch
WARM_MODULES = ("core.finetuning.warm",)
COMMAND = (sys.executable, "-m", "core", "worker")


@dataclass
class Supervisor:
    """Start with `start()`; it lives as long as the process. `command` runs a worker, `warm` is what it imports."""

    home: Path = field(default_factory=home_folder)
    command: Sequence[str] = COMMAND
    warm: Sequence[str] = WARM_MODULES
    problem: StorageError | None = None  # why nothing can be started just now

    def __post_init__(self) -> None:
        """Begin with no processes."""
        self._store = RunStore(self.home, owner=None)
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._spare: subprocess.Popen[str] | None = None
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
        if self._spare is not None:  # it has nothing to lose
            self._spare.kill()
            self._spare.wait()
        for process in self._running.values():
            if process.stdin:
                process.stdin.close()
        for process in self._running.values():
            try:
                process.wait(GRACE_S + 5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
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
        busy = {run.lane for run in running} | {self._store.run(run_id).lane for run_id in self._running}
        for run in self._store.queue() if len(running) < len(active) else []:
            if run.lane not in busy:
                busy.add(run.lane)
                self._launch(run)
        if self.warm and self._spare is None and "training" not in busy and time.monotonic() > self._warm_from:
            self._spare = self._spawn(self.warm)

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
        for path in (self.home / "staging").glob("*"):
            with suppress(OSError):
                if path.is_file() and time.time() - path.stat().st_mtime > STAGED_S:
                    path.unlink()

    def _launch(self, run: Run) -> None:
        if run.lane == "training" and self._spare is not None and self._spare.poll() is None:
            process, self._spare = self._spare, None
        else:
            process = self._spawn(())
        self._running[run.id] = process
        with suppress(BrokenPipeError):  # it died just now: the next tick reaps it, and the run is still queued
            print(run.id, file=process.stdin, flush=True)

    def _spawn(self, warm: Sequence[str]) -> subprocess.Popen[str]:
        """Start a worker. Its input stays open as long as this process lives; its end tells the worker."""
        environment = {
            **os.environ,
            "CORPUS_LAB_HOME": str(self.home),
            **TRAINING_ENVIRONMENT,
            "TOKENIZERS_PARALLELISM": "false",
            "PYTHONUNBUFFERED": "1",
        }
        with storage_errors(self.home), (self.home / "worker.log").open("a") as log:
            return subprocess.Popen(
                [*self.command, *(f"--warm={module}" for module in warm)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                env=environment,
                cwd=Path(__file__).parents[2],
                start_new_session=True,  # Ctrl-C in the terminal reaches the server only, which ends its workers well
            )

    def _reap(self) -> None:
        """Take the exit codes of ended workers, so that none stays a zombie, and mark what they left running."""
        if self._spare is not None and self._spare.poll() is not None:
            self._spare = None
            self._warm_from = time.monotonic() + RETRY_WARM_S
        for run_id, process in list(self._running.items()):
            code = process.poll()
            if code is None:
                continue
            run = self._store.run(run_id)
            if run.state == "running":
                if run.cancel_requested:
                    self._store.end(run_id, "cancelled", CANCELLED)
                else:
                    self._store.end(run_id, "failed", death_sentence(code, run.folder / LOG))
            elif run.state == "queued" and code != 0:
                self._store.start(run_id, process.pid)
                self._store.end(run_id, "failed", death_sentence(code, self.home / "worker.log"))
            del self._running[run_id]
            if process.stdin:
                process.stdin.close()

    def _check(self, run: Run) -> None:
        """Stop a run that was cancelled; mark one whose server and process are both gone."""
        process = self._running.get(run.id)
        if process is None and not is_alive(run.folder):
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

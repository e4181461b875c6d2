"""The server's side of a worker (core/runs/worker.py): start it, give it runs, hear how they ended, close it."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from core.precision import TRAINING_ENVIRONMENT
from core.storage import storage_errors

ROOT = Path(__file__).parents[2]
WORKER_LOG = "worker.log"


class Worker:
    """A process that carries out one run after the other; `run_id` is the one that it was given last, if not released.

    Its input stays open as long as this process lives; its end tells it that the server is gone.
    """

    def __init__(self, command: Sequence[str], warm: Sequence[str], home: Path) -> None:
        """Start the process, which prepares the modules in `warm`. Raises StorageError."""
        self.run_id: str | None = None
        self._code: int | None = None
        self._started = time.time()
        environment = {
            **os.environ,
            **TRAINING_ENVIRONMENT,
            "TOKENIZERS_PARALLELISM": "false",
            "PYTHONUNBUFFERED": "1",
        }
        with storage_errors(home), (home / WORKER_LOG).open("a") as log:
            self._process = subprocess.Popen(
                [*command, *(f"--warm={module}" for module in warm)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C in the terminal reaches the server only, which ends its workers well
            )
        self._commands: IO[bytes] = self._process.stdin  # type: ignore[assignment]
        self._codes: IO[bytes] = self._process.stdout  # type: ignore[assignment]
        os.set_blocking(self._codes.fileno(), False)

    @property
    def gone(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    @property
    def outdated(self) -> bool:
        """Whether our code was edited since it was started."""
        return any(path.stat().st_mtime > self._started for path in (ROOT / "core").rglob("*.py"))

    def give(self, run_id: str, home: Path) -> None:
        """Let it carry out the run; to be called when it has none."""
        self.run_id, self._code = run_id, None
        with suppress(BrokenPipeError):  # it died just now: the run is still queued
            self._commands.write(f"{run_id} {home}\n".encode())
            self._commands.flush()

    def ended(self) -> int | None:
        """Return the exit code of its run once it has ended, a signal's number below zero; None until then."""
        told = self._codes.read()
        if told:
            self._code = int(told)
        return self._process.poll() if self._code is None else self._code

    def end_copy(self, why: str) -> None:
        """Let the copy that has outlived this process end as failed, for the reason `why`; told once."""
        if not self._commands.closed:
            with suppress(BrokenPipeError):  # it has just ended by itself
                self._commands.write(why.encode())
                self._commands.close()

    def release(self) -> None:
        """Let it have another run."""
        self.run_id = None

    def close(self) -> None:
        """End it: at once where it has no run; else the end of its input lets the run write a checkpoint and exit."""
        if self.run_id is None and not self.gone:
            self._kill()
        with suppress(BrokenPipeError):
            self._commands.close()

    def wait(self, seconds: float) -> None:
        """Wait until it has exited; after so many seconds it is killed, and its run with it."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        self._codes.close()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

"""The worker: a process that carries out runs, one after the other, each in a copy of itself.

The supervisor starts it ahead of time (`python -m core worker`), so that torch is imported when a run comes, and
writes a run's id and home to its standard input; the exit code of the run comes back. The end of that input means that
the server is gone, or, after a sentence, that this worker has died: the copy reads there why its run has failed.
SIGTERM to the copy means cancel. In all cases the job is closed after its next event, so that it writes its checkpoint;
a job that sends none within GRACE_S is cut off.
"""

import fcntl
import gc
import importlib
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from core.config import parse_config
from core.data import table
from core.data.workspace import Workspace
from core.errors import CorpusLabError, StorageError
from core.jobs import Event, Progress
from core.runs.kinds import KINDS
from core.runs.store import Run, RunStore, State
from core.storage import storage_errors

log = logging.getLogger(__name__)

GRACE_S = 9.0
NICENESS = 10  # of the process
SESSION_NICENESS = 5  # more, and a run hardly moves while the browser draws
ALIVE = "alive.lock"
LOG = "log.txt"
PROGRESS_EVERY_S = 0.1
EXIT_STORAGE = 74  # EX_IOERR of sysexits.h
CAN_COPY = sys.platform == "linux"  # macOS: its own libraries may abort in the copy of a process that has used them

CANCELLED = "Cancelled. What was done up to then is kept."
INTERRUPTED = "The server stopped while this was running. What was done up to then is kept."


class Stop:
    """Why the run has to stop, once it has to; the first reason counts."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.message = ""

    def ask(self, state: State, message: str) -> None:
        """Ask the run to stop after its next event and to end in `state`."""
        if self.state is None:
            self.state, self.message = state, message

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Handle SIGTERM and SIGINT: both mean cancel."""
        self.ask("cancelled", CANCELLED)


def serve(warm: list[str], commands: IO[str], ended: IO[str]) -> int:
    """Prepare the modules in `warm`, carry out the runs that `commands` names, and return when it ends.

    A line of `commands` is a run's id and its home folder. The run's exit code, a signal's number below zero, is a line
    of `ended`. Where this process cannot be copied it carries out one run itself and returns with its code.
    """
    _give_way()
    gc.disable()  # for the imports, of which nothing is garbage
    modules = [importlib.import_module(module) for module in warm]
    gc.enable()
    while True:
        for module in modules:
            module.prepare(copied=CAN_COPY)
        run_id, _, home = commands.readline().rstrip("\n").partition(" ")
        if not run_id:
            return 0
        gc.freeze()  # so that no copy looks for garbage in what all share, and copies its memory by that
        copy = os.fork() if CAN_COPY else 0
        if not copy:
            code = _serve_run(Path(home), run_id, commands)
            if CAN_COPY:
                leave(code)
            return code
        _, status = os.waitpid(copy, 0)
        print(os.waitstatus_to_exitcode(status), file=ended, flush=True)


def _serve_run(home: Path, run_id: str, commands: IO[str]) -> int:
    os.environ["CORPUS_LAB_HOME"] = str(home)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a cancel that comes when the run has ended does not kill its exit
    stop = Stop()
    threading.Thread(target=_watch_server, args=(commands, stop), daemon=True).start()
    store = RunStore(home, owner=None)
    try:
        with _log_to(store.folder(run_id) / LOG):
            carry_out(store, run_id, stop=stop)
    except StorageError as error:
        log.error("%s", error)
        return EXIT_STORAGE
    return 0


def leave(code: int) -> NoReturn:
    """End this process at once, also a copy of one.

    What libraries do at an exit is for threads that live in the original, and may abort in a copy; and to take down all
    that was imported takes a second.
    """
    table.let_go()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _give_way() -> None:
    """Let the page go first, which must stay quick while a run uses every core.

    Linux may share the processor among sessions before it looks at processes; a session has a niceness of its own.
    """
    os.nice(NICENESS)
    with suppress(OSError):  # where there is no such thing
        Path("/proc/self/autogroup").write_text(str(SESSION_NICENESS))


def carry_out(
    store: RunStore, run_id: str, watch: Callable[[Event], object] = lambda event: None, stop: Stop | None = None
) -> Run:
    """Carry out a queued run in this process, to its end or until it has to stop, and return it as it ended.

    `watch` gets every event. SIGTERM and SIGINT cancel. Raises StorageError when the end cannot be recorded.
    """
    stop = stop or Stop()
    folder = store.folder(run_id)
    with _told_by_signals(stop), alive(folder):
        if not store.start(run_id, os.getpid()):
            return store.run(run_id)
        try:
            with storage_errors(folder):
                _drive(store, store.run(run_id), watch, stop)
        except CorpusLabError as error:
            store.end(run_id, "failed", str(error))
        except MemoryError:
            store.end(run_id, "failed", "There was not enough memory. Use less data, or smaller batches.")
        except Exception as error:  # a defect of ours: told on the page, kept in the log
            traceback.print_exc()
            problem = f"Something went wrong inside Corpus Lab ({type(error).__name__}: {error})."
            store.end(run_id, "failed", f"{problem} The details are in the log of this run.")
    return store.run(run_id)


@contextmanager
def _told_by_signals(stop: Stop) -> Iterator[None]:
    """Let SIGTERM and SIGINT ask for the stop inside the block, and do what they did before after it."""
    before = {number: signal.signal(number, stop.on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _drive(store: RunStore, run: Run, watch: Callable[[Event], object], stop: Stop) -> None:
    kind = KINDS[run.kind]
    config = parse_config(kind.load_config(), run.config)
    job = kind.load_job()(config, Workspace(store.home, run.owner), run.folder, run.resume)
    book = _Book(store, run.id)
    try:
        while stop.state is None:
            try:
                event = next(job)
            except StopIteration as end:
                book.close()
                store.end(run.id, "finished", result=end.value)
                return
            watch(event)
            book.add(event)
    finally:
        job.close()
    book.close()
    store.end(run.id, stop.state, stop.message)


class _Book:
    """Writes events as they come (progress only now and then); keeps them while the database cannot be written."""

    def __init__(self, store: RunStore, run_id: str) -> None:
        self.store = store
        self.run_id = run_id
        self.waiting: list[Event] = []
        self.written = 0.0

    def add(self, event: Event) -> None:
        self.waiting.append(event)
        # The beginning of a part of the work is always told, since a while may pass until the next event.
        tell = not isinstance(event, Progress) or not event.done
        if tell or time.monotonic() - self.written > PROGRESS_EVERY_S:
            try:
                self.close()
            except StorageError as error:
                log.warning("%s", error)
            self.written = time.monotonic()

    def close(self) -> None:
        self.store.record(self.run_id, self.waiting)
        self.waiting = []


def _watch_server(commands: IO[str], stop: Stop) -> None:
    why = commands.read()
    if why:
        stop.ask("failed", why)
    else:
        stop.ask("interrupted", INTERRUPTED)
    time.sleep(GRACE_S)
    os._exit(1)


@contextmanager
def alive(folder: Path) -> Iterator[None]:
    """Hold the lock that tells others that the run in `folder` has a living process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ALIVE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_alive(folder: Path) -> bool:
    """Return whether a process holds the lock of the run in `folder`, whoever started it."""
    try:
        with (folder / ALIVE).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


@contextmanager
def _log_to(path: Path) -> Iterator[None]:
    """Send what this process prints from here on to the run's log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    with path.open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        logging.captureWarnings(True)
        yield
        sys.stdout.flush()
        sys.stderr.flush()

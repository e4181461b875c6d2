"""The same work on many chunks in several processes, with the results in the order of the chunks.

Chunk k goes to process k modulo their number, so which process is quicker cannot change the order. At most AHEAD chunks
wait for each process, whatever the number of chunks. Processes are spawned, so the main module must be importable.
"""

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

C = TypeVar("C")
R = TypeVar("R")

AHEAD = 2
STOP_S = 5.0

Build = Callable[[], Callable[[C], R]]


def in_order(build: Build[C, R], chunks: Iterator[C], workers: int) -> Generator[tuple[C, R], None, None]:
    """Yield each chunk with what `build()(chunk)` returns for it; `build` is called once in each process.

    With one worker all happens in this process. With more, `build` and the chunks have to be picklable. Closing the
    iterator ends the processes. Raises what the work raises, and MemoryError where a process was killed.
    """
    if workers == 1:
        work = build()
        for chunk in chunks:
            yield chunk, work(chunk)
        return
    started: list[_Worker[C, R]] = []
    try:
        started += (_Worker(build) for _ in range(workers))
        waiting: list[C] = []
        taken = sent = 0
        more = True
        while more or taken < sent:
            while more and sent - taken < AHEAD * workers:
                upcoming = next(chunks, None)
                if upcoming is None:
                    more = False
                    break
                started[sent % workers].send(upcoming)
                waiting.append(upcoming)
                sent += 1
            if taken < sent:
                result = started[taken % workers].receive()
                taken += 1
                yield waiting.pop(0), result
    finally:
        for worker in started:
            worker.stop()


class _Worker(Generic[C, R]):
    """A process and this end of its pipe."""

    def __init__(self, build: Build[C, R]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(build, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def send(self, chunk: C) -> None:
        with suppress(BrokenPipeError):  # `receive` tells what has happened
            self._pipe.send(chunk)

    def receive(self) -> R:
        try:
            done, outcome = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            self._process.join(STOP_S)
            raise MemoryError(f"A process ended before its work was done, with {self._process.exitcode}.") from None
        if not done:
            raise outcome
        result: R = outcome
        return result

    def stop(self) -> None:
        self._pipe.close()
        self._process.terminate()
        self._process.join(STOP_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _serve(build: Build[Any, Any], pipe: "Connection[Any, Any]") -> None:
    """Work on what comes through `pipe` until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the first one ends the others
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread a process: they share the cores already
    chunks: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_read, args=(pipe, chunks), daemon=True).start()
    try:
        work = build()
        while True:
            pipe.send((True, work(chunks.get())))
    except BrokenPipeError:
        return
    except Exception as error:
        with suppress(BrokenPipeError):
            pipe.send((False, error))


def _read(pipe: "Connection[Any, Any]", chunks: "queue.Queue[Any]") -> None:
    """Take chunks from the pipe as they come, so that neither end ever waits for the other to read first."""
    try:
        while True:
            chunks.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)

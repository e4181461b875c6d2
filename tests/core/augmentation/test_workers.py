"""Work in several processes: in order, ended when nobody listens, with the error of the work."""

import os
import time
from collections.abc import Callable
from itertools import count

import psutil
import pytest

from core.augmentation.workers import in_order


def squaring() -> Callable[[int], int]:
    def square(n: int) -> int:
        time.sleep(0.02 * (n % 3))
        if n == 77:
            raise ValueError("seventy-seven")
        if n == 99:
            os._exit(3)
        return n * n

    return square


def echoing() -> Callable[[str], str]:
    return lambda text: text


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_the_chunks(workers: int) -> None:
    assert list(in_order(squaring, iter(range(10)), workers)) == [(n, n * n) for n in range(10)]


def test_chunks_larger_than_a_pipe_do_not_lock_up() -> None:
    texts = [str(n) * 500_000 for n in range(8)]
    assert [result for _, result in in_order(echoing, iter(texts), 2)] == texts


def test_no_chunks_no_results() -> None:
    assert list(in_order(squaring, iter([]), 2)) == []


def test_closing_ends_the_processes_and_takes_no_more_chunks() -> None:
    before = {child.pid for child in psutil.Process().children()}
    taken = count()
    results = in_order(squaring, taken, 2)
    assert next(results) == (0, 0)
    started = {child.pid for child in psutil.Process().children()} - before
    assert len(started) >= 2
    results.close()
    assert next(taken) <= 6  # two ahead of each of two processes
    left = {child.pid for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())}
    assert not left & started


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_the_work_is_raised(workers: int) -> None:
    with pytest.raises(ValueError, match="seventy-seven"):
        list(in_order(squaring, iter([1, 77, 2]), workers))


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(MemoryError, match="ended before its work was done, with 3"):
        list(in_order(squaring, iter([1, 99, 2]), 2))

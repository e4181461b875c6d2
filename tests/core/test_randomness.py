"""Randomness that belongs to a row: the same everywhere, even, and independent from row to row."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np

from core.randomness import fraction_for, rng_for

ROOT = Path(__file__).parents[2]


def test_a_row_has_the_same_stream_in_another_process() -> None:
    code = "from core.randomness import *; print(rng_for(3, '行', 'swap').integers(0, 2**63, 4).tolist())"
    outputs = {
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert outputs == {f"{rng_for(3, '行', 'swap').integers(0, 2**63, 4).tolist()}\n"}


def test_the_stream_is_pinned() -> None:
    # These values may never change: a saved recipe has to give the same rows again.
    assert rng_for(0, "a").integers(0, 1_000_000, 5).tolist() == [995593, 109400, 95279, 396817, 207450]
    assert fraction_for(0, "a") == 0.9699301709017465


def test_seed_row_and_salt_each_make_another_stream() -> None:
    streams = [
        tuple(rng_for(seed, row, salt).integers(0, 2**62, 3))
        for seed in (0, 1, 2**40, -1)
        for row in ("", "a", "b", "ab")
        for salt in ("", "a", "b")
    ]
    assert len(set(streams)) == len(streams)


def test_what_row_and_salt_say_cannot_be_shifted_between_them() -> None:
    assert fraction_for(0, "ab", "c") != fraction_for(0, "a", "bc")
    assert fraction_for(1, "1", "") != fraction_for(11, "", "")


def test_any_text_can_be_an_id() -> None:
    for row in ("", "\x00", "👩‍👩‍👧", "x" * 100_000, "half a pair \ud800"):
        assert 0 <= fraction_for(5, row) < 1


def test_a_fraction_is_the_first_53_bits_of_the_digest() -> None:
    digest = hashlib.blake2b(b"7\x1fr1\x1fsalt", digest_size=16).digest()
    assert fraction_for(7, "r1", "salt") == (int.from_bytes(digest[:7], "big") >> 3) / 2**53


def test_fractions_are_even() -> None:
    values = np.array([fraction_for(0, str(i)) for i in range(20_000)])
    counts, _ = np.histogram(values, bins=20, range=(0, 1))
    # 20 bins of 1,000 expected; chi-square with 19 degrees of freedom exceeds 43.8 once in 1,000 seeds
    assert float(((counts - 1000) ** 2 / 1000).sum()) < 43.8
    assert 0 <= values.min() < values.max() < 1


def test_neighbours_are_independent() -> None:
    values = np.array([fraction_for(0, str(i)) for i in range(20_000)])
    # the correlation of 20,000 independent pairs has a standard deviation of 1 / sqrt(20,000) = 0.007
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.03


def test_draws_are_the_same_everywhere_and_belong_to_their_row() -> None:
    from core.randomness import Draws

    first, again, other = Draws(1, "r1", "step"), Draws(1, "r1", "step"), Draws(1, "r2", "step")
    numbers = [first.integer() for _ in range(20)]
    assert numbers == [again.integer() for _ in range(20)]
    assert set(numbers).isdisjoint(other.integer() for _ in range(20))
    # The definition: BLAKE2b of the key with the block's number as salt, eight big-endian numbers a block.
    import hashlib

    block = hashlib.blake2b(b"1\x1fr1\x1fstep", digest_size=64, salt=(1).to_bytes(8, "big")).digest()
    assert numbers[8] == int.from_bytes(block[:8], "big")


def test_draws_are_even() -> None:
    from core.randomness import Draws

    counts = [0] * 5
    for i in range(5000):
        counts[Draws(0, str(i)).below(5)] += 1
    assert sum((c - 1000) ** 2 / 1000 for c in counts) < 18.5  # chi-squared with 4 degrees of freedom, p = 0.001
    assert sorted(Draws(0, "x").sample(range(9), 9)) == list(range(9))
    assert len(Draws(0, "x").sample("ab", 5)) == 2
    assert all(0 <= Draws(0, str(i)).uniform() < 1 for i in range(100))

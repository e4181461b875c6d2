"""Randomness is passed in, never global, and seeded per row, so the order of work cannot change a result."""

import hashlib

import numpy as np


def rng_for(seed: int, row_id: str, salt: str = "") -> np.random.Generator:
    """Return the generator that belongs to one row under one seed.

    The same (seed, row_id, salt) gives the same stream on every machine and in every process;
    `salt` tells the steps of a pipeline apart.
    """
    return np.random.Generator(np.random.PCG64(_digest(seed, row_id, salt)))


def fraction_for(seed: int, row_id: str, salt: str = "") -> float:
    """Return one number in [0, 1) that belongs to one row under one seed: enough to assign a split."""
    return (_digest(seed, row_id, salt) >> 75) / float(1 << 53)


def _digest(seed: int, row_id: str, salt: str) -> int:
    text = f"{seed}\x1f{row_id}\x1f{salt}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "big")

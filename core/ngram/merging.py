"""Merging the sorted counts of several chunks into one level, a stretch of keys at a time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.ngram.levels import TYPES, Column, Level, filled, firsts_of, lengths_of, path_of, sums

BLOCK = 1 << 22  # n-grams merged at once, of all chunks together

Map = NDArray[np.uint32]  # the place in the merged level of every n-gram of a chunk's level


def merge_level(parts: Sequence[Path], maps: Sequence[Map], k: int, bits: int, folder: Path) -> list[Map]:
    """Merge level `k` of the chunks in `parts` into one in `folder`; return the maps of the chunks into it.

    `maps` are those of level k - 1: with them the keys and suffixes of a chunk become those of the merged level, and
    stay in order.
    """
    levels = [Level.load(part, k) for part in parts]
    sizes = [len(level.keys) for level in levels]
    new_maps = [filled(part / f"{k}-map.npy", size, np.uint32) for part, size in zip(parts, sizes, strict=True)]
    done = [0] * len(parts)
    keys_file, counts_file, suffixes_file = (Column(path_of(folder, k, name), kind) for name, kind in TYPES.items())
    with keys_file, counts_file, suffixes_file:
        while done != sizes:
            heads = _heads(levels, maps, done, bits)
            keys = np.concatenate(heads)
            order = np.argsort(keys, kind="stable")
            keys = keys[order]
            firsts = firsts_of(keys)
            stops = [start + len(head) for start, head in zip(done, heads, strict=True)]
            taken = [slice(start, stop) for start, stop in zip(done, stops, strict=True)]
            counts = np.concatenate([level.counts[part] for level, part in zip(levels, taken, strict=True)])
            suffixes = np.concatenate([m[level.suffixes[p]] for m, level, p in zip(maps, levels, taken, strict=True)])
            places = np.empty(len(keys), np.uint32)
            places[order] = np.repeat(
                np.arange(keys_file.size, keys_file.size + len(firsts), dtype=np.uint32),
                lengths_of(firsts, len(keys)),
            )
            start = 0
            for new_map, part in zip(new_maps, taken, strict=True):
                new_map[part] = places[start : start + part.stop - part.start]
                start += part.stop - part.start
            keys_file.append(keys[firsts])
            counts_file.append(sums(counts[order], firsts))
            suffixes_file.append(suffixes[order[firsts]])
            done = stops
    return new_maps


def _heads(levels: Sequence[Level], maps: Sequence[Map], done: Sequence[int], bits: int) -> list[NDArray[np.uint64]]:
    """Return the merged keys of what comes next in each chunk, up to a key before which no chunk has more to come."""
    room = max(1, BLOCK // len(levels))
    heads = []
    limits = []
    for level, places, start in zip(levels, maps, done, strict=True):
        keys = level.keys[start : start + room]
        mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
        heads.append((places[keys >> np.uint64(bits)].astype(np.uint64) << np.uint64(bits)) | (keys & mask))
        if start + room < len(level.keys):
            limits.append(heads[-1][-1])
    if not limits:
        return heads
    return [head[: np.searchsorted(head, min(limits), side="right")] for head in heads]

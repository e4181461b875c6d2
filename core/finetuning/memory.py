"""How much memory there is: what the machine has free, or what its container leaves; and a sentence for too little."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import InputError

LESS = "Train fewer of the weights, use smaller batches or shorter texts, or a smaller model."
# What torch says of a GPU's memory and of a processor's; a class of its own is only the first.
FULL = ("out of memory", "can't allocate memory")
CGROUP = Path("/sys/fs/cgroup")
MEMINFO = Path("/proc/meminfo")
NO_LIMIT = 1 << 60  # version 1 says "no limit" as a number near 2^63


def available_memory(cgroup: Path = CGROUP, meminfo: Path = MEMINFO) -> int | None:
    """Return the bytes this process can still take: MemAvailable, or less where a control group sets a limit.

    None where neither can be read. What a group holds only as copies of files can be dropped, and counts as free.
    """
    found = [free for free in (_machine(meminfo), _group(cgroup)) if free is not None]
    return max(0, min(found)) if found else None


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn what torch raises where the memory does not suffice into an InputError."""
    try:
        yield
    except RuntimeError as error:
        if not any(sign in str(error) for sign in FULL):
            raise
        where = "the GPU" if "CUDA" in str(error) else "this machine"
        raise InputError(f"The memory of {where} does not suffice for this training.", LESS) from error


def _machine(meminfo: Path) -> int | None:
    try:
        lines = meminfo.read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _group(cgroup: Path) -> int | None:
    v1 = cgroup / "memory"
    for limit, used, stat, cached in (
        (cgroup / "memory.max", cgroup / "memory.current", cgroup / "memory.stat", "inactive_file"),
        (v1 / "memory.limit_in_bytes", v1 / "memory.usage_in_bytes", v1 / "memory.stat", "total_inactive_file"),
    ):
        try:
            most, now = int(limit.read_text("ascii")), int(used.read_text("ascii"))
            counts = dict(line.split() for line in stat.read_text("ascii").splitlines())
        except (OSError, ValueError):  # no such group, or "max": no limit
            continue
        if most < NO_LIMIT:
            return most - now + int(counts.get(cached, 0))
    return None

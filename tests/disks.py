"""Disks that fail on purpose: one of a given size, one that is full, one that is read-only, and all but a folder."""

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """Let `folder` be an empty disk inside the block; the test is skipped where that is not possible."""
    folder.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Let nothing be written in `folder` inside the block; the test is skipped where that is not possible."""
    mount("--bind", folder, folder)
    try:
        mount("-o", "remount,bind,ro", folder, tries=50)  # it is busy as long as the app writes a file in it
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


# In a view of the file system that this process alone has.
NOWHERE_BUT = """
mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,bind,ro / || exit 1
for temporary in /tmp /var/tmp; do ! mountpoint -q $temporary || mount -o remount,bind,ro $temporary || exit 1; done
shift && exec "$@"
"""


def writing_only_to(folder: Path) -> list[str | Path]:
    """Return what stands before a command that can write nowhere but in `folder`; skip the test where there is none."""
    before = ["unshare", "--mount", "sh", "-c", NOWHERE_BUT, "sh", folder]
    if shutil.which("unshare") is None or subprocess.run([*before, "true"], capture_output=True).returncode:
        pytest.skip("the rest of the file system can only be made read-only as root on Linux")
    return before


def mount(*arguments: str | Path, tries: int = 1) -> None:
    """Mount something, in a few tries a tenth of a second apart; skip the test where that is not possible."""
    if shutil.which("mount") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("a disk of its own can only be mounted as root on Linux")
    while (done := subprocess.run(["mount", *arguments], capture_output=True, text=True)).returncode:
        if not (tries := tries - 1):
            pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
        time.sleep(0.1)


def fill(folder: Path) -> Path:
    """Fill the disk that `folder` is on to its last byte and return the file that does so."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 512)
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return filler

"""The bytes of a file, gzipped or not, a chunk at a time, within limits that a gzip bomb cannot pass."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from core.data.sources.limits import MAX_BYTES
from core.errors import FileError

CHUNK_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 20
MAX_RATIO = 200
RATIO_FREE_BYTES = 100_000_000
GZIP_MAGIC = b"\x1f\x8b"


class FileBytes:
    """A file to read from the beginning, as often as wanted; gzip is recognised by content, not by name.

    `size` is the file's length on disk in bytes and `position` how much of it was read so far.
    Raises FileError where the file is missing, empty, or longer than MAX_BYTES.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        try:
            if path.is_dir():
                raise FileError(f"{path.name} is a folder.", "Name a file in it.")
            self.size = path.stat().st_size
            with path.open("rb") as file:
                self.gzipped = file.read(2) == GZIP_MAGIC
        except (FileNotFoundError, ValueError):
            raise FileError(f"There is no file {path}.", "Check its name and its folder.") from None
        except OSError as error:
            problem = f"The file {path.name} cannot be read ({error.strerror or error})."
            raise FileError(problem, "Check that you may open it.") from error
        if self.size == 0:
            raise FileError("The file is empty.", "Choose a file that has rows.")
        if self.size > MAX_BYTES:
            problem = f"The file has {self.size:,} bytes, and the most that can be imported is {MAX_BYTES:,}."
            raise FileError(problem, "Split it into smaller files, or import its first part.")

    def chunks(self) -> Iterator[bytes]:
        """Yield the unpacked content, CHUNK_BYTES at a time, and keep `position` up to date.

        Raises FileError for a damaged gzip file and for one that unpacks to far more than its size.
        """
        self.position = unpacked = 0
        with self.path.open("rb") as raw:
            file = gzip.GzipFile(fileobj=raw) if self.gzipped else raw
            while True:
                try:
                    chunk = file.read(CHUNK_BYTES)
                except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                    problem = f"The gzip file is damaged or was cut off ({error})."
                    raise FileError(problem, "Copy or download it again.") from error
                if not chunk:
                    break
                unpacked += len(chunk)
                self.position = raw.tell()
                if self.gzipped:
                    self._check_bomb(unpacked)
                yield chunk
        self.position = self.size

    def sample(self) -> tuple[bytes, bool]:
        """Return the first SAMPLE_BYTES or so of the content, and whether that is all of it."""
        taken = b""
        for chunk in self.chunks():
            taken += chunk
            if len(taken) > SAMPLE_BYTES:
                return taken[:SAMPLE_BYTES], False
        return taken, True

    def _check_bomb(self, unpacked: int) -> None:
        if unpacked > MAX_BYTES:
            problem = f"The gzip file unpacks to more than {MAX_BYTES:,} bytes, the most that can be imported."
            raise FileError(problem, "Unpack it, and split it into smaller files.")
        if unpacked > RATIO_FREE_BYTES and unpacked > MAX_RATIO * self.position:
            problem = (
                f"The gzip file unpacks to more than {MAX_RATIO} times its size, "
                f"{unpacked:,} bytes from {self.position:,} so far, as no text does."
            )
            raise FileError(problem, "Unpack it yourself if you trust it, and import what is in it.")

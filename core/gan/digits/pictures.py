"""The pictures that a GAN learns from, checked, and pictures as files: PNG, idx and NPZ."""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.sources.images import Images, digits, idx_folder
from core.errors import InputError
from core.gan.digits.config import SAMPLE

Pixels = NDArray[np.uint8]  # (N, H, W), 0 = paper, 255 = ink
FEWEST, SMALLEST, LARGEST, MOST_CLASSES = 100, 8, 64, 64
GAP = 1  # pixels between the pictures of a grid


@dataclass(frozen=True)
class Pictures:
    """`pixels` (N, H, W) with the class of each, (N,), as a place in `names`."""

    pixels: Pixels
    classes: NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a picture."""
        height, width = self.pixels.shape[1:]
        return height, width

    @property
    def digest(self) -> str:
        """A digest of all pictures and their classes."""
        digest = hashlib.sha256(repr((self.pixels.shape, self.names)).encode())
        digest.update(self.pixels.tobytes() + self.classes.tobytes())
        return digest.hexdigest()


def read_pictures(data: str) -> Pictures:
    """Return the pictures that `data` names: the word digits, or a folder of idx files.

    Raises FileError for files that are no idx files, InputError for pictures that nothing can be learned from,
    MissingResource where scikit-learn is not installed.
    """
    return as_pictures(digits() if data == SAMPLE else idx_folder(Path(data).expanduser()))


def as_pictures(images: Images) -> Pictures:
    """Return `images` with their classes numbered. Raises InputError where nothing can be learned from them."""
    labels, classes = np.unique(images.labels, return_inverse=True)
    names = tuple(map(str, labels.tolist()))
    number, height, width = images.pixels.shape
    if number < FEWEST:
        raise InputError(f"There are {number:,} pictures, and a GAN needs {FEWEST} at least.", "Choose more pictures.")
    if not (SMALLEST <= height <= LARGEST and SMALLEST <= width <= LARGEST):
        raise InputError(
            f"The pictures are of {height} x {width} pixels, and a side must have {SMALLEST} to {LARGEST}.",
            "Make them smaller or larger first.",
        )
    if len(names) == 1:
        raise InputError(
            f"All {number:,} pictures are of one class, {names[0]}.",
            "Choose pictures of two classes at least, so that a judge can learn to tell them apart.",
        )
    if len(names) > MOST_CLASSES:
        raise InputError(
            f"The pictures are of {len(names):,} classes, and {MOST_CLASSES} are the most.", "Choose fewer classes."
        )
    return Pictures(np.ascontiguousarray(images.pixels), classes.astype(np.int64).reshape(-1), names)


def grid(pixels: Pixels, columns: int, scale: int = 1) -> Pixels:
    """Return pictures (N, H, W) side by side as one, `scale` pixels for each of theirs; an empty place is paper."""
    number, height, width = pixels.shape
    rows = -(-number // columns)
    whole = np.zeros((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP), np.uint8)
    for place, picture in enumerate(pixels):
        top, left = place // columns * (height + GAP), place % columns * (width + GAP)
        whole[top : top + height, left : left + width] = picture
    return whole.repeat(scale, 0).repeat(scale, 1)


def png(picture: Pixels) -> bytes:
    """Return one picture (H, W) as a PNG file, ink dark on white (W3C 2003, "PNG Specification", sections 5 to 11)."""
    height, width = picture.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), 255 - picture], 1)  # each row begins with its filter: none

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)  # 8 bits a pixel, grey
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def idx(array: NDArray[np.uint8]) -> bytes:
    """Return an array as an idx file, which `core.data.sources.images.read_idx` reads."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 0x08, array.ndim, *array.shape) + array.tobytes()


def npz(pixels: Pixels, labels: NDArray[np.uint8] | None) -> bytes:
    """Return pictures, and labels if there are any, as a compressed file for `numpy.load`."""
    buffer = io.BytesIO()
    arrays = {"images": pixels} if labels is None else {"images": pixels, "labels": labels}
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()

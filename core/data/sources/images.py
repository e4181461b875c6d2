"""Pictures of handwritten digits for the GANs: scikit-learn's 8x8 digits, and folders of idx files such as MNIST.

The idx format is described on the MNIST page (LeCun, Cortes and Burges): two zero bytes, a type, the number of
dimensions, the size of each as a big-endian 32-bit integer, then the values.
"""

import gzip
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.data.sources.source import ColumnMapping, Source
from core.data.sources.streaming import stream
from core.errors import FileError, MissingResource

IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_BYTES = 1 << 30
GZIP = b"\x1f\x8b"
SPLIT_WORDS = {"train": "train", "t10k": "test", "test": "test"}
WHAT_TO_DO = "Download it again, or choose another file."
FULL_INK = 16  # scikit-learn's pixels are 0 to 16

SCHEMA = pa.schema(
    {
        "text": pa.string(),
        "label": pa.string(),
        "split": pa.string(),
        "pixels": pa.list_(pa.uint8()),  # height * width values, row by row, 0 = paper, 255 = ink
        "height": pa.int32(),
        "width": pa.int32(),
    }
)
MAPPING = ColumnMapping(text="text", label="label", split="split")


@dataclass(frozen=True)
class Images:
    """`pixels` (N, H, W) of uint8, 0 = paper, 255 = ink; `labels` (N,) of uint8."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def digits() -> Images:
    """Return scikit-learn's 1,797 handwritten digits of 8x8 pixels. Raises MissingResource."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingResource("The package scikit-learn is not installed.", "Run `make setup`.") from error
    bunch = load_digits()
    pixels = np.round(bunch.images * (255 / FULL_INK)).astype(np.uint8)  # (1797, 8, 8)
    return Images(pixels, bunch.target.astype(np.uint8))


def open_digits() -> Source:
    """Return the source of `digits()`. Raises MissingResource."""
    images = digits()
    return stream(
        "digits",
        _rows({None: images}, "A handwritten {label}, picture {number}."),
        SCHEMA,
        MAPPING,
        total=len(images.labels),
        language="en",
    )


def open_idx(folder: Path) -> Source:
    """Return the source of all pictures in a folder of idx files, with the split that their file names tell.

    Raises FileError.
    """
    parts = _idx_parts(folder)
    total = sum(len(images.labels) for images in parts.values())
    return stream(
        folder.name, _rows(parts, "Picture {number}, labelled {label}."), SCHEMA, MAPPING, total=total, language="en"
    )


def idx_folder(folder: Path) -> Images:
    """Return all pictures in a folder of idx files, training part first. Raises FileError."""
    parts = list(_idx_parts(folder).values())
    sizes = sorted({part.pixels.shape[1:] for part in parts})
    if len(sizes) > 1:
        (height, width), (other_height, other_width) = sizes[:2]
        problem = f"{folder.name} holds pictures of {height} x {width} and of {other_height} x {other_width} pixels."
        raise FileError(problem, "Choose files whose pictures are of one size.")
    return Images(np.concatenate([p.pixels for p in parts]), np.concatenate([p.labels for p in parts]))


def read_idx(path: Path) -> NDArray[Any]:
    """Return the array that an idx file holds, gzipped or not. Raises FileError where it is anything else."""
    try:
        with path.open("rb") as raw:
            is_gzip = raw.read(2) == GZIP
        with gzip.open(path) if is_gzip else path.open("rb") as file:
            zeros, kind, dimensions = file.read(2), file.read(1), file.read(1)
            if zeros != b"\0\0" or not dimensions or kind[0] not in IDX_TYPES or not dimensions[0]:
                raise FileError(f"{path.name} is not an idx file.", WHAT_TO_DO)
            sizes = file.read(4 * dimensions[0])
            if len(sizes) < 4 * dimensions[0]:
                raise FileError(f"{path.name} ends within its header.", WHAT_TO_DO)
            shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
            dtype = np.dtype(IDX_TYPES[kind[0]])
            expected = math.prod(shape) * dtype.itemsize
            if expected > MAX_BYTES:
                problem = f"{path.name} says that it holds {expected:,} bytes, and {MAX_BYTES:,} is the limit."
                raise FileError(problem, "Choose a smaller file.")
            data = file.read(expected + 1)  # one more shows a file that goes on after its end
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileError(f"{path.name} is a damaged gzip file.", WHAT_TO_DO) from error
    except OSError as error:
        raise FileError(f"{path.name} cannot be read ({error.strerror}).", "Choose another file.") from error
    if len(data) != expected:
        found = f"{len(data):,}" if len(data) < expected else "more"
        raise FileError(f"{path.name} should hold {expected:,} bytes of values and holds {found}.", WHAT_TO_DO)
    return np.frombuffer(data, dtype).reshape(shape)


def _rows(parts: dict[str | None, Images], caption: str) -> Iterator[tuple[object, ...]]:
    """Yield a row a picture; each text has a number, because rows with the same text count as duplicates elsewhere."""
    number = 0
    for split, images in parts.items():
        height, width = images.pixels.shape[1:]
        for pixels, label in zip(images.pixels, images.labels, strict=True):
            number += 1
            yield caption.format(label=label, number=number), str(label), split, pixels.ravel(), height, width


def _idx_parts(folder: Path) -> dict[str | None, Images]:
    """Return the pictures in `folder` by split: "train", "test", or None where the file's name tells neither."""
    if not folder.is_dir():
        raise FileError(f"{folder.name} is not a folder.", "Choose the folder that holds the idx files.")
    files = {path.name.removesuffix(".gz"): path for path in folder.iterdir() if "idx" in path.name}
    parts: dict[str | None, Images] = {}
    for name in sorted(files, key=lambda name: ("train" not in name, name)):
        if "images" not in name:
            continue
        labels = name.replace("images", "labels").replace("idx3", "idx1")
        if labels not in files:
            raise FileError(f"There are no labels for {name}.", f"Put the file {labels} beside it.")
        split = next((split for word, split in SPLIT_WORDS.items() if word in name), None)
        if split in parts:
            raise FileError(f"{folder.name} holds two sets of pictures for the same split.", "Keep only one of them.")
        parts[split] = _labelled(files[name], files[labels])
    if not parts:
        raise FileError(
            f"{folder.name} holds no idx files of pictures.",
            "Choose a folder with files such as train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz.",
        )
    return parts


def _labelled(pixels_path: Path, labels_path: Path) -> Images:
    pixels, labels = read_idx(pixels_path), read_idx(labels_path)
    for path, array, dimensions in ((pixels_path, pixels, 3), (labels_path, labels, 1)):
        if array.dtype != np.uint8 or array.ndim != dimensions:
            problem = f"{path.name} has {array.ndim} dimensions of {array.dtype}, not {dimensions} of uint8."
            raise FileError(problem, WHAT_TO_DO)
    if len(pixels) != len(labels):
        problem = f"{pixels_path.name} holds {len(pixels):,} pictures and {labels_path.name} {len(labels):,} labels."
        raise FileError(problem, "Choose files that belong together.")
    return Images(pixels, labels)

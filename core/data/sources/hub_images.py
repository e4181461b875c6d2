"""Pictures of an image dataset of the hub, such as ylecun/mnist, streamed: only what is asked for is fetched."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.data.sources.hub import HubSplits, open_splits
from core.data.sources.hub_errors import hub_errors
from core.data.sources.hub_rows import READ_ROWS
from core.data.sources.images import Images
from core.errors import FileError, InputError, MissingResource
from core.jobs import Job, Progress

UNIT = "pictures"
LABELS = ("label", "labels", "class", "digit", "target")  # names of a column of classes
GREY = ("L", "1")  # Pillow's names for 8 bits and 1 bit a pixel
KINDS = ("PNG", "JPEG", "GIF", "BMP")
HIGHEST = 255  # class
OFFLINE_WAY = "Take the sample digits, upload idx files, or try again where there is a network."
OTHER_WAY = "Choose another dataset, or upload idx files."
ANOTHER = "Choose another dataset, such as ylecun/mnist."


def hub_images(
    dataset_id: str, config: str | None, split: str | None, row_limit: int, sides: tuple[int, int]
) -> Job[Images]:
    """Fetch the first `row_limit` pictures of a split of a dataset ("owner/name") and return them with their classes.

    `split` is as in `hub.open_hub`; `sides` are the fewest and the most pixels that a side may have. Pixels are taken
    as they are, so that a dataset in white on black, as MNIST is, has 255 for ink. A class is its number, or its name
    where all names are numbers. Emits Progress in pictures. Raises as `hub.open_hub`, InputError where there is no
    column of pictures or of classes, a picture is not square, not grey or not of the size of the others, or a class is
    not a number from 0 to 255, and FileError for a picture that is damaged.
    """
    yield Progress(0, None, UNIT, "Asking the hub")
    try:
        return (yield from _read(open_splits(dataset_id, config, split), row_limit, sides))
    except MissingResource as error:
        raise MissingResource(error.problem, OFFLINE_WAY) from error
    except FileError as error:
        raise FileError(error.problem, OTHER_WAY) from error


def _read(splits: HubSplits, row_limit: int, sides: tuple[int, int]) -> Job[Images]:
    found, total = splits.dataset, splits.total(row_limit)
    pixels: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    for name, stream in splits.streams.items():
        features, left = dict(stream.features or {}), row_limit
        with hub_errors(found.id, found.is_gated):
            for table in stream.with_format("arrow").iter(batch_size=READ_ROWS):
                table = table.slice(0, left)
                left -= len(table)
                picture, label = _columns(table.schema, features, found.id)
                for image, value in zip(
                    table[picture].to_pylist(), _values(table[label], features.get(label)), strict=True
                ):
                    place = f"Picture {len(pixels) + 1:,} of the dataset {found.id}"
                    pixels.append(_pixels(image, place, sides))
                    labels.append(_class(value, place))
                    if pixels[-1].shape != pixels[0].shape:
                        raise InputError(f"{place} is of another size than the first one.", ANOTHER)
                yield Progress(len(pixels), total, UNIT, f"Fetching the split {name} of {found.id}")
                if not left:
                    break
    if not pixels:
        raise InputError(f"The dataset {found.id} has no rows.", "Choose another split or another dataset.")
    return Images(np.stack(pixels), np.array(labels, np.uint8))


def _columns(schema: pa.Schema, features: Mapping[str, Any], dataset_id: str) -> tuple[str, str]:
    """Return the names of the column of pictures and of the column of classes. Raises InputError."""
    pictures = [f.name for f in schema if pa.types.is_struct(f.type) and f.type.get_field_index("bytes") >= 0]
    if not pictures:
        raise InputError(f"The dataset {dataset_id} has no column of pictures.", ANOTHER)
    named = [name for name in schema.names if name.lower() in LABELS]
    classes = [name for name in schema.names if type(features.get(name)).__name__ == "ClassLabel"]
    if not named + classes:
        problem = f"The dataset {dataset_id} has no column of classes, which say what is on each picture."
        raise InputError(problem, ANOTHER)
    return pictures[0], (named + classes)[0]


def _values(column: pa.ChunkedArray, feature: Any) -> list[Any]:
    """Return what a column of classes holds; names that are numbers stand in for the numbers of the classes."""
    values: list[Any] = column.to_pylist()
    names = getattr(feature, "names", None)
    if not names or not all(str(name).isdecimal() for name in names):
        return values
    name_of = dict(enumerate(names))
    return [name_of.get(value) for value in values]


def _class(value: Any, place: str) -> int:
    if value is None:
        raise InputError(f"{place} has no class.", "Choose another split or another dataset.")
    if str(value).isdecimal() and int(str(value)) <= HIGHEST:
        return int(str(value))
    raise InputError(
        f"{place} has the class {str(value)[:40]!r}, not a number from 0 to {HIGHEST}.",
        "Choose another split, or a dataset whose classes are numbers.",
    )


def _pixels(image: Mapping[str, Any] | None, place: str, sides: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture (H, W). Its size and its colours are looked at before it is unpacked.

    Only the bytes are read: a path or an address in their place could be one of this machine.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingResource("The package Pillow is not installed.", "Run `make setup`.") from error
    data = (image or {}).get("bytes")
    if not data:
        raise InputError(f"{place} is not in the dataset itself.", ANOTHER)
    try:
        with Image.open(io.BytesIO(data), formats=KINDS) as opened:
            width, height = opened.size
            if opened.mode not in GREY:
                raise InputError(f"{place} is not in 256 shades of grey.", ANOTHER)
            if width != height or not sides[0] <= width <= sides[1]:
                problem = f"{place} is of {height} x {width} pixels, and a picture must be square, "
                raise InputError(f"{problem}with {sides[0]} to {sides[1]} pixels a side.", ANOTHER)
            return np.asarray(opened.convert("L"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileError(f"{place} cannot be read ({type(error).__name__}).", OTHER_WAY) from error

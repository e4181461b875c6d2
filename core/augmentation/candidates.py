"""Made texts on disk: every changed text of a round, in the order of its source row's id and its copy's number."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.augmentation.digests import DIGEST_BYTES
from core.augmentation.making import Chunk, MadeTexts
from core.augmentation.operator import Row
from core.augmentation.quotas import Counts
from core.augmentation.train_rows import READ_ROWS
from core.augmentation.workers import in_order
from core.data.duplicates import row_groups
from core.jobs import Job, Progress, Sample

CHUNK_TEXTS = 128  # a slow model takes seconds for as many, and a cancel waits for no more
CHUNK_CHARACTERS = 100_000
EVENT_S = 0.1
SAMPLE_S = 1.0
SHOWN = 5
SHOWN_CHARACTERS = 500

SCHEMA = pa.schema(
    [
        ("place", pa.int64()),  # of the source row among the train rows
        ("copy", pa.int32()),
        ("text", pa.string()),
        ("steps", pa.string()),
        ("details", pa.string()),
        ("exact", pa.binary(DIGEST_BYTES)),
        ("normal", pa.binary(DIGEST_BYTES)),
    ]
)


@dataclass(frozen=True)
class Round:
    """What one pass over the train rows made: `tried` texts in `seconds`, the changed ones in the file `path`."""

    path: Path
    tried: int
    changed: int
    seconds: float


def produce(
    train: Path,
    target: Path,
    build: Callable[[], Callable[[Chunk], MadeTexts]],
    copied: Counts,
    copies: Counts,
    workers: int,
    name_of: Callable[[str], str],
) -> Job[Round]:
    """Make `copies` (N,) texts of each of the N rows of `train`, beyond the `copied` (N,) ones; write them to `target`.

    `build` is called in each worker; `name_of` names the operators of steps such as "1+3". Closing the job ends the
    workers. Raises what building and working raise.
    """
    total = int(copies.sum())
    tried = changed = 0
    begun = time.monotonic()
    told, shown = 0.0, begun
    results = in_order(build, _chunks(train, copied, copies), workers)
    yield Progress(0, total, message="Starting the steps")
    try:
        with row_groups(target, SCHEMA) as out:
            for chunk, made in results:
                out.write(_batch(made))
                tried += made.tried
                changed += len(made.texts)
                now = time.monotonic()
                if now - told >= EVENT_S:
                    rate = tried / (now - begun)
                    yield Progress(tried, total, message=f"Making new rows, {rate:,.0f} a second")
                    told = now
                if now - shown >= SAMPLE_S and made.texts:
                    yield Sample("examples", _examples(chunk, made, name_of))
                    shown = now
    finally:
        results.close()
    return Round(target, tried, changed, time.monotonic() - begun)


def _chunks(train: Path, copied: Counts, copies: Counts) -> Iterator[Chunk]:
    places: list[int] = []
    rows: list[Row] = []
    texts = characters = 0
    place = -1
    with pq.ParquetFile(train) as file:
        for batch in file.iter_batches(READ_ROWS):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                place += 1
                if not copies[place]:
                    continue
                places.append(place)
                rows.append(Row(*row))
                texts += int(copies[place])
                characters += int(copies[place]) * len(rows[-1].text)
                if texts >= CHUNK_TEXTS or characters >= CHUNK_CHARACTERS:
                    yield Chunk(places, rows, (copied[places] + 1).tolist(), copies[places].tolist())
                    places, rows = [], []
                    texts = characters = 0
    if rows:
        yield Chunk(places, rows, (copied[places] + 1).tolist(), copies[places].tolist())


def _batch(made: MadeTexts) -> pa.RecordBatch:
    columns = (made.places, made.copies, made.texts, made.steps, made.details, made.exact, made.normal)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _examples(chunk: Chunk, made: MadeTexts, name_of: Callable[[str], str]) -> list[dict[str, Any]]:
    before = dict(zip(chunk.places, chunk.rows, strict=True))
    return [
        {
            "before": before[place].text[:SHOWN_CHARACTERS],
            "after": text[:SHOWN_CHARACTERS],
            "operator": name_of(steps),
        }
        for place, text, steps in list(zip(made.places, made.texts, made.steps, strict=True))[:SHOWN]
    ]

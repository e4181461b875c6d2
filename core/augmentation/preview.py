"""What a recipe does to a few texts, at once: for looking before anything is made."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.augmentation.extending import CACHE
from core.augmentation.making import Chunk, MadeTexts, Steps
from core.augmentation.operator import Context, Row
from core.augmentation.recipe import Recipe
from core.data.table import quoted, table
from core.data.workspace import Version
from core.storage import home_folder, storage_errors

POOL_ROWS = 20_000  # what operators that draw from the dataset see of it here
TRAIN = "split = 'train' OR NOT EXISTS (SELECT 1 FROM data WHERE split IS NOT NULL)"

Make = Callable[[Chunk], MadeTexts]


@dataclass(frozen=True)
class Previewed:
    """A text before and after; the two are equal where nothing was changed."""

    before: str
    after: str


def preview_steps(recipe: Recipe, version: Version, files: Path | None = None) -> Make:
    """Return the recipe's steps, built on the first POOL_ROWS train rows of `version`. Raises as the operators do.

    Files that the recipe names are looked for in `files`, then where the program runs.
    """
    train = _sample(version)
    return Steps.of(recipe, Context(version.language, train, train.parent, recipe.seed, files)).build()


def rows_to_show(version: Version, offset: int, limit: int) -> list[Row]:
    """Return `limit` train rows of `version` from the place `offset` on; past the end it goes on from the first."""
    rows = pq.read_table(_sample(version))
    places = [(offset + place) % rows.num_rows for place in range(min(limit, rows.num_rows))]
    return [Row(row["id"], row["text"], row["label"]) for row in rows.take(pa.array(places, pa.int64())).to_pylist()]


def preview(steps: Make, rows: Sequence[Row], copy: int = 1) -> list[Previewed]:
    """Return each row's text before and after, as the copy with the number `copy` (from 1) would be."""
    made = steps(_chunk(rows, copy))
    after = dict(zip(made.places, made.texts, strict=True))
    return [Previewed(row.text, after.get(place, row.text)) for place, row in enumerate(rows)]


def seconds_per_thousand(steps: Make, rows: Sequence[Row], budget_s: float = 0.25) -> float:
    """Return the time that a thousand rows like `rows` (at least one) take, in seconds.

    It is measured on the first of them, more and more, until they are through or `budget_s` seconds have passed.
    """
    done, size = 0, 4
    began = time.perf_counter()
    while not done or (done < len(rows) and time.perf_counter() - began < budget_s):
        steps(_chunk(rows[done : done + size], 1))
        done, size = min(done + size, len(rows)), 2 * size
    return 1000 * (time.perf_counter() - began) / done


def _chunk(rows: Sequence[Row], copy: int) -> Chunk:
    return Chunk(range(len(rows)), rows, [copy] * len(rows), [1] * len(rows))


def _sample(version: Version) -> Path:
    """Return the file of the first POOL_ROWS train rows, which is written at the first call."""
    cache = home_folder() / "cache" / CACHE
    path = cache / f"preview-{version.id}.parquet"
    with storage_errors(cache):
        cache.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            unfinished = path.with_suffix(".part")
            with table(version.path) as duck:
                rows = f"SELECT id, text, label FROM data WHERE {TRAIN} LIMIT {POOL_ROWS}"
                duck.execute(f"COPY ({rows}) TO '{quoted(unfinished)}' (FORMAT parquet)")
            unfinished.rename(path)
    return path

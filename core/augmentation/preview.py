"""What a recipe does to a few texts, at once: for looking before anything is made."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.augmentation.extending import CACHE
from core.augmentation.making import Chunk, MadeTexts, Steps
from core.augmentation.operator import Context, Row
from core.augmentation.recipe import Recipe
from core.data.table import quoted, table
from core.data.workspace import Version
from core.storage import home_folder, storage_errors

POOL_ROWS = 20_000  # what operators that draw from the dataset see of it here
TRAIN = "split = 'train' OR NOT EXISTS (SELECT 1 FROM data WHERE split IS NOT NULL)"


@dataclass(frozen=True)
class Previewed:
    """A text before and after; the two are equal where nothing was changed."""

    before: str
    after: str


def preview_steps(recipe: Recipe, version: Version) -> Callable[[Chunk], MadeTexts]:
    """Return the recipe's steps, built on the first POOL_ROWS train rows of `version`. Raises as the operators do."""
    cache = home_folder() / "cache" / CACHE
    train = cache / f"preview-{version.id}.parquet"
    with storage_errors(cache):
        cache.mkdir(parents=True, exist_ok=True)
        if not train.exists():
            unfinished = train.with_suffix(".part")
            with table(version.path) as duck:
                rows = f"SELECT id, text, label FROM data WHERE {TRAIN} LIMIT {POOL_ROWS}"
                duck.execute(f"COPY ({rows}) TO '{quoted(unfinished)}' (FORMAT parquet)")
            unfinished.rename(train)
    return Steps.of(recipe, Context(version.language, train, cache, recipe.seed)).build()


def preview(steps: Callable[[Chunk], MadeTexts], rows: Sequence[Row]) -> tuple[list[Previewed], float]:
    """Return each row's text before and after, and the seconds that a thousand such rows take."""
    began = time.perf_counter()
    ones = [1] * len(rows)
    made = steps(Chunk(range(len(rows)), rows, ones, ones))
    seconds = time.perf_counter() - began
    after = dict(zip(made.places, made.texts, strict=True))
    shown = [Previewed(row.text, after.get(place, row.text)) for place, row in enumerate(rows)]
    return shown, 1000 * seconds / max(1, len(rows))

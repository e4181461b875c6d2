"""What an augmentation did, in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

SHOWN_ROWS = 50
SHOWN_CHARACTERS = 2_000


@dataclass(frozen=True)
class TextFigures:
    """The train rows' `rows`, `tokens`, `vocabulary` (different tokens) and distinct n-grams by all n-grams."""

    rows: int
    tokens: int
    vocabulary: int
    distinct_1: float
    distinct_2: float


@dataclass(frozen=True)
class Shown:
    """A made text beside its source row's.

    `reason` is the gate that rejected it, or "duplicate", and `explanation` a sentence; both are empty where it was
    accepted.
    """

    parent_id: str
    before: str
    after: str
    operator: str
    label: str | None
    reason: str = ""
    explanation: str = ""


@dataclass(frozen=True)
class Report:
    """The numbers of one augmentation.

    `tried` texts = `unchanged` + `produced`, and `produced` = `accepted` + `duplicates` + all of `rejected` (by gate,
    in the order in which they judged). `wanted` is how many new rows a multiplier or balance asked for. `rows_before`
    and `rows_after` count the whole dataset; `before`, `after` and `labels_...` its train rows. `mean_cosine` is
    over `cosine_pairs` accepted rows, None where there is no encoder. Times are of making alone.
    """

    rows_before: int
    rows_after: int
    before: TextFigures
    after: TextFigures
    labels_before: Mapping[str, int]
    labels_after: Mapping[str, int]
    tried: int
    unchanged: int
    produced: int
    accepted: int
    duplicates: int
    rejected: Mapping[str, int]
    wanted: int | None
    mean_cosine: float | None
    cosine_pairs: int
    seconds: float
    rows_per_second: float
    workers: int
    notes: Sequence[str] = ()
    accepted_rows: Sequence[Shown] = field(default=())
    rejected_rows: Sequence[Shown] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Return the report in JSON types."""
        return asdict(self)

    def numbers(self) -> dict[str, Any]:
        """Return the report in JSON types, without the rows that it shows."""
        return {name: value for name, value in asdict(self).items() if name not in ("accepted_rows", "rejected_rows")}

    def summary(self) -> str:
        """Return the report in two sentences."""
        return (
            f"Made {self.accepted:,} new rows from {self.before.rows:,} train rows, so the dataset has "
            f"{self.rows_after:,} rows. Of {self.tried:,} texts tried, {self.unchanged:,} were left unchanged, "
            f"{self.duplicates:,} repeated another new row and {sum(self.rejected.values()):,} did not pass a gate."
        )


def spread(total: int, most: int) -> npt.NDArray[np.int64]:
    """Return at most `most` places of `total`, evenly spread, ascending."""
    return np.unique(np.linspace(0, total - 1, min(total, most)).astype(np.int64))

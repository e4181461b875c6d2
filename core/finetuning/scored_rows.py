"""The rows that a finished model was scored on, with its logits: all that the page says is computed from them.

They are kept in the run's folder, so that no model is needed to judge it, and another threshold, temperature or
measure costs no second pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import NotFound
from core.finetuning.evaluation import predicted, probabilities
from core.storage import storage_errors

Part = Literal["validation", "test"]
PARTS: tuple[Part, ...] = ("validation", "test")


@dataclass(frozen=True)
class ScoredRows:
    """N rows and C labels: `targets` is (N), label numbers, or (N, C), 0 and 1, where a row can have several labels.

    `baselines` holds what simpler methods answered, by name, each in the shape of `targets`.
    """

    ids: list[str]
    targets: npt.NDArray[np.int64]
    logits: npt.NDArray[np.floating[Any]]  # (N, C)
    baselines: dict[str, npt.NDArray[np.int64]]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def multi_label(self) -> bool:
        """Whether a row can have several labels."""
        return self.targets.ndim == 2

    @cached_property
    def predicted(self) -> npt.NDArray[np.int64]:
        """What the model answered, in the shape of `targets`."""
        return predicted(self.logits, self.multi_label)

    @cached_property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """The model's probabilities (N, C)."""
        return probabilities(self.logits, self.multi_label)

    def right(self, answers: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.bool_]:
        """Return for each row whether `answers` (the model's where None) are its true label, or all of its labels."""
        same = (self.predicted if answers is None else answers) == self.targets
        return np.asarray(same.all(axis=1) if self.multi_label else same)


def path_of(folder: Path, part: Part) -> Path:
    """Return where the rows of `part` are kept in a run's folder."""
    return folder / f"predictions_{part}.parquet"


def save(folder: Path, part: Part, rows: ScoredRows) -> None:
    """Write the rows into a run's folder: columns id, target, logits, and one a baseline. Raises StorageError."""
    answers = {f"baseline_{name}": _column(values) for name, values in rows.baselines.items()}
    columns = {"id": pa.array(rows.ids, pa.string()), "target": _column(rows.targets)}
    logits = pa.FixedSizeListArray.from_arrays(pa.array(rows.logits.ravel()), rows.logits.shape[1])
    with storage_errors(folder):
        pq.write_table(pa.table({**columns, "logits": logits, **answers}), path_of(folder, part))


def load(folder: Path, part: Part) -> ScoredRows:
    """Return the rows that a run was scored on. Raises NotFound where the run has kept none of this part."""
    if not path_of(folder, part).exists():
        raise NotFound(f"This run has kept no predictions of {part} rows.", "Train again to judge the model.")
    with storage_errors(folder):
        table = pq.read_table(path_of(folder, part))
    names = [name for name in table.column_names if name.startswith("baseline_")]
    return ScoredRows(
        ids=table["id"].to_pylist(),
        targets=_array(table["target"]),
        logits=np.stack(table["logits"].combine_chunks().to_numpy(zero_copy_only=False)).astype(np.float32),
        baselines={name.removeprefix("baseline_"): _array(table[name]) for name in names},
    )


def available(folder: Path) -> list[Part]:
    """Return the parts that a run has kept, the one that speaks for the model last."""
    return [part for part in PARTS if path_of(folder, part).exists()]


def named(target: int | npt.NDArray[np.int64], labels: Sequence[str]) -> str:
    """Return one row's label, or its labels with commas between them ("" for none), for people."""
    if isinstance(target, np.ndarray) and target.ndim:
        return ", ".join(label for label, has in zip(labels, target, strict=True) if has)
    return labels[int(target)]


def _column(values: npt.NDArray[np.int64]) -> pa.Array:
    if values.ndim == 1:
        return pa.array(values.astype(np.int64))
    return pa.FixedSizeListArray.from_arrays(pa.array(values.astype(np.int8).ravel()), values.shape[1])


def _array(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    values = column.combine_chunks().to_numpy(zero_copy_only=False)
    return np.stack(values).astype(np.int64) if values.dtype == object else values.astype(np.int64)

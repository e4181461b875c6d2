"""Candidates beside the rows they were made from, with what was decided about them and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.augmentation.candidates import Round
from core.augmentation.gate import GateConfig
from core.augmentation.judging import ACCEPTED, DUPLICATE_SENTENCE, Verdicts
from core.augmentation.lineage import Lineage
from core.augmentation.report import SHOWN_CHARACTERS, Shown
from core.augmentation.train_rows import READ_ROWS, Rows


@dataclass(frozen=True)
class Judged:
    """A batch of candidates, numbered from `first` through all rounds, with their source rows and verdicts."""

    first: int
    candidates: pa.RecordBatch
    parents: pa.Table
    verdicts: Verdicts

    def places(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return where the candidates with these `numbers`, ascending, are in this batch, as far as they are."""
        begin, end = np.searchsorted(numbers, [self.first, self.first + self.candidates.num_rows])
        places: npt.NDArray[np.int64] = numbers[begin:end] - self.first
        return places


def judged_batches(rounds: Sequence[tuple[Round, Verdicts]], train: Path) -> Iterator[Judged]:
    """Yield every candidate of every round in order; `train` is the file of their source rows."""
    first = 0
    for made, verdicts in rounds:
        begin = 0
        with pq.ParquetFile(made.path) as file, pq.ParquetFile(train) as rows:
            parents = Rows(rows)
            for batch in file.iter_batches(READ_ROWS):
                source = parents.take(batch.column("place").to_numpy())
                yield Judged(first, batch, source, verdicts.part(begin, begin + batch.num_rows))
                begin += batch.num_rows
                first += batch.num_rows


def numbers(rounds: Sequence[tuple[Round, Verdicts]], accepted: bool) -> npt.NDArray[np.int64]:
    """Return the numbers of the candidates that were accepted, or of those that were not, ascending."""
    reasons = [np.empty(0, np.uint8), *(verdicts.reasons for _, verdicts in rounds)]
    found: npt.NDArray[np.int64] = np.flatnonzero((np.concatenate(reasons) == ACCEPTED) == accepted)
    return found


def schema_of(gates: Mapping[str, GateConfig]) -> pa.Schema:
    """Return the columns of `side_by_side`: what was made of what, the reason, and a measure for each gate."""
    texts = ("parent_id", "label", "before", "after", "operator", "augment_step", "reason", "explanation")
    fields = [pa.field(name, pa.string()) for name in texts]
    fields.append(pa.field("augment_copy", pa.int64()))
    return pa.schema([*fields, *(pa.field(f"measure_{name}", pa.float32()) for name in gates)])


def side_by_side(
    judged: Judged, places: npt.NDArray[np.int64], gates: Mapping[str, GateConfig], lineage: Lineage
) -> pa.RecordBatch:
    """Return the candidates at `places` of a batch with the columns of `schema_of`.

    `reason` is the gate that rejected it or "duplicate", null where it was accepted; `explanation` is a sentence.
    """
    candidates, parents = judged.candidates.take(pa.array(places)), judged.parents.take(pa.array(places))
    verdicts = judged.verdicts
    steps = candidates.column("steps").to_pylist()
    reasons = [verdicts.names[code - 1] if code else None for code in verdicts.reasons[places].tolist()]
    measures = {name: values[places] for name, values in verdicts.measures.items()}
    explanations = [
        None
        if reason is None
        else gates[reason].sentence(float(measures[reason][row]))
        if reason in gates
        else DUPLICATE_SENTENCE
        for row, reason in enumerate(reasons)
    ]
    columns = [
        parents.column("id").combine_chunks(),
        parents.column("label").combine_chunks(),
        parents.column("text").combine_chunks(),
        candidates.column("text"),
        pa.array([lineage.operator(step) for step in steps], pa.string()),
        candidates.column("steps"),
        pa.array(reasons, pa.string()),
        pa.array(explanations, pa.string()),
        candidates.column("copy").cast(pa.int64()),
        *(pa.array(measures[name], pa.float32()) for name in gates),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema_of(gates))


def shown(rows: pa.RecordBatch) -> list[Shown]:
    """Return rows of `side_by_side` to look at, with long texts cut."""
    return [
        Shown(
            parent_id=row["parent_id"],
            before=row["before"][:SHOWN_CHARACTERS],
            after=row["after"][:SHOWN_CHARACTERS],
            operator=row["operator"],
            label=row["label"],
            reason=row["reason"] or "",
            explanation=row["explanation"] or "",
        )
        for row in rows.to_pylist()
    ]

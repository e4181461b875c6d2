"""Every candidate measured by every gate, then judged by the gates in the recipe's order, then freed of duplicates."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from core.augmentation.candidates import EVENT_S
from core.augmentation.digests import Array, Digests, first_of_each, from_arrow
from core.augmentation.gate import Candidates, GateConfig, Measure, Numbers
from core.augmentation.train_rows import OPERATOR_COLUMNS, Rows
from core.jobs import Job, Progress

DUPLICATE = "duplicate"
DUPLICATE_SENTENCE = "Another new row has this text; the one whose source row's id comes first is kept."
ACCEPTED = 0
JUDGED_AT_ONCE = 256  # the sentence encoder takes a second or two for as many


@dataclass(frozen=True)
class Verdicts:
    """What was decided about M candidates.

    `reasons` (M,): 0 where accepted, else 1 + the place of the gate in `names`, whose last is DUPLICATE. `measures`
    has (M,) numbers for each gate, NaN where there was nothing to measure. `exact` are the digests of accepted texts.
    """

    names: Sequence[str]
    reasons: npt.NDArray[np.uint8]
    measures: Mapping[str, Numbers]
    exact: Array

    def part(self, begin: int, end: int) -> "Verdicts":
        """Return the verdicts on the candidates from `begin` up to `end`."""
        measures = {name: values[begin:end] for name, values in self.measures.items()}
        return Verdicts(self.names, self.reasons[begin:end], measures, self.exact)

    def counts(self) -> dict[str, int]:
        """Return how many candidates were rejected for each reason."""
        counts = np.bincount(self.reasons, minlength=len(self.names) + 1)
        return {name: int(count) for name, count in zip(self.names, counts[1:], strict=True)}


def judge(
    candidates: Path, train: Path, gates: Mapping[str, tuple[GateConfig, Measure]], earlier: Digests
) -> Job[Verdicts]:
    """Return the verdicts on the file `candidates`, made from the rows of `train`.

    A candidate is a duplicate where an accepted one with the same text comes before it, in the order of source row
    id and copy, or is among the exact digests `earlier`.
    """
    names = (*gates, DUPLICATE)
    measures: dict[str, list[Numbers]] = {name: [np.empty(0, np.float32)] for name in gates}
    parts: list[npt.NDArray[np.uint8]] = [np.empty(0, np.uint8)]
    passed: list[Array] = [np.empty(0, "S16")]
    done, told, begun = 0, 0.0, time.monotonic()
    with pq.ParquetFile(candidates) as file, pq.ParquetFile(train) as rows:
        total = file.metadata.num_rows
        parents = Rows(rows, OPERATOR_COLUMNS)
        for batch in file.iter_batches(JUDGED_AT_ONCE):
            source = parents.take(batch.column("place").to_numpy()).to_pydict()
            texts = batch.column("text").to_pylist()
            found = Candidates(texts, from_arrow(batch.column("normal")), source["id"], source["text"], source["label"])
            reasons = np.zeros(batch.num_rows, np.uint8)
            for number, (name, (gate, measure)) in enumerate(gates.items(), 1):
                measured = measure(found)
                measures[name].append(measured)
                fails = ~gate.passes(measured) & ~np.isnan(measured)
                reasons[fails & (reasons == ACCEPTED)] = number
            parts.append(reasons)
            passed.append(from_arrow(batch.column("exact"))[reasons == ACCEPTED])
            done += batch.num_rows
            now = time.monotonic()
            if now - told >= EVENT_S:
                rate = done / (now - begun)
                yield Progress(done, total, message=f"Judging the new rows, {rate:,.0f} a second")
                told = now
    reasons = np.concatenate(parts)
    exact = np.concatenate(passed)
    new = first_of_each(exact) & ~earlier.contains(exact)
    reasons[np.flatnonzero(reasons == ACCEPTED)[~new]] = len(names)
    return Verdicts(names, reasons, {name: np.concatenate(found) for name, found in measures.items()}, exact[new])

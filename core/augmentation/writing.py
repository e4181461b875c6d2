"""The new version's rows: those that stay, then the accepted ones; and the rejected ones in a file of their own."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.augmentation.candidates import EVENT_S, Round
from core.augmentation.digests import Digests
from core.augmentation.diversity import Diversity
from core.augmentation.gate import GateConfig
from core.augmentation.judging import ACCEPTED, Verdicts
from core.augmentation.lineage import Lineage, child_rows, conformed
from core.augmentation.report import SHOWN_ROWS, Shown, spread
from core.augmentation.side_by_side import judged_batches, numbers, schema_of, shown, side_by_side
from core.augmentation.train_rows import READ_ROWS, train_mask
from core.data.duplicates import row_groups
from core.jobs import Job, Progress

PAIRS = 300

Write = Callable[[pa.RecordBatch], None]


@dataclass
class Looked:
    """Rows to look at, and pairs of source text and accepted text, both spread evenly over all candidates."""

    accepted: list[Shown] = field(default_factory=list)
    rejected: list[Shown] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)


def write_originals(source: Path, write: Write, schema: pa.Schema, keep_train: bool, split: bool) -> Job[int]:
    """Write the rows of `source` under the extended `schema`, train rows only if `keep_train`; return their number."""
    rows = done = 0
    told = 0.0
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(READ_ROWS):
            kept = batch if keep_train else batch.filter(pc.invert(train_mask(batch, split)))
            write(conformed(kept, schema))
            rows += kept.num_rows
            done += batch.num_rows
            if time.monotonic() - told >= EVENT_S:
                yield Progress(done, file.metadata.num_rows, message="Writing the rows that stay")
                told = time.monotonic()
    return rows


def write_made(
    rounds: Sequence[tuple[Round, Verdicts]],
    gates: Mapping[str, GateConfig],
    train: Path,
    write: Write,
    schema: pa.Schema,
    rejected: Path,
    lineage: Lineage,
    taken: Digests,
    after: Diversity,
) -> Job[Looked]:
    """Write the accepted candidates as rows of the extended `schema`, and the others to the file `rejected`.

    `train` is the file of the source rows, `taken` the ids that are there; `after` counts the accepted texts.
    """
    looked = Looked()
    good, bad = numbers(rounds, accepted=True), numbers(rounds, accepted=False)
    shown_good, shown_bad = good[spread(len(good), SHOWN_ROWS)], bad[spread(len(bad), SHOWN_ROWS)]
    paired = good[spread(len(good), PAIRS)]
    total, told = len(good) + len(bad), 0.0
    with row_groups(rejected, schema_of(gates)) as out:
        for judged in judged_batches(rounds, train):
            keep = pa.array(judged.verdicts.reasons == ACCEPTED)
            new = child_rows(judged.candidates.filter(keep), judged.parents.filter(keep), schema, lineage, taken)
            write(new)
            after.add(new.column("text").to_pylist())
            out.write(side_by_side(judged, np.flatnonzero(judged.verdicts.reasons != ACCEPTED), gates, lineage))
            looked.accepted += shown(side_by_side(judged, judged.places(shown_good), gates, lineage))
            looked.rejected += shown(side_by_side(judged, judged.places(shown_bad), gates, lineage))
            pairs = side_by_side(judged, judged.places(paired), gates, lineage)
            looked.pairs += zip(pairs.column("before").to_pylist(), pairs.column("after").to_pylist(), strict=True)
            if time.monotonic() - told >= EVENT_S:
                done = judged.first + judged.candidates.num_rows
                yield Progress(done, total, message="Writing the new rows")
                told = time.monotonic()
    return looked

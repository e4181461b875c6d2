"""The file of all rows that a run has written, with what was decided about each, and a search in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from core.data.table import arrow, connection, quoted

if TYPE_CHECKING:  # these bring torch, which a page that looks rows up does without
    from core.gan.text.gates import Judged
    from core.gan.text.material import Material

FILE = "made.parquet"
SCHEMA = pa.schema(
    [
        pa.field("parent_id", pa.string()),  # null in unconditional mode
        pa.field("label", pa.string()),
        pa.field("before", pa.string()),
        pa.field("text", pa.string()),
        pa.field("outcome", pa.string()),  # "accepted", or the gate that it did not pass
        pa.field("explanation", pa.string()),
        pa.field("copied", pa.float32()),
        pa.field("cosine", pa.float32()),
        pa.field("agreement", pa.float32()),
    ]
)


@dataclass(frozen=True)
class Outcomes:
    """Rows of the file, and how many match in all."""

    rows: pa.Table
    total: int


def write(judged: "Sequence[Judged]", material: "Material", infill: bool, path: Path) -> None:
    """Write the rows and what was decided to the Parquet file `path`."""
    rows = []
    for one in judged:
        parent = material.train.rows[one.row.parent]
        rows.append(
            {
                "parent_id": parent.id if infill else None,
                "label": material.labels[one.row.label] or None,
                "before": material.text(parent.words) if infill else None,
                "text": one.text,
                "outcome": one.outcome,
                "explanation": one.explanation,
                "copied": one.copied,
                "cosine": None if one.cosine != one.cosine else one.cosine,
                "agreement": None if one.agreement != one.agreement else one.agreement,
            }
        )
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)


def outcomes(folder: Path, search: str = "", kinds: Sequence[str] = (), offset: int = 0, limit: int = 50) -> Outcomes:
    """Return rows of the run's folder whose texts have `search`, in any case, and whose outcome is one of `kinds`."""
    conditions, values = ["true"], list[object]()
    if search:
        conditions.append("(contains(lower(text), lower(?)) OR contains(lower(coalesce(before, '')), lower(?)))")
        values += [search, search]
    if kinds:
        conditions.append(f"outcome IN ({', '.join('?' * len(kinds))})")
        values += kinds
    chosen = f"FROM read_parquet('{quoted(folder / FILE)}', file_row_number = true) WHERE {' AND '.join(conditions)}"
    names = ", ".join(SCHEMA.names)
    with connection(folder) as duck:
        total = int(duck.execute(f"SELECT count(*) {chosen}", values).fetchall()[0][0])
        query = f"SELECT {names} {chosen} ORDER BY file_row_number LIMIT ? OFFSET ?"
        return Outcomes(arrow(duck, query, [*values, limit, offset]), total)

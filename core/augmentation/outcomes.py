"""What became of every text that an augmentation made: accepted and rejected ones in one table that can be searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.augmentation.extending import REJECTED
from core.augmentation.report import SHOWN_CHARACTERS
from core.data.table import arrow, connection, quoted
from core.data.workspace import Version

ACCEPTED = "accepted"

# The new rows of a version are those that its parent does not have; their source rows are all among its parent's.
NEW = """
SELECT new.parent_id, new.label, source.text AS before, new.text AS after, new.operator, '{accepted}' AS outcome,
    '' AS explanation, new.augment_copy AS copy
FROM read_parquet('{made}') AS new JOIN read_parquet('{parent}') AS source ON source.id = new.parent_id
WHERE new.origin = 'augmented' AND new.id NOT IN (SELECT id FROM read_parquet('{parent}') WHERE origin = 'augmented')
"""
NOT_TAKEN = """
SELECT parent_id, label, before, after, operator, reason AS outcome, explanation, augment_copy AS copy
FROM read_parquet('{rejected}')
"""


@dataclass(frozen=True)
class Outcomes:
    """`rows` has the columns parent_id, label, before, after, operator, outcome, explanation; `total` match in all.

    `outcome` is ACCEPTED, the name of the gate that rejected the row, or "duplicate"; `explanation` says why it was
    rejected. Long texts are cut.
    """

    rows: pa.Table
    total: int


def outcomes(
    made: Version,
    parent: Version,
    folder: Path,
    search: str = "",
    kinds: Sequence[str] = (),
    offset: int = 0,
    limit: int = 50,
) -> Outcomes:
    """Return what became of the texts of the run with this `folder` that made `made` of `parent`.

    They stand in the order of their source rows' ids, so that what was made of one row stands together. `search` has
    to be in the text before or after, in any case; `kinds` are the outcomes to return, all where there are none.
    """
    rejected = folder / REJECTED
    names = {"accepted": ACCEPTED, "made": made.path, "parent": parent.path, "rejected": rejected}
    tables = " UNION ALL ".join([NEW, *([NOT_TAKEN] if rejected.is_file() else [])])
    every = tables.format_map({name: quoted(value) for name, value in names.items()})
    conditions, values = ["true"], list[Any]()
    if search:
        conditions.append("(contains(lower(before), lower(?)) OR contains(lower(after), lower(?)))")
        values += [search, search]
    if kinds:
        conditions.append(f"outcome IN ({', '.join('?' * len(kinds))})")
        values += kinds
    chosen = f"FROM ({every}) WHERE {' AND '.join(conditions)}"
    texts = ", ".join(f"left({column}, {SHOWN_CHARACTERS}) AS {column}" for column in ("before", "after"))
    shown = f"SELECT parent_id, label, {texts}, operator, outcome, explanation {chosen}"
    with connection(made.path.parent.parent / "staging") as duck:
        total: int = duck.execute(f"SELECT count(*) {chosen}", values).fetchall()[0][0]
        order = "ORDER BY parent_id, copy LIMIT ? OFFSET ?"
        rows = arrow(duck, f"{shown} {order}", [*values, limit, offset])
    return Outcomes(rows, total)

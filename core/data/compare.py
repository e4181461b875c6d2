"""What differs between two versions: rows added, dropped and changed, columns, and the balance of the labels.

Rows are matched by id. Values are compared by 64-bit hashes, so that no text has to be held in memory: that two of
them differ unnoticed has a chance of 1 in 10^19 for each pair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from core.data.filters import identifier
from core.data.table import connection, quoted
from core.data.workspace import Version
from core.errors import StorageError

MAX_LABELS = 50


@dataclass(frozen=True)
class SampleRow:
    """A row that only one of the versions has."""

    id: str
    text: str
    label: str | None
    split: str | None


@dataclass(frozen=True)
class ChangedRow:
    """A row that both have; `columns` has (before, after) for each column that changed, the text too."""

    id: str
    text_before: str
    text_after: str
    columns: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class LabelBalance:
    """How many rows have this label (None: no label) before and after."""

    label: str | None
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    """The difference from one version to another. `added + changed + same` is the number of rows after.

    The sample rows are the first ones in the order of their ids; of the changed rows those with a changed text come
    first. `labels` are the MAX_LABELS most frequent ones of `label_count`, rows without a label included.
    """

    added: int
    dropped: int
    changed: int
    same: int
    changed_columns: Mapping[str, int]  # how many rows differ in each column that differs anywhere
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    added_rows: tuple[SampleRow, ...] = field(repr=False)
    dropped_rows: tuple[SampleRow, ...] = field(repr=False)
    changed_rows: tuple[ChangedRow, ...] = field(repr=False)
    labels: tuple[LabelBalance, ...] = field(repr=False)
    label_count: int


def compare(before: Version, after: Version, limit: int = 20) -> Comparison:
    """Return the difference from `before` to `after`, with at most `limit` sample rows of each kind.

    Raises StorageError.
    """
    with connection(before.path.parent.parent / "staging") as duck:
        old, new = _open(duck, "before", before), _open(duck, "after", after)
        shared = [name for name in before.columns if name in new and name != "id"]
        keys = [f"c{i}" for i in range(len(shared))]
        differs = [f"b.{key} <> a.{key}" for key in keys]  # null, so not counted, where one side has no such row
        counted = ", ".join(f"count(*) FILTER ({difference})" for difference in differs)
        text = differs[shared.index("text")]
        some = " OR ".join(differs)
        found = duck.execute(
            "SELECT count(*) FILTER (b.id IS NULL), count(*) FILTER (a.id IS NULL), "
            f"count(*) FILTER ({some}), count(*), "
            f"min(a.id, {limit}) FILTER (b.id IS NULL), min(b.id, {limit}) FILTER (a.id IS NULL), "
            f"min(a.id, {limit}) FILTER ({text}), min(a.id, {limit}) FILTER (({some}) AND NOT ({text})), {counted} "
            f"FROM {_hashed('before', old, new, shared)} AS b "
            f"FULL OUTER JOIN {_hashed('after', new, old, shared)} AS a ON b.id = a.id"
        ).fetchall()[0]
        added, dropped, changed, total = found[:4]
        added_ids, dropped_ids, rewritten_ids, other_ids = (ids or [] for ids in found[4:8])
        changed_ids = [*rewritten_ids, *other_ids][:limit]
        labels, label_count = _labels(duck)
        return Comparison(
            added=added,
            dropped=dropped,
            changed=changed,
            same=total - added - dropped - changed,
            changed_columns={name: n for name, n in zip(shared, found[8:], strict=True) if n},
            columns_added=tuple(name for name in after.columns if name not in old),
            columns_removed=tuple(name for name in before.columns if name not in new),
            added_rows=_samples(duck, "after", added_ids),
            dropped_rows=_samples(duck, "before", dropped_ids),
            changed_rows=_changes(duck, changed_ids, shared, old, new),
            labels=labels,
            label_count=label_count,
        )


@dataclass(frozen=True)
class _Column:
    sql: str  # its name in DuckDB, which tells no capitals from small letters and so renames the second of "a" and "A"
    type: str

    @property
    def nested(self) -> bool:
        return self.type.endswith("]") or self.type.startswith(("STRUCT", "MAP", "UNION"))


def _open(duck: duckdb.DuckDBPyConnection, name: str, version: Version) -> dict[str, _Column]:
    if not version.path.exists():
        raise StorageError(f"The file of {version.label} is gone.", "Import the dataset again.")
    duck.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet('{quoted(version.path)}')")
    described = duck.execute(f"DESCRIBE {name}").fetchall()
    return {column: _Column(identifier(row[0]), row[1]) for column, row in zip(version.columns, described, strict=True)}


def _hashed(view: str, own: Mapping[str, _Column], other: Mapping[str, _Column], shared: Sequence[str]) -> str:
    hashes = []
    for i, name in enumerate(shared):
        column, partner = own[name], other[name]
        if column.nested or partner.nested:  # hash() gives the same for an empty list and for none
            hashes.append(f"hash(to_json({column.sql})::VARCHAR) AS c{i}")
        elif column.type != partner.type:
            hashes.append(f"hash({column.sql}::VARCHAR) AS c{i}")
        else:
            hashes.append(f"hash({column.sql}) AS c{i}")
    return f"(SELECT id, {', '.join(hashes)} FROM {view})"


def _samples(duck: duckdb.DuckDBPyConnection, view: str, ids: Sequence[str]) -> tuple[SampleRow, ...]:
    query = f"SELECT id, text, label, split FROM {view} WHERE id IN (SELECT unnest(?::VARCHAR[])) ORDER BY id"
    return tuple(SampleRow(*row) for row in duck.execute(query, [list(ids)]).fetchall())


def _changes(
    duck: duckdb.DuckDBPyConnection,
    ids: Sequence[str],
    shared: Sequence[str],
    old: Mapping[str, _Column],
    new: Mapping[str, _Column],
) -> tuple[ChangedRow, ...]:
    rows: list[dict[str, tuple[Any, ...]]] = []
    for view, columns in (("before", old), ("after", new)):
        listed = ", ".join(columns[name].sql for name in shared)
        query = f"SELECT id, {listed} FROM {view} WHERE id IN (SELECT unnest(?::VARCHAR[]))"
        rows.append({row[0]: row[1:] for row in duck.execute(query, [list(ids)]).fetchall()})
    text = shared.index("text")
    changes = []
    for row_id in ids:
        was, now = rows[0][row_id], rows[1][row_id]
        differing = {name: (x, y) for name, x, y in zip(shared, was, now, strict=True) if x != y}
        changes.append(ChangedRow(row_id, was[text], now[text], differing))
    return tuple(changes)


def _labels(duck: duckdb.DuckDBPyConnection) -> tuple[tuple[LabelBalance, ...], int]:
    rows = duck.execute(
        "SELECT label, sum(b)::BIGINT, sum(a)::BIGINT, count(*) OVER () FROM ("
        "SELECT label, count(*) AS b, 0 AS a FROM before GROUP BY label "
        "UNION ALL SELECT label, 0, count(*) FROM after GROUP BY label) "
        f"GROUP BY label ORDER BY sum(b) + sum(a) DESC, label LIMIT {MAX_LABELS}"
    ).fetchall()
    return tuple(LabelBalance(*row[:3]) for row in rows), rows[0][3] if rows else 0

"""Pages of sorted rows, read without sorting all rows wherever it can be told near which of them a page is."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from core.data.filters import CHARACTERS_SQL, identifier
from core.data.table import arrow
from core.registry import unknown_name

LENGTH = ":length"  # sorts by the characters of the text; no column's name begins with a colon by chance

# What is in the order of the whole column, and the same for many rows.
NEAR_BY = {"text": "left(text, 4)", LENGTH: CHARACTERS_SQL}
NEAR_ROWS = 50_000  # so many are sorted with all that is shown of them; a sort that keeps no more than these is quick


def sorted_rows(
    duck: duckdb.DuckDBPyConnection,
    shown: str,
    where: str,
    values: Sequence[Any],
    sort: tuple[str, bool],
    offset: int,
    limit: int,
) -> tuple[pa.Table, int | None]:
    """Return `shown` of the rows of the view `data` that match, `limit` from `offset` on, by (column, descending), id.

    With them comes the number of all that match, where it became known on the way. The column may be LENGTH. Raises
    UnknownName for a column that is not there.
    """
    column, descending = sort
    direction = "DESC NULLS LAST" if descending else "ASC NULLS LAST"
    order = f"{_order(duck, column, direction)}, id"
    total = None
    if column in NEAR_BY and offset >= NEAR_ROWS:
        near = NEAR_BY[column]
        low, high, before, rows, total = _near(duck, near, direction, where, values, offset, limit)
        if rows <= NEAR_ROWS:
            here = f"{where} AND {near} BETWEEN ? AND ?"
            page = f"SELECT {shown} FROM data WHERE {here} ORDER BY {order} LIMIT ? OFFSET ?"
            return arrow(duck, page, [*values, low, high, limit, offset - before]), total
    # The sort holds only key and id; the rows it finds are read afterwards.
    page = f"SELECT id FROM data WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
    ids = arrow(duck, page, [*values, limit, offset])["id"].to_pylist()
    found = arrow(duck, f"SELECT {shown} FROM data WHERE id IN (SELECT unnest(?))", [ids])
    place = {row_id: i for i, row_id in enumerate(found["id"].to_pylist())}
    return found.take(pa.array([place[row_id] for row_id in ids], pa.int64())), total


def _near(
    duck: duckdb.DuckDBPyConnection,
    near: str,
    direction: str,
    where: str,
    values: Sequence[Any],
    offset: int,
    limit: int,
) -> tuple[Any, Any, int, int, int]:
    """Return between which two values of `near` a page is, how many rows are before them and between, and of all."""
    counted = f"SELECT {near} AS near, count(*) AS n FROM data WHERE {where} GROUP BY near"
    up_to = f"SELECT *, sum(n) OVER (ORDER BY near {direction}) AS up_to FROM ({counted})"
    here = "FILTER (up_to > ? AND up_to - n < ?)"
    between = ", ".join(f"{of} {here}" for of in ("min(near)", "max(near)", "min(up_to - n)", "sum(n)"))
    window = [offset, offset + limit] * 4
    found = arrow(duck, f"SELECT {between}, sum(n) FROM ({up_to})", [*window, *values]).to_pylist()[0]
    low, high, *counts = found.values()
    before, rows, total = (int(count or 0) for count in counts)
    return low, high, before, rows, total


def _order(duck: duckdb.DuckDBPyConnection, column: str, direction: str) -> str:
    if column == LENGTH:
        return f"{CHARACTERS_SQL} {direction}"
    described = arrow(duck, "DESCRIBE data", [])
    kinds = dict(zip(described["column_name"].to_pylist(), described["column_type"].to_pylist(), strict=True))
    if column not in kinds:
        raise unknown_name("column", column, list(kinds))
    name = identifier(column)
    as_number = kinds[column] == "VARCHAR" and column not in ("id", "text")
    return f"TRY_CAST({name} AS DOUBLE) {direction}, {name} {direction}" if as_number else f"{name} {direction}"

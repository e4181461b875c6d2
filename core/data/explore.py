"""What the Explore page shows of a version: pages of rows, whole rows, what to filter by, and missing values.

Every function opens the version anew and answers within a second on a million rows; the caller caches, by version id.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from core.data.filters import CHARACTERS_SQL, Filters, filtered_sql, identifier, missing_sql
from core.data.sorting import sorted_rows
from core.data.table import arrow, table
from core.data.workspace import Version
from core.errors import NotFound, QueryError

EVERYTHING = Filters()
CELL_CHARACTERS = 1_000
TOP_VALUES = 200
MEMORY_LIMIT = "250MB"
COLUMNS_AT_ONCE = 100  # planning a query takes the square of the number of its sums

LENGTH_COLUMN = ":characters"


@dataclass(frozen=True)
class Page:
    """`rows` as they are shown: cells longer than CELL_CHARACTERS are cut, `row` gives them whole.

    `characters` is the length of each row's whole text, `total` the number of rows that match the filters.
    """

    rows: pa.Table
    characters: tuple[int, ...]
    offset: int
    total: int


@dataclass(frozen=True)
class Counts:
    """The most frequent values with their rows (None where there is no value), at most TOP_VALUES of `distinct`."""

    items: tuple[tuple[str | None, int], ...]
    distinct: int
    total: int

    @property
    def others(self) -> int:
        """The rows whose value is not among `items`."""
        return self.total - sum(rows for _, rows in self.items)


@dataclass(frozen=True)
class Facets:
    """What the filters offer: values with their rows, and the shortest and longest text in characters."""

    labels: Counts
    splits: Counts
    origins: Counts
    characters: tuple[int, int]


@dataclass(frozen=True)
class Missing:
    """A column, and the number and share (0 to 1) of rows in which it is null or empty."""

    column: str
    rows: int
    share: float


# One question uses every core and up to MEMORY_LIMIT, so the visitors of one server take turns.
_TURN = threading.Lock()


@contextmanager
def opened(version: Version) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a version as the view `data`, in turn. Raises QueryError when a query needs more than MEMORY_LIMIT."""
    with _TURN, table(version.path) as duck:
        duck.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        duck.execute("SET enable_external_file_cache = false")  # each connection is used once
        try:
            yield duck
        except duckdb.OutOfMemoryException as error:
            raise QueryError("This view of the data needs more memory than there is.", "Filter the rows first.") from (
                error
            )


def rows_page(
    version: Version,
    filters: Filters = EVERYTHING,
    sort: tuple[str, bool] | None = None,
    offset: int = 0,
    limit: int = 50,
    total: int | None = None,
) -> Page:
    """Return `limit` of the rows that match, from `offset` on, in file order or sorted by (column, descending).

    The column may be LENGTH. Strings that are numbers are sorted as numbers, before the others; missing values come
    last; rows that are equal stand in the order of their ids. `total` is the number of rows that match, where it is
    known already. Raises QueryError for a regular expression that is not
    valid, UnknownName for a column that is not there.
    """
    where, values = filtered_sql(version, filters)
    with opened(version) as duck:
        shown = _shown_columns(duck)
        window = [*values, limit, offset]
        if sort is None:
            rows = arrow(duck, f"SELECT {shown} FROM data WHERE {where} LIMIT ? OFFSET ?", window)
        else:
            rows, known = sorted_rows(duck, shown, where, values, sort, offset, limit)
            total = total if known is None else known
        short = rows.num_rows < limit and (rows.num_rows > 0 or offset == 0)
        if filters == EVERYTHING:
            total = version.rows
        elif short:
            total = offset + rows.num_rows
        elif total is None:
            total = _one(duck, f"SELECT count(*) FROM data WHERE {where}", values)[0]
    lengths = tuple(rows[LENGTH_COLUMN].to_pylist())
    return Page(rows.drop_columns([LENGTH_COLUMN]), lengths, offset, total)


def row(version: Version, row_id: str) -> dict[str, Any]:
    """Return one row whole, by column. Raises NotFound."""
    with opened(version) as duck:
        found = arrow(duck, "SELECT * FROM data WHERE id = ?", [row_id]).to_pylist()
    if not found:
        raise NotFound("This row is not in this version.", "Choose another row, or an earlier version.")
    return dict(found[0])


def facets(version: Version) -> Facets:
    """Return the values to filter by, over all rows."""
    with opened(version) as duck:
        labels, splits, origins = (_counts(duck, name) for name in ("label", "split", "origin"))
        lengths = f"coalesce(min({CHARACTERS_SQL}), 0), coalesce(max({CHARACTERS_SQL}), 0)"
        shortest, longest = _one(duck, f"SELECT {lengths} FROM data", [])
    return Facets(labels, splits, origins, (shortest, longest))


def missing(version: Version) -> list[Missing]:
    """Return, for each column in order, in how many rows it is null or empty."""
    counts: list[int] = []
    with opened(version) as duck:
        for start in range(0, len(version.columns), COLUMNS_AT_ONCE):
            some = version.columns[start : start + COLUMNS_AT_ONCE]
            sums = ", ".join(f"count(*) FILTER (WHERE {missing_sql(name)})" for name in some)
            counts += _one(duck, f"SELECT {sums} FROM data", [])
    return [Missing(name, n, n / max(version.rows, 1)) for name, n in zip(version.columns, counts, strict=True)]


def _shown_columns(duck: duckdb.DuckDBPyConnection) -> str:
    described = arrow(duck, "DESCRIBE data", [])
    names = []
    for column, kind in zip(described["column_name"].to_pylist(), described["column_type"].to_pylist(), strict=True):
        name = identifier(column)
        names.append(f"left({name}, {CELL_CHARACTERS}) AS {name}" if kind == "VARCHAR" else name)
    return ", ".join([*names, f"{CHARACTERS_SQL} AS {identifier(LENGTH_COLUMN)}"])


def _counts(duck: duckdb.DuckDBPyConnection, column: str) -> Counts:
    grouped = f"SELECT nullif({column}, '') AS value, count(*) AS n FROM data GROUP BY value"
    statement = (
        f"SELECT value, n, count(value) OVER (), sum(n) OVER () FROM ({grouped}) "
        f"ORDER BY n DESC, value NULLS LAST LIMIT {TOP_VALUES}"
    )
    rows = duck.execute(statement).fetchall()
    items = tuple((value, n) for value, n, _, _ in rows)
    return Counts(items, rows[0][2] if rows else 0, int(rows[0][3]) if rows else 0)


def _one(duck: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
    result: tuple[Any, ...] = duck.execute(statement, list(values)).fetchone() or ()
    return result

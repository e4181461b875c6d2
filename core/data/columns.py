"""The staged columns of an import as SQL: text as it is written, numbers and lists only where nothing is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from core.data.mapping import is_number, unique_names
from core.data.rows import COLUMNS
from core.data.sources.formats import Format
from core.data.spreadsheet import unsafe_sql
from core.data.staging import Staged

NUMBERS = ("BIGINT", "DOUBLE")
LISTS = ("BIGINT[]", "DOUBLE[]", "VARCHAR[]")
PYTHON_POWERS = r'\[[^"]*\de[-+]\d\d[^"]*\]'  # JSON Lines are read by Python: 1e-07, 1e+16, in DuckDB 1e-7 and 1e16
CHECKED_AT_ONCE = 100


@dataclass(frozen=True)
class Columns:
    """SQL expressions of the columns of `staged`.

    `as_written` for formats in which every column is strings: their columns of numbers become numbers. In a
    `delimited` one an empty cell is a missing value, unless it was `exported`: then the reader told the two apart,
    and formula cells were made safe.
    """

    staged: Staged
    types: dict[str, str]  # SQL type by name
    as_written: bool
    delimited: bool
    exported: bool

    def text(self, name: str) -> str:
        """Return the column as VARCHAR; a list of texts is joined by spaces."""
        column = f"c{self.staged.names.index(name)}"
        if self.types[name] == "VARCHAR":
            return f"({unsafe_sql(column)})" if self.delimited and self.exported else column
        if self.types[name] == "VARCHAR[]":
            return f"array_to_string({column}, ' ')"
        return f"CAST({column} AS VARCHAR)"

    def filled(self, name: str) -> str:
        """Return the column as VARCHAR, null where it is empty."""
        return f"nullif({self.text(name)}, '')"

    def kept(self, name: str, found: str | None) -> str:
        """Return the column as it is kept: with its own type, or as the type that was `found`."""
        if self.types[name] != "VARCHAR":
            return f"c{self.staged.names.index(name)}"
        if found:
            return _cast(self.filled(name), found)
        return self.filled(name) if self.delimited and not self.exported else self.text(name)

    def found(self, duck: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, str]:
        """Return which of `names` are columns of numbers, or of lists where they were exported, and of which type.

        They are where every value that is there is again the same text when it is written as that type: 007,
        1.50 and +3 stay text, and so does a column in which one of them stands.
        """
        written = [name for name in names if self.as_written and self.types[name] == "VARCHAR"]
        lists = [name for name in written if self.exported and self._all(name, _is_list)]
        numbers = [name for name in written if self._all(name, is_number)]
        return self._lossless(duck, numbers, NUMBERS) | self._lossless(duck, lists, LISTS)

    def _lossless(self, duck: duckdb.DuckDBPyConnection, likely: Sequence[str], types: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for begin in range(0, len(likely), CHECKED_AT_ONCE):
            some = likely[begin : begin + CHECKED_AT_ONCE]
            checks = ", ".join(_is_lossless(self.filled(name), type) for name in some for type in types)
            row = duck.execute(f"SELECT {checks} FROM {self.staged.relation()}").fetchall()[0]
            for place, name in enumerate(some):
                fits = row[len(types) * place : len(types) * (place + 1)]
                if any(fits):
                    found[name] = types[fits.index(True)]
        return found

    def _all(self, name: str, holds: Callable[[str], bool]) -> bool:
        return all(holds(value) for value in self.staged.sample[name] if isinstance(value, str) and value)


def open_columns(duck: duckdb.DuckDBPyConnection, staged: Staged, format: Format | None) -> Columns:
    """Return the columns of `staged`, with their types asked of DuckDB; `format` is None where it was no file."""
    rows = duck.execute(f"DESCRIBE SELECT * FROM {staged.relation()}").fetchall()
    by_place = {row[0]: row[1] for row in rows}
    types = {name: by_place[f"c{place}"] for place, name in enumerate(staged.names)}
    return Columns(
        staged,
        types,
        as_written=format not in (None, "parquet"),
        delimited=format == "delimited",
        exported=set(COLUMNS) <= set(staged.names),
    )


def kept_names(names: Sequence[str]) -> list[str]:
    """Return the names under which the user's other columns are kept; a reserved one becomes "id (source)"."""
    free = [f"{name} (source)" if name.casefold() in COLUMNS else name for name in names]
    return unique_names([*COLUMNS, *free])[len(COLUMNS) :]


def _is_list(cell: str) -> bool:
    return cell.startswith("[") and cell.endswith("]")


def _cast(column: str, type: str) -> str:
    return f"TRY_CAST(TRY_CAST({column} AS JSON) AS {type})" if type in LISTS else f"TRY_CAST({column} AS {type})"


def _is_lossless(column: str, type: str) -> str:
    value = _cast(column, type)
    if type in NUMBERS:
        same = f"{value}::VARCHAR = {column} AND isfinite({value}::DOUBLE)"
    else:
        same = f"to_json({value})::VARCHAR = {column}"  # without blanks, as an export writes lists
        if type == "DOUBLE[]":
            same += f" OR regexp_full_match({column}, '{PYTHON_POWERS}') AND {value} IS NOT NULL"
    return f"count({column}) > 0 AND bool_and({column} IS NULL OR coalesce({same}, false))"

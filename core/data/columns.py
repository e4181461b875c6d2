"""The staged columns of an import as SQL: text as it is written, numbers only where nothing is lost."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from core.data.mapping import is_number, unique_names
from core.data.rows import COLUMNS
from core.data.sources.formats import Format
from core.data.spreadsheet import unsafe_sql
from core.data.staging import Staged

NUMBERS = ("BIGINT", "DOUBLE")
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

    def kept(self, name: str, number: str | None) -> str:
        """Return the column as it is kept: with its own type, or as the type `number`."""
        if self.types[name] != "VARCHAR":
            return f"c{self.staged.names.index(name)}"
        if number:
            return f"TRY_CAST({self.filled(name)} AS {number})"
        return self.filled(name) if self.delimited and not self.exported else self.text(name)

    def numbers(self, duck: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, str]:
        """Return which of `names` are columns of numbers, and which of NUMBERS they are.

        They are where every value that is there is again the same text when it is written as that number: 007,
        1.50 and +3 stay text, and so does a column in which one of them stands.
        """
        likely = [n for n in names if self.as_written and self.types[n] == "VARCHAR" and self._may_be_numbers(n)]
        found: dict[str, str] = {}
        for begin in range(0, len(likely), CHECKED_AT_ONCE):
            some = likely[begin : begin + CHECKED_AT_ONCE]
            checks = ", ".join(_lossless(self.filled(name), number) for name in some for number in NUMBERS)
            row = duck.execute(f"SELECT {checks} FROM {self.staged.relation()}").fetchall()[0]
            for place, name in enumerate(some):
                fits = row[len(NUMBERS) * place : len(NUMBERS) * (place + 1)]
                if any(fits):
                    found[name] = NUMBERS[fits.index(True)]
        return found

    def _may_be_numbers(self, name: str) -> bool:
        return all(is_number(value) for value in self.staged.sample[name] if isinstance(value, str) and value)


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


def _lossless(column: str, number: str) -> str:
    value = f"TRY_CAST({column} AS {number})"
    same = f"coalesce({value}::VARCHAR = {column} AND isfinite({value}::DOUBLE), false)"
    return f"count({column}) > 0 AND bool_and({column} IS NULL OR {same})"

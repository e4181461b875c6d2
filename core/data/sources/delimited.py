"""CSV and TSV: rows of cells exactly as they are written, with line numbers for what is wrong."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from core.data.rows import COLUMNS
from core.data.sources.dialect import Dialect
from core.data.sources.encoding import lines
from core.data.sources.limits import CELL_CHARACTERS, MAX_CELL, grouped
from core.errors import FileError

RAGGED_SHARE = 0.05
SHOWN_LINES = 5


@dataclass
class Ragged:
    """The rows that do not have as many cells as the first one."""

    width: int
    count: int = 0
    first_lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """Count the row that begins in `line`."""
        self.count += 1
        if len(self.first_lines) < SHOWN_LINES:
            self.first_lines.append(line)

    def judge(self, rows: int, notes: list[str]) -> None:
        """Put what was left out beside `rows` good ones into `notes`. Raises FileError where it is too much."""
        where = ", ".join(f"{line:,}" for line in self.first_lines)
        if self.count > RAGGED_SHARE * (rows + self.count):
            problem = (
                f"{self.count:,} of {rows + self.count:,} rows do not have {self.width:,} cells as the first row "
                f"does; the first of them begin in these lines: {where}."
            )
            raise FileError(problem, "Put cells that hold the delimiter or a line break between double quotes.")
        if self.count:
            notes.append(
                f"Rows left out because they do not have {self.width:,} cells as the first row does: "
                f"{self.count:,}; the first of them begin in these lines: {where}."
            )


def read_delimited(
    texts: Iterable[str], dialect: Dialect, names: Sequence[str], header: bool, notes: list[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a delimited file as columns `names` of strings; the first row is skipped if it is a `header`.

    In a file with all of rows.COLUMNS, as an export has, an empty cell without quotes is a missing value. Blank
    lines are skipped; rows with a wrong number of cells are left out and noted. Raises FileError where more than
    RAGGED_SHARE of the rows are wrong, where a quote is not closed, a cell is longer than MAX_CELL characters, or
    there are no rows.
    """
    for rows in grouped(_rows(texts, dialect, names, header, notes)):
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, names=list(names))


def _rows(
    texts: Iterable[str], dialect: Dialect, names: Sequence[str], header: bool, notes: list[str]
) -> Iterator[tuple[Sequence[str | None], int]]:
    """Yield each row that has a cell for each of `names`, and what it costs in characters."""
    csv.field_size_limit(MAX_CELL)
    width, exported = len(names), set(COLUMNS) <= set(names)
    ragged = Ragged(width)
    pending: list[str] = []  # the lines of the row that is being read
    reader = csv.reader(_kept(lines(texts), pending), strict=True, **dialect.options())
    skip, good = header, 0
    try:
        for row in reader:
            if skip:
                skip = not any(cell.strip() for cell in row)
            elif len(row) == width or (len(row) > width and not any(row[width:])):
                good += 1
                cells = _with_missing(row[:width], "".join(pending), dialect) if exported else row[:width]
                yield cells, width * CELL_CHARACTERS + sum(map(len, pending))
            elif any(cell.strip() for cell in row):
                ragged.add(reader.line_num - len(pending) + 1)
            pending.clear()
    except csv.Error as error:
        raise _explained(str(error), pending, reader.line_num, dialect) from error
    ragged.judge(good, notes)
    if not good:
        raise FileError("The file has a header and no rows." if header else "The file has no rows.", "Add rows to it.")


def _kept(source: Iterable[str], pending: list[str]) -> Iterator[str]:
    for line in source:
        pending.append(line)
        yield line


def _with_missing(row: list[str], written: str, dialect: Dialect) -> Sequence[str | None]:
    """Return `row` with None for the empty cells that are `written` without quotes."""
    if '""' not in written:
        return [cell or None for cell in row]
    end = re.escape(dialect.delimiter)
    cells = re.findall(rf'("(?:[^"]|"")*"|[^{end}\r\n]*)(?:{end}|\r?\n?$)', written)
    quoted = [cell.startswith('"') for cell in cells]
    return [cell if cell or there else None for cell, there in zip(row, quoted, strict=False)]


def _explained(error: str, pending: list[str], last: int, dialect: Dialect) -> FileError:
    """Return the sentence for the csv module's `error`, which happened in the row of the lines `pending`."""
    begin = last - len(pending) + 1
    opened = begin + _open_quote(pending, dialect)
    close = "Close the quote where its cell ends, and write a quote inside a quoted cell twice."
    if "field larger" in error and len(pending) <= 1:
        problem = f"A cell in line {last:,} has more than {MAX_CELL:,} characters."
        return FileError(problem, "Break it into several rows, or import the file as plain text.")
    if "field larger" in error:
        problem = f"The quote that opens in line {opened:,} is not closed within {MAX_CELL:,} characters."
        return FileError(problem, close)
    if "unexpected end" in error:
        return FileError(f"The quote that opens in line {opened:,} is never closed.", close)
    problem = f"The quoted cell that begins in line {opened:,} goes on after its closing quote in line {last:,}."
    return FileError(problem, close)


def _open_quote(pending: list[str], dialect: Dialect) -> int:
    """Return how many lines into `pending` the last quoted cell begins."""
    opened, inside, fresh = 0, False, True
    for number, line in enumerate(pending):
        skip = False
        for place, character in enumerate(line):
            if skip:
                skip = False
            elif inside:
                doubled = line[place + 1 : place + 2] == '"'
                skip = character == dialect.escape or (character == '"' and doubled)
                inside = skip or character != '"'
            elif character == '"' and fresh:
                opened, inside = number, True
            fresh = not inside and (
                character == dialect.delimiter or (fresh and character == " " and dialect.skip_space)
            )
        fresh = not inside
    return opened

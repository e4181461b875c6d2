"""How a delimited file is written: its delimiter, its quotes, and whether its first row is a header."""

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.data.mapping import guess_mapping, is_known_name, is_number
from core.data.sources.encoding import lines
from core.data.sources.limits import MAX_CELL

DELIMITERS = (",", "\t", ";", "|")
NO_DELIMITER = "\x1f"  # the csv module wants one; this one stands in no text
SNIFFED_CHARACTERS = 300_000


@dataclass(frozen=True)
class Dialect:
    """What the csv module is told. `quoted` off takes quotes as plain characters, as many TSV files mean them."""

    delimiter: str = NO_DELIMITER
    quoted: bool = True
    skip_space: bool = False
    escape: str | None = None

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of `csv.reader`."""
        return {
            "delimiter": self.delimiter,
            "quoting": csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            "skipinitialspace": self.skip_space,
            "escapechar": self.escape,
        }


@dataclass(frozen=True)
class Sniffed:
    """A dialect, the first rows read with it, and the share of them that are as long as the first."""

    dialect: Dialect
    rows: list[list[str]]
    valid: bool  # quotes open and close as they should

    @property
    def consistency(self) -> float:
        """The share of rows that have as many cells as the first; 0 where that is fewer than two."""
        if not self.rows or len(self.rows[0]) < 2:
            return 0.0
        return sum(len(row) == len(self.rows[0]) for row in self.rows) / len(self.rows)


def sniff(text: str, complete: bool, likely: str = ",") -> Sniffed:
    """Return the dialect of a file that begins with `text`; `complete` when that is all of it.

    `likely` is the delimiter that the file's ending speaks for: it wins a tie. A file in which no delimiter
    splits most rows alike, and whose first row is no header, has one column.
    """
    complete = complete and len(text) <= SNIFFED_CHARACTERS
    first = list(lines([text[:SNIFFED_CHARACTERS]]))
    if not complete and len(first) > 1:
        first.pop()
    order = sorted(DELIMITERS, key=lambda delimiter: delimiter != likely)
    best = max((_with_delimiter(first, complete, d) for d in order), key=lambda found: found.consistency)
    if best.consistency >= 0.5 or (best.consistency and _all_names(best.rows[0])):
        return best
    return _read(first, complete, Dialect())


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first of `rows` names the columns rather than being data like the rows below it.

    A number is no name; a known name, or words above numbers, is one. Short names above long cells are names; a
    cell that stands again in its column is none. In doubt a row of several short cells is a header and one of a
    single cell is not.
    """
    head, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    if any(is_number(cell) for cell in head):
        return False
    if any(is_known_name(cell) for cell in head):
        return True
    if not body:
        return _all_names(head)
    columns = [[row[place] for row in body if row[place]] for place in range(len(head))]
    if any(column and all(is_number(cell) for cell in column) for column in columns):
        return True
    if any(cell in column for cell, column in zip(head, columns, strict=True)) or not _all_names(head):
        return False
    longer = [len(body) > 2 and 2 * len(n) < min(map(len, c), default=0) for n, c in zip(head, columns, strict=True)]
    return any(longer) or len(head) > 1


def headerless_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return names for the columns of a file without header: text, label, split, id where a column looks like it."""
    width = len(rows[0])
    plain = [f"column {place}" for place in range(1, width + 1)]
    body = [row for row in rows if len(row) == width]
    guess = guess_mapping({name: [row[i] for row in body] for i, name in enumerate(plain)})
    roles = {column: role for role, column in guess if column is not None}
    return [roles.get(name, name) for name in plain]


def _with_delimiter(first: list[str], complete: bool, delimiter: str) -> Sniffed:
    quoted = _read(first, complete, Dialect(delimiter))
    if delimiter == "\t":
        plain = _read(first, complete, Dialect(delimiter, quoted=False))
        merged = len(quoted.rows) < len(plain.rows) and plain.consistency == 1
        marked = any(cell.startswith('"') for row in plain.rows for cell in row)
        return quoted if marked and quoted.valid and not merged else plain
    padded = all(cell.startswith(" ") for row in quoted.rows for cell in row[1:])
    if quoted.valid and quoted.consistency == 1 and not padded:
        return quoted
    escaped = _read(first, complete, replace(quoted.dialect, escape="\\"))
    if escaped.valid and not quoted.valid:
        return escaped
    spaced = _read(first, complete, replace(quoted.dialect, skip_space=True))
    better = spaced.consistency > quoted.consistency or (padded and spaced.consistency == quoted.consistency)
    return spaced if spaced.valid and better else quoted


def _read(first: list[str], complete: bool, dialect: Dialect) -> Sniffed:
    csv.field_size_limit(MAX_CELL)
    valid = True
    try:
        rows = list(csv.reader(first, strict=True, **dialect.options()))
    except csv.Error as error:
        valid = not complete and "unexpected end" in str(error)
        rows = list(csv.reader(first, **dialect.options()))
    filled = itertools.dropwhile(lambda row: not any(cell.strip() for cell in row), rows)
    return Sniffed(dialect, [row for row in filled if row], valid)


def _all_names(cells: Sequence[str]) -> bool:
    distinct = len({cell.casefold() for cell in cells}) == len(cells)
    return distinct and all(cell.strip() and len(cell) <= 40 and len(cell.split()) <= 4 for cell in cells)

"""JSON and JSON Lines: objects become rows; a value that is no text is kept as it is written in JSON."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from core.data.mapping import unique_names
from core.data.rows import COLUMNS
from core.data.sources.encoding import lines
from core.data.sources.limits import CELL_CHARACTERS, MAX_CELL, MAX_COLUMNS, grouped
from core.errors import FileError

MAX_WHOLE = 100_000_000
SPACE = re.compile(r"[\s,]*")
FORM = 'Write it as a list of objects, [{"text": "..."}, ...], or as JSON Lines, an object a line.'


class Columns:
    """The columns met so far: each key of the objects, in the order of first sight."""

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self.halves = 0  # texts with half of a character, which JSON can write and no text can hold

    def batch(self, items: list[dict[str, Any]]) -> pa.RecordBatch:
        """Return `items` as rows of strings. Raises FileError where they have too many different keys."""
        for item in items:
            if not self._keys.keys() >= item.keys():
                self._keys.update(dict.fromkeys(item))
        if not self._keys:
            raise FileError("The objects of the file have no keys.", FORM)
        if len(self._keys) > MAX_COLUMNS:
            problem = f"The rows have more than {MAX_COLUMNS:,} different keys."
            raise FileError(problem, "Keep the ones you need, or put the others into one nested value.")
        exported = self._keys.keys() >= set(COLUMNS)
        arrays = [self._array([_as_text(item.get(key), exported) for item in items]) for key in self._keys]
        return pa.RecordBatch.from_arrays(arrays, names=unique_names(self._keys))

    def _array(self, values: list[str | None]) -> pa.Array:
        try:
            return pa.array(values, pa.string())
        except UnicodeEncodeError:
            whole = [value and value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for value in values]
            self.halves += sum(a != b for a, b in zip(values, whole, strict=True))
            return pa.array(whole, pa.string())


def read_json_lines(texts: Iterable[str], notes: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield the objects that stand a line each; blank lines are skipped. Raises FileError naming the first bad line."""

    def items() -> Iterator[tuple[Any, int]]:
        for number, line in enumerate(lines(texts), 1):
            if len(line) > MAX_CELL:
                problem = f"Line {number:,} has more than {MAX_CELL:,} characters."
                raise FileError(problem, "Break its text into several rows.")
            if line.strip():
                try:
                    yield _as_row(json.loads(line), f"Line {number:,}"), len(line)
                except (ValueError, RecursionError) as error:
                    problem = f"Line {number:,} is not valid JSON ({_reason(error)})."
                    raise FileError(problem, "Correct this line.") from error

    return _batches(items(), notes)


def read_json(texts: Iterable[str], notes: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a JSON document: a list of objects, alone or as a value of an object, or an object of columns.

    A list is read an item at a time; an object of columns ({"text": [...], "label": [...]}) is read whole and
    may have MAX_WHOLE characters. Raises FileError with the place where it is not valid.
    """
    return _batches(_Document(iter(texts)).items(), notes)


def _batches(items: Iterator[tuple[dict[str, Any], int]], notes: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield batches of `items`, each an object and its length in characters."""
    columns = Columns()
    empty = True
    for rows in grouped((item, length + CELL_CHARACTERS * len(item)) for item, length in items):
        empty = False
        yield columns.batch(rows)
    if empty:
        raise FileError("The file has no rows.", "Add rows to it.")
    if columns.halves:
        notes.append(f"Cells in which half a character was replaced by a question mark sign: {columns.halves:,}.")


class _Document:
    """A JSON document that is read from the front; what was read is let go."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._buffer = ""
        self._place = 0  # in the buffer
        self._gone = 0  # characters before the buffer
        self._decoder = json.JSONDecoder()

    def items(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield the rows and their lengths."""
        opening = self._next()
        if opening == "[":
            self._place += 1
            yield from self._list()
        elif opening == "{":
            yield from self._object()
        else:
            raise FileError("The JSON document is neither a list nor an object.", FORM)
        if self._next():
            raise self._invalid("something follows the end of the document")

    def _object(self) -> Iterator[tuple[dict[str, Any], int]]:
        columns: dict[str, Any] = {}
        rows_key = None
        self._place += 1
        while self._next() != "}":
            key, _ = self._value()
            if not isinstance(key, str) or self._next() != ":":
                raise self._invalid("a key and a colon should stand here")
            self._place += 1
            if self._next() == "[" and self._after_bracket() == "{":
                if rows_key is not None:
                    problem = f"The JSON document holds several lists of rows, {rows_key!r} and {key!r}."
                    raise FileError(problem, "Save each of them as a file of its own.")
                rows_key = key
                self._place += 1
                yield from self._list()
            else:
                columns[key], _ = self._value(MAX_WHOLE)
        self._place += 1
        if rows_key is None:
            yield from _transposed(columns)

    def _list(self) -> Iterator[tuple[dict[str, Any], int]]:
        number = 0
        while self._next() != "]":
            number += 1
            value, length = self._value()
            if length > MAX_CELL:
                problem = f"Item {number:,} of the list has more than {MAX_CELL:,} characters."
                raise FileError(problem, "Break its text into several rows.")
            yield _as_row(value, f"Item {number:,} of the list"), length
        self._place += 1

    def _value(self, limit: int = MAX_CELL) -> tuple[Any, int]:
        """Return the value that begins here and its length, reading on until it is complete."""
        wanted = 1 << 16
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._place)
                if end < len(self._buffer) or not self._more(1):
                    length = end - self._place
                    self._place = end
                    return value, length
            except (ValueError, RecursionError) as error:
                if len(self._buffer) - self._place > limit:
                    raise self._invalid(f"the value has no end within {limit:,} characters") from error
                if not self._more(wanted):
                    raise self._invalid(_reason(error)) from error
                wanted *= 2

    def _next(self) -> str:
        """Return the next character that is neither space nor comma, "" at the end of the document."""
        while True:
            self._place = _end(SPACE, self._buffer, self._place)
            if self._place < len(self._buffer):
                return self._buffer[self._place]
            if not self._more(1):
                return ""

    def _after_bracket(self) -> str:
        while (place := _end(SPACE, self._buffer, self._place + 1)) == len(self._buffer):
            if not self._more(1):
                return ""
        return self._buffer[place]

    def _more(self, characters: int) -> bool:
        """Append about `characters` to the buffer and let go of what was read; False at the end of the document."""
        parts: list[str] = []
        while sum(map(len, parts)) < characters and (text := next(self._texts, None)) is not None:
            parts.append(text)
        if not any(parts):
            return False
        self._buffer = "".join([self._buffer[self._place :], *parts])
        self._gone += self._place
        self._place = 0
        return True

    def _invalid(self, reason: str) -> FileError:
        place = self._gone + self._place
        return FileError(f"The JSON document is not valid at character {place + 1:,} ({reason}).", FORM)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, character {error.colno:,}"
    return "nested too deep" if isinstance(error, RecursionError) else str(error)


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place


def _transposed(columns: dict[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the rows of {"text": [...]}, {"text": {"0": ...}} or {"0": {"text": ...}}; scalars are about the whole."""
    tables = {key: value for key, value in columns.items() if isinstance(value, dict)}
    if tables and any(not key.isdigit() for table in tables.values() for key in table):
        yield from ((row, sum(len(v) for v in row.values() if isinstance(v, str))) for row in tables.values())
        return
    lists = {key: [*value.values()] if key in tables else value for key, value in columns.items()}
    lists = {key: value for key, value in lists.items() if isinstance(value, list)}
    lengths = {len(values) for values in lists.values()}
    if not lists:
        raise FileError("The JSON document holds no list of rows.", FORM)
    if len(lengths) > 1:
        counts = ", ".join(f"{key!r} {len(values):,}" for key, values in list(lists.items())[:5])
        raise FileError(f"The columns of the JSON document are not equally long: {counts}.", FORM)
    for values in zip(*lists.values(), strict=True):
        yield dict(zip(lists, values, strict=True)), sum(len(v) for v in values if isinstance(v, str))


def _as_row(value: Any, place: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        return {"text": value}
    raise FileError(f"{place} is neither an object nor a text.", FORM)


def _as_text(value: Any, exported: bool) -> str | None:
    """Return `value` as it is kept; of an exported file without blanks, by which a list differs from a text."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":") if exported else None)

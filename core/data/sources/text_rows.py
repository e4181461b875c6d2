"""Plain text: a row a line, or a row a paragraph."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from core.data.sources.encoding import lines
from core.data.sources.limits import MAX_CELL, grouped
from core.errors import FileError


def read_text(texts: Iterable[str], paragraphs: bool) -> Iterator[pa.RecordBatch]:
    """Yield batches with the one column `text`: the lines that are not blank, or the paragraphs between blank lines.

    A line keeps its spaces and loses its end; the lines of a paragraph are joined by a line break. Raises
    FileError where there is no text, or a row of more than MAX_CELL characters.
    """
    pieces = _paragraphs(lines(texts)) if paragraphs else _lines(lines(texts))
    empty = True
    for rows in grouped(_sized(pieces)):
        empty = False
        yield pa.RecordBatch.from_arrays([pa.array(rows, pa.string())], names=["text"])
    if empty:
        raise FileError("The file has blank lines only.", "Choose a file that has text.")


def _sized(pieces: Iterable[tuple[int, str]]) -> Iterator[tuple[str, int]]:
    for number, piece in pieces:
        if len(piece) > MAX_CELL:
            problem = f"The row that begins in line {number:,} has more than {MAX_CELL:,} characters."
            raise FileError(problem, "Break it into several rows.")
        yield piece, len(piece)


def _lines(source: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source, 1):
        if line.strip():
            yield number, line.rstrip("\r\n")


def _paragraphs(source: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield each paragraph and the number of its first line; one that grows past MAX_CELL is cut there."""
    held: list[str] = []
    begin = size = 0
    for number, line in enumerate(source, 1):
        if line.strip():
            begin = begin if held else number
            held.append(line.rstrip("\r\n"))
            size += len(line)
        if held and (not line.strip() or size > 2 * MAX_CELL):
            yield begin, "\n".join(held)
            held, size = [], 0
    if held:
        yield begin, "\n".join(held)

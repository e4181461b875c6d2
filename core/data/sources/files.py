"""Files as sources: CSV, TSV, JSON Lines, JSON, Parquet and plain text, each also gzipped."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from core.data.mapping import guess_mapping, unique_names
from core.data.sources.compressed import FileBytes
from core.data.sources.delimited import read_delimited
from core.data.sources.dialect import has_header, headerless_names, sniff
from core.data.sources.encoding import Encoding, EncodingName, decode_sample, decoded, find_encoding
from core.data.sources.formats import ENDINGS, Format, refuse_foreign, split_name, text_format
from core.data.sources.json_rows import read_json, read_json_lines
from core.data.sources.limits import MAX_COLUMNS
from core.data.sources.parquet_rows import MAGIC, ParquetRows
from core.data.sources.source import ColumnMapping, Source
from core.data.sources.text_rows import read_text
from core.errors import FileError

Header = Literal["auto", "yes", "no"]

GUESS_ROWS = 1_000
TITLES: dict[Format, str] = {
    "delimited": "a table with a delimiter",
    "jsonl": "JSON Lines",
    "json": "JSON",
    "parquet": "Parquet",
    "lines": "plain text",
    "paragraphs": "plain text",
}


@dataclass
class FileSource(Source):
    """A source that is a file: also its format, its encoding (None for Parquet), and whether it is gzipped."""

    format: Format = "lines"
    encoding: str | None = None
    gzipped: bool = False


@dataclass(frozen=True)
class Beginning:
    """The first part of a text file, enough to tell how the rest is to be read."""

    file: FileBytes
    ending: str
    encoding: Encoding
    text: str
    complete: bool


def open_file(
    path: Path,
    *,
    filename: str | None = None,
    format: Format | Literal["auto"] = "auto",
    encoding: EncodingName | Literal["auto"] = "auto",
    header: Header = "auto",
    scratch: Path | None = None,
) -> FileSource:
    """Return the rows of the file at `path`; its first batch has been read when this returns.

    `filename` is what the file was called where it came from: its ending speaks for the format and it is never
    used as a path. What is "auto" is found from the content. `scratch` is a folder for a gzipped Parquet file
    to be unpacked into, where not below the home. Raises FileError, with what to do, for whatever cannot be read.
    """
    file = FileBytes(path)
    filename = filename or path.name
    name, ending = split_name(filename)
    sample, complete = file.sample()
    if not sample:
        raise FileError("The file is empty.", "Choose a file that has rows.")
    if format == "parquet" or (format == "auto" and (sample.startswith(MAGIC) or ending in (".parquet", ".pq"))):
        return _open_parquet(name, file, scratch)
    refuse_foreign(sample, filename)
    if sample.startswith(MAGIC):
        raise FileError("The file is Parquet.", "Choose Parquet as its format.")
    found = find_encoding(sample, complete) if encoding == "auto" else Encoding(encoding, chosen=True)
    beginning = Beginning(file, ending, found, decode_sample(sample, found.name), complete)
    if not beginning.text.strip("\ufeff \t\r\n"):
        raise FileError("The file is empty: it holds white space only.", "Choose a file that has rows.")
    return _open_text(name, beginning, format, header)


def _open_parquet(name: str, file: FileBytes, scratch: Path | None) -> FileSource:
    rows = ParquetRows(file, scratch)
    mapping, batches = _begun(rows.batches())
    return FileSource(name, batches, mapping, lambda: rows.rows_read, rows.rows, format="parquet", gzipped=file.gzipped)


def _open_text(name: str, beginning: Beginning, format: Format | Literal["auto"], header: Header) -> FileSource:
    file, encoding = beginning.file, beginning.encoding
    notes = [encoding.note] if encoding.note else []
    found = text_format(beginning.ending, beginning.text, beginning.complete) if format == "auto" else format
    if format == "auto" and ENDINGS.get(beginning.ending, found) != found:
        notes.append(f"The content of the file is {TITLES[found]}, and it was read as that.")
    texts = decoded(file.chunks(), encoding, notes)
    if found == "jsonl":
        rows = read_json_lines(texts, notes)
    elif found == "json":
        rows = read_json(texts, notes)
    elif found == "delimited":
        rows = _delimited(beginning, texts, header, notes)
    else:
        rows = read_text(texts, paragraphs=found == "paragraphs")
    mapping, batches = _begun(rows)
    return FileSource(
        name=name,
        batches=batches,
        mapping=mapping,
        done=lambda: file.position,
        total=file.size,
        unit="bytes",
        notes=notes,
        format=found,
        encoding=encoding.name,
        gzipped=file.gzipped,
    )


def _delimited(
    beginning: Beginning, texts: Iterator[str], header: Header, notes: list[str]
) -> Iterator[pa.RecordBatch]:
    likely = "\t" if beginning.ending in (".tsv", ".tab") else ","
    sniffed = sniff(beginning.text, beginning.complete, likely)
    first = sniffed.rows[0]
    if len(first) > MAX_COLUMNS:
        problem = f"The file has {len(first):,} columns, and the most that can be imported is {MAX_COLUMNS:,}."
        raise FileError(problem, "Keep the columns you need.")
    headed = has_header(sniffed.rows) if header == "auto" else header == "yes"
    names = unique_names(first if headed else headerless_names(sniffed.rows))
    kept = {" ".join(name.split()) for name in first}
    if headed and (given := [name for name in names if name not in kept]):
        shown = ", ".join(given[:5])
        notes.append(f"Columns without a name, or with one that stood twice, got new names; the first are: {shown}.")
    if not headed and header == "auto":
        notes.append("The first row looks like the rows below it, so it was taken as data and not as column names.")
    return read_delimited(texts, sniffed.dialect, names, headed, notes)


def _begun(batches: Iterator[pa.RecordBatch]) -> tuple[ColumnMapping, Iterator[pa.RecordBatch]]:
    """Read the first batch, guess from it, and return the guess and all batches, the first included."""
    first = next(batches)
    values = [column.slice(0, GUESS_ROWS).to_pylist() for column in first.columns]
    return guess_mapping(dict(zip(first.schema.names, values, strict=True))), _chained(first, batches)


def _chained(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest

"""Which format a file has: its ending proposes, its content decides; formats that are not read get a sentence."""

import json
from pathlib import PurePath
from typing import Literal, get_args

from core.data.sources.dialect import sniff
from core.errors import FileError

Format = Literal["delimited", "jsonl", "json", "parquet", "lines", "paragraphs"]
FORMATS: tuple[Format, ...] = get_args(Format)

ENDINGS: dict[str, Format] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "lines",
    ".text": "lines",
    ".md": "lines",
    ".log": "lines",
}
GZIP_ENDINGS = (".gz", ".gzip")

UNPACK = "Unpack it, and import the files that are in it."
SAVE_AS_CSV = "Open it in its program, save it as CSV (UTF-8), and import that file."
SAVE_AS_TEXT = "Save it as plain text, and import that file."
NOT_TEXT = "Choose a CSV, TSV, JSONL, JSON, Parquet or plain text file."

FOREIGN = (
    (b"7z\xbc\xaf\x27\x1c", "The file is a 7z archive.", UNPACK),
    (b"Rar!\x1a\x07", "The file is a RAR archive.", UNPACK),
    (b"BZh", "The file is compressed with bzip2, which is not read here.", "Unpack it, or compress it with gzip."),
    (b"\xfd7zXZ\x00", "The file is compressed with xz, which is not read here.", "Unpack it, or use gzip."),
    (b"\x28\xb5\x2f\xfd", "The file is compressed with zstd, which is not read here.", "Unpack it, or use gzip."),
    (b"%PDF-", "The file is a PDF document.", "Copy its text into a plain text file, and import that file."),
    (b"{\\rtf", "The file is a rich text document.", SAVE_AS_TEXT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The file is an old Excel or Word document.", SAVE_AS_CSV),
    (b"SQLite format 3\x00", "The file is an SQLite database.", "Export the table you need as CSV."),
    (b"ARROW1", "The file is an Arrow (Feather) file.", "Save it as Parquet."),
    (b"\x89PNG", "The file is a picture.", NOT_TEXT),
    (b"\xff\xd8\xff", "The file is a picture.", NOT_TEXT),
    (b"GIF8", "The file is a picture.", NOT_TEXT),
    (b"\x7fELF", "The file is a program.", NOT_TEXT),
)
ZIPPED = (
    (b"xl/", ".xlsx", "The file is an Excel workbook.", SAVE_AS_CSV),
    (b"opendocument.spreadsheet", ".ods", "The file is an OpenDocument spreadsheet.", SAVE_AS_CSV),
    (b"word/", ".docx", "The file is a Word document.", SAVE_AS_TEXT),
    (b"opendocument.text", ".odt", "The file is an OpenDocument text.", SAVE_AS_TEXT),
)


def split_name(filename: str) -> tuple[str, str]:
    """Return a file's name without its known endings, and the ending that tells the format: reviews.csv.gz gives
    ("reviews", ".csv"). The ending is "" where there is none that is known."""
    name = PurePath(filename.replace("\\", "/")).name
    for ending in GZIP_ENDINGS:
        name = name[: -len(ending)] if name.casefold().endswith(ending) else name
    suffix = PurePath(name).suffix.casefold()
    if suffix in ENDINGS:
        return name[: -len(suffix)], suffix
    return (name[: -len(suffix)] if suffix else name), ""


def refuse_foreign(sample: bytes, filename: str) -> None:
    """Raise FileError, with what to do, where `sample` begins a file of a known format that is not read here."""
    if sample.startswith(b"PK\x03\x04"):
        for mark, ending, problem, remedy in ZIPPED:
            if mark in sample or filename.casefold().endswith(ending):
                raise FileError(problem, remedy)
        raise FileError("The file is a zip archive.", UNPACK)
    for magic, problem, remedy in FOREIGN:
        if sample.startswith(magic):
            raise FileError(problem, remedy)


def text_format(ending: str, text: str, complete: bool) -> Format:
    """Return the format of a text file with `ending` that begins with `text`; `complete` when that is all of it.

    Raises FileError for a web page that is called a table.
    """
    named = ENDINGS.get(ending)
    begin = text.lstrip("\ufeff \t\r\n")
    if named in ("delimited", "jsonl", "json") and begin[:15].casefold().startswith(("<!doctype html", "<html")):
        raise FileError("The file is a web page, not a table.", "Download the file itself rather than its page.")
    if named in ("jsonl", "json"):
        return "json" if begin.startswith("[") or not _first_line_is_object(begin, complete) else "jsonl"
    if begin.startswith("{") and _first_line_is_object(begin, complete):
        return "jsonl"
    if named == "delimited":
        return named
    if named is None and begin.startswith(("[", "{")) and begin[1:].lstrip()[:1] in ("{", '"'):
        return "json"
    table = sniff(text, complete)
    if table.consistency == 1 and len(table.rows) > 1 and (named is None or table.dialect.delimiter == "\t"):
        return "delimited"
    return "lines"


def _first_line_is_object(text: str, complete: bool) -> bool:
    """Say whether the first line is a JSON object that is a row, rather than a document of rows on one line."""
    line, _, rest = text.partition("\n")
    if not rest and not complete:
        return False
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    return bool(rest.strip()) or not any(isinstance(part, list | dict) for part in value.values())

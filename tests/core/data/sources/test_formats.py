"""Formats: the ending proposes, the content decides, and what is not read gets a sentence."""

import gzip
import io
import zipfile

import pytest

from core.data.sources.formats import refuse_foreign, split_name, text_format
from core.errors import FileError


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("reviews.csv", ("reviews", ".csv")),
        ("Reviews.2024.TSV.GZ", ("Reviews.2024", ".tsv")),
        ("../../etc/passwd.jsonl", ("passwd", ".jsonl")),
        ("C:\\data\\a b.parquet", ("a b", ".parquet")),
        ("notes", ("notes", "")),
        ("corpus.de", ("corpus", "")),
        (".csv", (".csv", "")),
    ],
)
def test_a_name_is_split_from_its_endings(filename: str, expected: tuple[str, str]) -> None:
    assert split_name(filename) == expected


ROW = '{"text": "a", "label": "x"}'


@pytest.mark.parametrize(
    ("ending", "text", "expected"),
    [
        (".csv", "text,label\na,1\n", "delimited"),
        (".json", f"[{ROW}]", "json"),
        (".json", f"{ROW}\n{ROW}\n", "jsonl"),
        (".json", '{"text": ["a"]}', "json"),
        (".json", '{\n "data": []\n}', "json"),
        (".json", ROW, "jsonl"),
        (".jsonl", f"[\n{ROW}\n]", "json"),
        (".jsonl", f"{ROW}\n", "jsonl"),
        (".csv", f"{ROW}\n{ROW}\n", "jsonl"),
        (".txt", "A line.\nAnother, with commas, and more.\n", "lines"),
        (".txt", "one, two\nthree, four\n", "lines"),
        (".txt", "fine film\t1\nbad film\t0\n", "delimited"),
        ("", "fine film;1\nbad film;0\n", "delimited"),
        ("", f"{ROW}\n{ROW}\n", "jsonl"),
        ("", f"[{ROW}]", "json"),
        ("", "[A stage direction] He goes.\n", "lines"),
        ("", "just one line", "lines"),
    ],
)
def test_the_content_decides(ending: str, text: str, expected: str) -> None:
    assert text_format(ending, text, complete=True) == expected


def zipped(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return data.getvalue()


@pytest.mark.parametrize(
    ("sample", "filename", "sentence"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx", "an Excel workbook.*save it as CSV"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "renamed.csv", "an Excel workbook.*save it as CSV"),
        (zipped("word/document.xml"), "a.docx", "a Word document.*plain text"),
        (zipped("train.csv", "test.csv"), "a.zip", "a zip archive.*Unpack it"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a.7z", "a 7z archive.*Unpack it"),
        (b"%PDF-1.7\n", "a.pdf", "a PDF document.*plain text file"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", "a picture"),
        (b"SQLite format 3\x00", "a.db", "SQLite database"),
    ],
)
def test_formats_that_are_not_read_say_what_to_do(sample: bytes, filename: str, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence):
        refuse_foreign(sample, filename)


def test_what_is_read_is_not_refused() -> None:
    for sample in (b"text,label\n", "评论".encode(), b"PAR1", gzip.compress(b"text")):
        refuse_foreign(sample, "a.csv")


def test_a_web_page_called_a_table_is_refused() -> None:
    with pytest.raises(FileError, match="a web page"):
        text_format(".csv", "\n<!DOCTYPE html><html>", complete=True)

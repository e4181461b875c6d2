"""Files as sources: every format, plain and gzipped, gives the same rows; real files read as they are."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.rows import BATCH_ROWS
from core.data.sources.files import open_file
from core.data.sources.source import ColumnMapping
from core.errors import FileError

ROWS = [
    {"text": "Nice, isn't it?", "label": "pos"},
    {"text": 'So "dull"', "label": "neg"},
    {"text": "评论", "label": "pos"},
]
LINES = "\n".join(json.dumps(row) for row in ROWS)
WRITTEN = {
    "a.csv": 'text,label\n"Nice, isn\'t it?",pos\n"So ""dull""",neg\n评论,pos\n',
    "a.tsv": 'text\tlabel\nNice, isn\'t it?\tpos\nSo "dull"\tneg\n评论\tpos\n',
    "a.jsonl": LINES,
    "a.ndjson": LINES,
    "a.json": json.dumps(ROWS, indent=1),
    "misnamed.json": LINES,
}


@pytest.fixture(params=[*WRITTEN, "a.parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    if request.param == "a.parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    else:
        path.write_text(WRITTEN[request.param], "utf-8")
    return path


@pytest.mark.usefixtures("home")
def test_every_format_gives_the_same_rows_plain_and_gzipped(path: Path) -> None:
    zipped = path.with_name(path.name + ".gz")
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    for file in (path, zipped):
        source = open_file(file)
        assert source.name == path.stem
        assert source.mapping == ColumnMapping(text="text", label="label")
        assert [row for batch in source.batches for row in batch.to_pylist()] == ROWS
        assert source.done() == source.total
        assert source.gzipped is (file is zipped)


def test_the_name_a_file_had_tells_the_format_and_is_no_path(tmp_path: Path) -> None:
    path = tmp_path / "0f3a.upload"
    path.write_text("fine film\t1\nbad\t0\n")
    source = open_file(path, filename="../../secret/films.tsv")
    assert (source.name, source.format) == ("films", "delimited")
    assert source.notes == [
        "The first row looks like the rows below it, so it was taken as data and not as column names."
    ]


def test_settings_overrule_what_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("one\ttwo\n\nthree\tfour\n".encode("utf-16"))
    assert open_file(path).format == "delimited"
    assert next(open_file(path, format="lines").batches).to_pylist() == [{"text": "one\ttwo"}, {"text": "three\tfour"}]
    headed = open_file(path, header="yes")
    assert next(headed.batches).to_pylist() == [{"one": "three", "two": "four"}]
    path.write_bytes("Привет\n".encode("cp1251"))
    assert next(open_file(path, encoding="cp1251").batches).to_pylist() == [{"text": "Привет"}]


def test_content_that_is_not_what_the_ending_says_is_read_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("fine film\t1\nbad\t0\n")
    assert open_file(path).notes[0] == "The content of the file is a table with a delimiter, and it was read as that."


def test_sst2_has_no_header_and_its_columns_are_found(shared_data: Path) -> None:
    path = shared_data / "sst2" / "train.tsv"
    source = open_file(path)
    assert source.mapping == ColumnMapping(text="text", label="label")
    rows = [row for batch in source.batches for row in batch.to_pylist()]
    expected = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert [[row["text"], row["label"]] for row in rows] == expected
    assert len(rows) == 6_920


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_hotel_reviews_in_every_encoding(shared_data: Path, tmp_path: Path, encoding: str) -> None:
    original = shared_data / "chnsenticorp" / "ChnSentiCorp_htl_all.csv"
    path = tmp_path / "hotel.csv"
    path.write_bytes(original.read_text("utf-8").encode(encoding))
    source = open_file(path)
    assert source.encoding == encoding
    assert source.mapping == ColumnMapping(text="review", label="label")
    rows = [row for batch in source.batches for row in batch.to_pylist()]
    assert rows == [row for batch in open_file(original).batches for row in batch.to_pylist()]
    assert {row["label"] for row in rows} == {"0", "1"}


def test_only_the_beginning_of_a_long_file_is_read_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("text,label\n" + "a row of some length for this,1\n" * 400_000)
    source = open_file(path)
    assert source.total == path.stat().st_size > 12_000_000
    assert next(source.batches).num_rows == BATCH_ROWS
    assert source.done() <= 3_000_000


def test_column_names_that_stand_twice_or_are_missing_are_made_up(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,Text,,label\na,b,c,d\n")
    source = open_file(path)
    assert next(source.batches).schema.names == ["text", "Text 2", "column 3", "label"]
    assert source.notes == [
        "Columns without a name, or with one that stood twice, got new names; the first are: Text 2, column 3."
    ]


def test_parquet_that_was_chosen_to_be_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    pq.write_table(pa.table({"text": ["a"]}), path)
    assert open_file(path).format == "parquet"
    with pytest.raises(FileError, match="The file is Parquet"):
        open_file(path, format="delimited")

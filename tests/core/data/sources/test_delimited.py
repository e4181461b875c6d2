"""CSV and TSV: dialects, headers, exact cells, and sentences with line numbers for what is wrong."""

import csv
import io
import random

import pytest

from core.data.sources.delimited import read_delimited
from core.data.sources.dialect import Dialect, has_header, headerless_names, sniff
from core.errors import FileError


def rows_of(text: str, likely: str = ",") -> tuple[list[str], list[tuple[str, ...]], list[str]]:
    """Return names, rows and notes of a file read as the import reads it."""
    found = sniff(text, complete=True, likely=likely)
    header = has_header(found.rows)
    names = list(found.rows[0]) if header else headerless_names(found.rows)
    notes: list[str] = []
    rows: list[tuple[str, ...]] = []
    for batch in read_delimited([text], found.dialect, names, header, notes):
        rows.extend(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    return names, rows, notes


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    table = [["text", "label"], ["good, really; yes", "1"], ["bad, not good; no", "0"], ["so", "1"]]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(table)
    names, rows, _ = rows_of(written.getvalue())
    assert names == table[0]
    assert rows == [tuple(row) for row in table[1:]]


def test_cells_stay_exactly_as_written() -> None:
    text = 'text,code,price\n" spaced ",007,1.50\n"a ""b"" c",+3,\n"two\nlines",1e5,NaN\n'
    assert rows_of(text)[1] == [(" spaced ", "007", "1.50"), ('a "b" c', "+3", ""), ("two\nlines", "1e5", "NaN")]


def test_random_tables_come_back() -> None:
    rng = random.Random(11)
    alphabet = ["a", "é", "中", "👍", '"', ",", "\n", "\r\n", "\t", ";", "'", " ", "=", "\u2028", "مر"]
    for _ in range(200):
        width = rng.randint(2, 4)
        cells = [["".join(rng.choices(alphabet, k=rng.randrange(8))) for _ in range(width)] for _ in range(8)]
        table = [["text", "label", "note", "more"][:width], *cells]
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows(table)
        text = written.getvalue()
        pieces = [text[i : i + 5] for i in range(0, len(text), 5)]
        rows = []
        for batch in read_delimited(pieces, Dialect(","), table[0], True, []):
            rows.extend(zip(*(column.to_pylist() for column in batch.columns), strict=True))
        assert rows == [tuple(row) for row in cells]


def test_a_file_without_header_gets_names_from_what_its_columns_hold() -> None:
    names, rows, _ = rows_of("a stirring , funny film\t1\nso dull , so long\t0\nit works\t1\n")
    assert names == ["text", "label"]
    assert rows[0] == ("a stirring , funny film", "1")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("text,label\nfine,1\n", True),
        ("text,label\n", True),
        ("review;stars\nfine;5\n", True),
        ("satz,wertung\nganz gut,gut\nschlecht,mies\n", True),
        ("what,mark\nfine,5\nbad,1\n", True),
        ("fine,5\nbad,1\n", False),
        ("a fine film,pos\na bad film,neg\na good one,pos\n", False),
        ("It was a long film that I did not like at all really,neg\nGood,pos\n", False),
        ("apple\nbanana\ncherry\n", False),
        ("remark\nThis is a long sentence.\nThis is another one.\nAnd a third sentence.\n", True),
        ("text\nshort\n", True),
    ],
)
def test_a_header_is_told_from_data(text: str, header: bool) -> None:
    assert has_header(sniff(text, complete=True).rows) is header


def test_one_column_with_commas_in_its_sentences_is_one_column() -> None:
    names, rows, _ = rows_of("text\nWell, this is good.\nNo.\nOne, two, three, four.\n")
    assert names == ["text"]
    assert rows == [("Well, this is good.",), ("No.",), ("One, two, three, four.",)]


def test_quotes_in_a_tsv_that_does_not_quote_stay() -> None:
    text = 'text\tlabel\n"Great" he said\t1\nthe 5" disk\t0\n"the movie\t1\n'
    assert rows_of(text)[1] == [('"Great" he said', "1"), ('the 5" disk', "0"), ('"the movie', "1")]


def test_quotes_in_a_tsv_that_quotes_go() -> None:
    text = 'text\tlabel\n"a ""b"""\t1\n"two\nlines"\t0\n'
    assert rows_of(text)[1] == [('a "b"', "1"), ("two\nlines", "0")]


def test_spaces_before_quotes_and_backslashes_before_quotes_are_understood() -> None:
    assert rows_of('text, label\n"a, b", 1\n"c, d", 0\n')[1] == [("a, b", "1"), ("c, d", "0")]
    assert rows_of('text,label\n"he said \\"hi\\", twice",1\n"no",0\n')[1] == [
        ('he said "hi", twice', "1"),
        ("no", "0"),
    ]


def test_blank_lines_and_empty_cells_beyond_the_last_column_are_no_error() -> None:
    assert rows_of("text,label\n\nfine,1,,\n   \nbad,0\n\n") == (["text", "label"], [("fine", "1"), ("bad", "0")], [])


def ragged(good: int, bad: int) -> str:
    return "text,label\n" + "fine,1\n" * good + "fine,1,more\n" * bad


def test_a_few_ragged_rows_are_left_out_and_noted_with_their_lines() -> None:
    _, rows, notes = rows_of(ragged(95, 5))
    assert len(rows) == 95
    assert notes == [
        "Rows left out because they do not have 2 cells as the first row does: 5; "
        "the first of them begin in these lines: 97, 98, 99, 100, 101."
    ]


def test_many_ragged_rows_are_an_error() -> None:
    with pytest.raises(FileError, match=r"6 of 100 rows do not have 2 cells .* in these lines: 96, 97, 98, 99, 100\."):
        rows_of(ragged(94, 6))


def test_the_line_of_a_ragged_row_counts_the_lines_inside_quotes() -> None:
    with pytest.raises(FileError, match="in these lines: 4"):
        rows_of('text,label\n"one\ntwo",1\nragged\n')


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('text,label\nfine,1\n"open,1\nbad,0\n', "The quote that opens in line 3 is never closed"),
        ('text,label\n"a\nb","open,1\nbad,0\n', "The quote that opens in line 3 is never closed"),
        (
            'text,label\n"open,1\nbad,0\n"shut",1\n',
            "The quoted cell that begins in line 2 goes on after its closing quote in line 4",
        ),
    ],
)
def test_an_unclosed_quote_is_named_by_the_line_where_it_opens(text: str, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence):
        rows_of(text)


def test_a_quote_that_swallows_the_rest_of_a_long_file_is_stopped() -> None:
    text = 'text,label\nfine,1\n"open,1\n' + "a row of some length,1\n" * 300_000
    with pytest.raises(FileError, match="opens in line 3 is not closed within 5,000,000 characters"):
        rows_of(text)


def test_a_cell_of_ten_million_characters_is_named_by_its_line() -> None:
    with pytest.raises(FileError, match="A cell in line 3 has more than 5,000,000 characters"):
        rows_of("text,label\nfine,1\n" + "x" * 10_000_000 + ",0\n")
    assert len(rows_of("text,label\nfine,1\n" + "x" * 4_999_999 + ",0\n")[1][1][0]) == 4_999_999


def test_a_header_alone_is_an_error() -> None:
    with pytest.raises(FileError, match="a header and no rows"):
        rows_of("text,label\n")

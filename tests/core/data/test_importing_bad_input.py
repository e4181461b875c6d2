"""Bad input: one clear sentence each, and nothing is left behind."""

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.importing import ImportConfig, import_dataset, look
from core.data.workspace import Workspace
from core.errors import CorpusLabError, FileError, InputError, UnknownName
from core.jobs import run

Refused = Callable[..., CorpusLabError]


@pytest.fixture
def refused(workspace: Workspace, tmp_path: Path) -> Refused:
    """A function that imports `content`, checks that nothing is left, and returns the error."""

    def do(content: bytes | str, filename: str = "a.csv", **settings: Any) -> CorpusLabError:
        path = tmp_path / filename
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        config = ImportConfig.model_validate({"source": str(path), **settings})
        with pytest.raises(CorpusLabError) as raised:
            run(import_dataset(config, workspace, tmp_path, False))
        assert workspace.latest() == []
        assert [p for p in workspace.home.rglob("*") if p.is_file() and p.suffix == ".parquet"] == []
        assert list((workspace.home / "staging").iterdir()) == []
        assert path.exists()
        for sentence in (raised.value.problem, raised.value.remedy):
            assert sentence[0].isupper() or sentence[0].isdigit() or sentence[0] in "'\""
            assert sentence.endswith(".")
            assert "Traceback" not in sentence
        return raised.value

    return do


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows.csv", b"text\n" * 1_000_000)
    return data.getvalue()


def wide(columns: int) -> str:
    return ",".join(f"c{i}" for i in range(columns)) + "\n" + ",".join("word" for _ in range(columns)) + "\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        ("\n  \r\n\n", "The file is empty: it holds white space only."),
        (b"\xef\xbb\xbf", "The file is empty: it holds white space only."),
        ("text,label\n", "The file has a header and no rows."),
        (
            "text,label\na,1\nb\nc,1,1\nd,1\n",
            "2 of 4 rows do not have 2 cells as the first row does; the first of them begin in these lines: 3, 4.",
        ),
        ('text,label\na,1\n"b,1\nc,1\n', "The quote that opens in line 3 is never closed."),
        ("text,label\na,1\nb\0,1\n", "Byte 17 of the file is a NUL byte, so it is damaged or not a text."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "The file is a picture."),
        (b"\x7fELF" + bytes(5_000), "The file is a program."),
        (zipped(), "The file is a zip archive."),
        (wide(2_000), "The file has 2,000 columns, and the most that can be imported is 1,000."),
        ("text,label\n" + "x" * 10_000_000 + ",1\n", "A cell in line 2 has more than 5,000,000 characters."),
        ("text,label\n,1\n,2\n", "The text column 'text' is empty in every row."),
    ],
)
def test_a_bad_file_has_one_sentence(refused: Refused, content: bytes | str, sentence: str) -> None:
    error = refused(content)
    assert isinstance(error, InputError)
    assert error.problem == sentence


def test_a_damaged_character_far_into_the_file(refused: Refused) -> None:
    before = ("text,label\n" + "fine,1\n" * 200_000 + "été, café,1\n").encode()
    error = refused(before + b"\xe9 broken,1\n")
    assert error.problem.startswith(f"Byte {len(before) + 1:,} of the file is not valid UTF-8")


def test_random_binary_called_csv(refused: Refused) -> None:
    assert isinstance(refused(random.Random(1).randbytes(50_000)), FileError)


def test_a_gzip_bomb(refused: Refused) -> None:
    error = refused(gzip.compress((b"some text " * 1_000 + b",1\n") * 11_000, 6), "a.csv.gz")
    assert error.problem.startswith("The gzip file unpacks to more than 200 times its size")


def test_a_cut_gzip_file(refused: Refused) -> None:
    rng = random.Random(2)
    text = "".join(f"some text {rng.random()},1\n" for _ in range(100_000))
    error = refused(gzip.compress(b"text,label\n" + text.encode())[:-1_000], "a.csv.gz")
    assert error.problem.startswith("The gzip file is damaged or was cut off")


def test_a_file_of_two_gigabytes(workspace: Workspace, tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(2_000_000_001)
    with pytest.raises(FileError, match="the most that can be imported is 2,000,000,000"):
        run(import_dataset(ImportConfig(source=str(tmp_path / "a.csv")), workspace, tmp_path, False))


def test_a_break_far_into_the_file_keeps_what_was_there(refused: Refused) -> None:
    error = refused("text,label\n" + "a row,1\n" * 300_000 + '"open,1\n')
    assert error.problem == "The quote that opens in line 300,002 is never closed."
    error = refused('{"text": "a"}\n' * 30_000 + '{"text": \n', "a.jsonl")
    assert error.problem.startswith("Line 30,001 is not valid JSON")


def test_a_text_column_of_numbers(refused: Refused) -> None:
    error = refused("stars,review,n\n5,I liked it,1\n1,Not at all,2\n", text="stars")
    assert str(error) == ("The text column 'stars' holds numbers and no words. Choose the column 'review' as the text.")
    error = refused("height,width\n1,2\n3,4\n")
    assert str(error) == (
        "The text column 'height' holds numbers and no words. "
        "Name the text column yourself if numbers are what you want."
    )


def test_numbers_as_text_where_they_are_wanted(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\n12\n007\n")
    result = run(import_dataset(ImportConfig(source=str(tmp_path / "a.csv"), text="text"), workspace, tmp_path, False))
    version = workspace.version(result["version"])
    assert pq.read_table(version.path).column("text").to_pylist() == ["12", "007"]
    assert version.notes == ("The text column 'text' holds numbers and no words.",)


def test_choices_that_the_data_do_not_bear(refused: Refused) -> None:
    rows = "key,part,text\n1,train,a b\n1,trian,c d\n,test,e f\n"
    assert isinstance(refused(rows, text="body"), UnknownName)
    error = refused(rows, split="part")
    assert error.problem == "The split column 'part' has words that name no split, such as 'trian'."
    assert refused(rows, id="key").problem == "The id column 'key' is empty in some rows: 1."
    twice = "key,text\n1,a b\n1,c d\n"
    assert refused(twice, id="key").problem == "The id column 'key' repeats an earlier value in some rows: 1."


def test_broken_parquet(refused: Refused) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": [f"row {i}" for i in range(1_000)]}), sink)
    for name in ("a.parquet", "a.csv"):
        assert "is damaged or is no Parquet file" in refused(sink.getvalue()[:-30], name).problem
    assert "is damaged or is no Parquet file" in refused("text,label\na,1\n", "a.parquet").problem


def test_a_look_has_the_same_sentences_for_a_broken_beginning(tmp_path: Path) -> None:
    for content, sentence in (
        (b"", "The file is empty"),
        (b"text,label\n", "a header and no rows"),
        (b'text,label\n"a,1\n', "opens in line 2 is never closed"),
        (b"text,label\na,1\nb\n", "1 of 2 rows do not have 2 cells"),
        (zipped(), "a zip archive"),
        (wide(2_000).encode(), "2,000 columns"),
    ):
        (tmp_path / "a.csv").write_bytes(content)
        with pytest.raises(FileError, match=sentence):
            look(str(tmp_path / "a.csv"))

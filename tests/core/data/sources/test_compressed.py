"""Bytes of files: gzip by content, damage and bombs refused, progress counted in bytes of the file."""

import gzip
from pathlib import Path

import pytest

from core.data.sources import compressed
from core.data.sources.compressed import FileBytes
from core.errors import FileError


def test_a_plain_and_a_gzipped_file_give_the_same_bytes_whatever_their_names(tmp_path: Path) -> None:
    content = b"some text\n" * 300_000
    (tmp_path / "a.gz").write_bytes(content)
    (tmp_path / "b.csv").write_bytes(gzip.compress(content))
    for name in ("a.gz", "b.csv"):
        file = FileBytes(tmp_path / name)
        positions = []
        taken = []
        for chunk in file.chunks():
            taken.append(chunk)
            positions.append(file.position)
        assert b"".join(taken) == content
        assert positions == sorted(positions)
        assert file.position == file.size == (tmp_path / name).stat().st_size


def test_a_sample_is_the_beginning_and_says_whether_it_is_all(tmp_path: Path) -> None:
    short, long = tmp_path / "short", tmp_path / "long"
    short.write_bytes(b"abc")
    long.write_bytes(b"x" * (compressed.SAMPLE_BYTES + 1))
    assert FileBytes(short).sample() == (b"abc", True)
    sample, complete = FileBytes(long).sample()
    assert (len(sample), complete) == (compressed.SAMPLE_BYTES, False)


def test_a_gzip_bomb_is_refused_early(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=6) as file:
        for _ in range(150):
            file.write(b"text,1\n" * 142_858)  # a million bytes
    seen = 0
    with pytest.raises(FileError, match="unpacks to more than 200 times its size"):
        for chunk in FileBytes(path).chunks():
            seen += len(chunk)
    assert seen <= 102_000_000


def test_a_cut_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 500)[:-20])
    with pytest.raises(FileError, match="damaged or was cut off"):
        list(FileBytes(path).chunks())


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(b"text\n" * 500))
    data[15:20] = b"\xff\xff\xff\xff\xff"
    path = tmp_path / "damaged.gz"
    path.write_bytes(data)
    with pytest.raises(FileError, match="damaged or was cut off"):
        list(FileBytes(path).chunks())


def test_empty_missing_and_folder_each_have_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FileError, match="The file is empty"):
        FileBytes(tmp_path / "empty.csv")
    with pytest.raises(FileError, match=r"There is no file .*nothing\.csv"):
        FileBytes(tmp_path / "nothing.csv")
    with pytest.raises(FileError, match="is a folder"):
        FileBytes(tmp_path)
    with pytest.raises(FileError, match="There is no file"):
        FileBytes(tmp_path / "a\0b")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_001)  # sparse: takes no room
    with pytest.raises(FileError, match="The file has 2,000,000,001 bytes"):
        FileBytes(path)

"""Parquet: types kept, nested values too; damage and bombs refused."""

import gzip
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.sources import parquet_rows
from core.data.sources.compressed import FileBytes
from core.data.sources.parquet_rows import ParquetRows
from core.errors import FileError
from core.storage import SCRATCH

TABLE = pa.table(
    {
        "text": ["a", None, "é中"],
        "label": pa.array(["x", "y", "x"]).dictionary_encode(),
        "score": [0.5, 1.0, None],
        "tokens": [["a", "b"], [], None],
        "meta": [{"by": "me"}, None, {"by": None}],
    }
)


def test_types_and_nested_values_are_kept_plain_and_gzipped(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "a.parquet", tmp_path / "a.parquet.gz"
    pq.write_table(TABLE, plain)
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, zipped):
        rows = ParquetRows(FileBytes(path), tmp_path)
        table = pa.Table.from_batches(rows.batches())
        assert rows.rows_read == rows.rows == 3
        assert table.to_pylist() == TABLE.to_pylist()
        assert table.schema.types[2:] == TABLE.schema.types[2:]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet", "a.parquet.gz"]


def test_a_gzipped_one_is_unpacked_in_the_folder_that_is_given_or_below_the_home(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(TABLE, tmp_path / "a.parquet")
    zipped = tmp_path / "a.parquet.gz"
    zipped.write_bytes(gzip.compress((tmp_path / "a.parquet").read_bytes()))
    monkeypatch.setattr(tempfile, "tempdir", str(zipped / "nowhere"))
    given = tmp_path / "given"
    given.mkdir()
    assert ParquetRows(FileBytes(zipped), given).rows == 3
    assert not home.exists()
    assert len(list(ParquetRows(FileBytes(zipped), None).batches())) == 1
    assert [path.name for path in (home / SCRATCH).iterdir()] == ["lock"]


def test_columns_with_one_name_are_numbered(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["Text", "text"]), tmp_path / "a")
    (batch,) = ParquetRows(FileBytes(tmp_path / "a"), None).batches()
    assert batch.schema.names == ["Text", "text 2"]


def test_a_damaged_file_has_a_sentence_wherever_the_damage_is(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"row {i}" for i in range(20_000)]}), path)
    data = path.read_bytes()
    for damaged in (data[:-50], data[:1_000] + b"\xff" * 50_000 + data[51_000:], b"PAR1 and nothing", b"text\nfine\n"):
        path.write_bytes(damaged)
        with pytest.raises(FileError, match="damaged or is no Parquet file"):
            list(ParquetRows(FileBytes(path), None).batches())


def test_no_rows_many_columns_and_a_long_cell_have_sentences(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), path)
    with pytest.raises(FileError, match="The file has no rows"):
        ParquetRows(FileBytes(path), None)
    pq.write_table(pa.table({f"c{i}": [i] for i in range(1_001)}), path)
    with pytest.raises(FileError, match="has 1,001 columns, and the most that can be imported is 1,000"):
        ParquetRows(FileBytes(path), None)
    pq.write_table(pa.table({"text": ["a", "x" * 5_000_001]}), path)
    with pytest.raises(FileError, match="column 'text', in the rows 1 to 2, has more than 5,000,000 characters"):
        list(ParquetRows(FileBytes(path), None).batches())


def test_a_small_file_that_unpacks_to_very_much_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"text": ["x" * 1_000] * 100_000}), path)
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(parquet_rows, "MAX_BYTES", 50_000_000)
    with pytest.raises(FileError, match="unpacks to more than 50,000,000 bytes"):
        list(ParquetRows(FileBytes(path), None).batches())

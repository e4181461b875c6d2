from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data import duplicates
from core.data.duplicates import copy_without, repeated_rows, row_groups
from core.data.rows import BATCH_ROWS
from core.data.workspace import Version
from core.jobs import run

Make = Callable[..., Version]


def test_the_first_of_the_rows_with_the_same_text_is_left_out(make_version: Make) -> None:
    found = repeated_rows(make_version(["a", "b", "a", "A", "a ", "b", "a"]).path)
    assert found.rows.tolist() == [2, 5, 6]
    assert (found.leaked, found.relabelled) == (0, 0)


def test_a_test_row_stays_before_a_validation_row_before_any_other(make_version: Make) -> None:
    version = make_version(
        ["x", "x", "x", "x", "y", "y", "z", "z"],
        splits=["train", "validation", "test", "test", None, "validation", None, "train"],
    )
    found = repeated_rows(version.path)
    # x: row 2 stays. y: row 5 stays. z: row 6 stays, since no part of it is held out.
    assert found.rows.tolist() == [0, 1, 3, 4, 7]
    assert found.leaked == 2  # rows 0 and 4; rows 1 and 3 are held out themselves, row 7 repeats no held-out row


def test_another_label_is_counted(make_version: Make) -> None:
    version = make_version(["a", "a", "a", "b", "b"], labels=["1", "0", None, None, None])
    assert repeated_rows(version.path).relabelled == 2


def test_no_rows_have_no_repetitions(make_version: Make) -> None:
    assert repeated_rows(make_version([]).path).rows.tolist() == []


def test_a_copy_has_all_other_rows_in_order(make_version: Make, tmp_path: Path) -> None:
    texts = [str(number) for number in range(BATCH_ROWS * 2 + 100)]
    version = make_version(texts, note=list(range(len(texts))))
    gone = np.array([0, 7, BATCH_ROWS - 1, BATCH_ROWS, len(texts) - 1])
    target = tmp_path / "copy.parquet"
    run(copy_without(version.path, target, gone))
    expected = pq.read_table(version.path).take([i for i in range(len(texts)) if i not in gone])
    assert pq.read_table(target).equals(expected)


def test_batches_are_gathered_into_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "GROUP_ROWS", 10)
    schema = pa.schema([("n", pa.int64())])
    path = tmp_path / "groups.parquet"
    with row_groups(path, schema) as out:
        for first in range(0, 25, 5):
            out.write(pa.record_batch({"n": list(range(first, first + 5))}))
        out.write(pa.record_batch({"n": pa.array([], pa.int64())}))
    file = pq.ParquetFile(path)
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [10, 10, 5]
    assert file.read().column("n").to_pylist() == list(range(25))

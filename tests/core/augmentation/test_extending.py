"""From rows to new rows: what is extended, what is kept, what is counted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.augmentation import extending
from core.errors import InputError

Extended = Callable[..., tuple[list[dict[str, Any]], Any]]


@pytest.fixture(autouse=True)
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean cosine has a test of its own; loading the encoder takes seconds."""
    monkeypatch.setattr("core.augmentation.writing.PAIRS", 0)


def test_each_train_row_gets_its_copies_with_label_split_columns_and_lineage(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    source = rows_file(
        [
            {"text": "a cat sat", "label": "animal", "split": "train", "stars": 3},
            {"text": "a car ran", "label": "thing", "split": "train", "stars": 4},
            {"text": "a dog lay", "label": "animal", "split": "test", "stars": 5},
            {"text": "a hen sat", "label": "animal", "split": None, "stars": 6},
        ],
        stars=pa.int64(),
    )
    rows, report = extended(source, recipe("tiny_word", "tiny_swap", copies=2, seed=7))
    assert rows[:4] == [{**row, **dict.fromkeys(list(rows[0])[8:])} for row in pq.read_table(source).to_pylist()]
    new = rows[4:]
    assert [row["id"] for row in new] == ["r0000.1", "r0000.2", "r0001.1", "r0001.2"]
    assert [(row["parent_id"], row["label"], row["split"], row["stars"]) for row in new] == [
        ("r0000", "animal", "train", 3),
        ("r0000", "animal", "train", 3),
        ("r0001", "thing", "train", 4),
        ("r0001", "thing", "train", 4),
    ]
    assert {row["origin"] for row in new} == {"augmented"}
    assert {row["operator"] for row in new} == {"tiny_word+tiny_swap"}
    assert {(row["augment_seed"], row["augment_step"]) for row in new} == {(7, "1+2")}
    assert (report.tried, report.produced, report.accepted, report.rows_after) == (4, 4, 4, 8)

import random
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import core.augmentation.sentence_pool as sentence_pool
from core.augmentation.sentence_pool import Pooled, is_spaced, pool_of_file, pool_of_rows


def write(path: Path, rows: Sequence[tuple[str, str, str | None]]) -> Path:
    ids, texts, labels = zip(*rows, strict=True)
    pq.write_table(pa.table({"id": ids, "text": texts, "label": pa.array(labels, pa.string())}), path)
    return path


ROWS = [
    (f"r{i}", f"Sentence number {i} is here. And a second one, {i}.", "even" if i % 2 else "odd") for i in range(500)
]


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    first = pool_of_rows(write(tmp_path / "a.parquet", ROWS), 3, 40, True)
    mixed = random.Random(0).sample(ROWS, len(ROWS))
    assert pool_of_rows(write(tmp_path / "b.parquet", mixed), 3, 40, True) == first
    assert {label: len(pool) for label, pool in first.by_label.items()} == {"odd": 40, "even": 40}
    assert pool_of_rows(tmp_path / "a.parquet", 4, 40, True) != first


def test_each_row_is_as_likely_and_gives_one_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", ROWS)
    texts = {row_id: text for row_id, text, _ in ROWS}
    low = 0
    for seed in range(40):
        (pool,) = pool_of_rows(path, seed, 50, False).by_label.values()
        assert len({pooled.row_id for pooled in pool}) == 50
        assert all(pooled.text in texts[pooled.row_id] for pooled in pool)
        low += sum(int(pooled.row_id[1:]) < 250 for pooled in pool)
    # Half of 2,000 draws, standard deviation at most sqrt(2,000 / 4) = 22.
    assert low == pytest.approx(1_000, abs=5 * 22)


def test_many_labels_share_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_pool, "MOST_SENTENCES", 100)
    pool = pool_of_rows(write(tmp_path / "a.parquet", ROWS), 0, 5_000, True)
    assert [len(held) for held in pool.by_label.values()] == [50, 50]
    own = [(row_id, text, row_id) for row_id, text, _ in ROWS]
    pool = pool_of_rows(write(tmp_path / "b.parquet", own), 0, 5_000, True)
    assert {len(held) for held in pool.by_label.values()} == {1}


def test_what_is_no_sentence_is_left_out(tmp_path: Path) -> None:
    rows = [("a", "", None), ("b", "😀 !", None), ("c", "x" * 1_000, None), ("d", "12:30", None), ("e", "It is.", None)]
    assert pool_of_rows(write(tmp_path / "a.parquet", rows), 0, 10, True).by_label == {None: [Pooled("e", "It is.")]}


def test_a_file_of_any_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes("房间很大。\n早餐很好。\n".encode("gb18030"))
    (pool,) = pool_of_file(path, 0, 10).by_label.values()
    assert {(pooled.row_id, pooled.text) for pooled in pool} == {
        ("own.txt:1", "房间很大。"),
        ("own.txt:2", "早餐很好。"),
    }


def test_how_marks_stand_is_seen() -> None:
    assert is_spaced("it 's good , really .") is True
    assert is_spaced("It's good, really.") is False
    assert is_spaced("no marks") is None

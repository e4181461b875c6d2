"""From rows to new rows: what is extended, what is kept, what is counted, and that neither order nor workers matter.

Goes through core.augmentation.judging, core.augmentation.rounds and core.augmentation.side_by_side too.
"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.augmentation.extending import REJECTED, extend
from core.augmentation.lineage import COLUMNS
from core.augmentation.rounds import TEXTS_A_PROCESS
from core.errors import InputError
from core.jobs import Progress, run

Extended = Callable[..., tuple[list[dict[str, Any]], Any]]
WORDS = ["the", "a", "cat", "dog", "hen", "sat", "ran", "lay", "on", "under", "by", "mat", "car", "yard", "red", "big"]


@pytest.fixture(autouse=True)
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean cosine has a test of its own; loading the encoder takes seconds."""
    monkeypatch.setattr("core.augmentation.writing.PAIRS", 0)


def sentences(n: int) -> list[dict[str, Any]]:
    draw = random.Random(1)
    return [
        {
            "id": f"{draw.getrandbits(64):016x}",
            "text": " ".join(draw.choices(WORDS, k=draw.randint(1, 9))),
            "label": label,
        }
        for _, label in zip(range(n), "ab" * n, strict=False)
    ]


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
    words = {"use": "tiny_word", "words": [f"w{i}" for i in range(999)]}
    rows, report = extended(source, recipe(words, "tiny_swap", copies=2, seed=7))
    assert rows[:4] == [{**row, **dict.fromkeys(COLUMNS)} for row in pq.read_table(source).to_pylist()]
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
    assert [row["augment_copy"] for row in new] == [1, 2, 1, 2]
    assert (report.tried, report.produced, report.accepted, report.rows_after) == (4, 4, 4, 8)
    assert (report.labels_before, report.labels_after) == ({"animal": 1, "thing": 1}, {"animal": 3, "thing": 3})


def test_rows_without_any_split_are_all_train_rows(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    rows, _ = extended(rows_file([{"text": "a cat"}, {"text": "a dog"}]), recipe())
    assert len(rows) == 4


@pytest.mark.parametrize("split", ["test", "validation"])
def test_a_dataset_without_train_rows_is_refused(
    split: str, rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    with pytest.raises(InputError, match="no train rows"):
        extended(rows_file([{"text": "a cat", "split": split}]), recipe())


def test_neither_workers_nor_the_order_of_rows_change_a_byte_of_what_is_made(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    rows = sentences(900)  # twice 900 texts are enough for four processes
    shuffled = random.Random(2).sample(rows, len(rows))
    steps = [{"use": "tiny_swap", "times": 2}, {"use": "tiny_word", "probability": 0.5}]
    gates = [{"use": "novelty"}, {"use": "label_agreement", "at_least": 0.9}]
    chosen = recipe(*steps, copies=2, seed=5, gates=gates)

    def carried_out(source: Path, workers: int) -> Path:
        target = tmp_path / f"{source.stem}-{workers}.parquet"
        run(extend(source, target, chosen, "en", tmp_path / f"run-{workers}", workers))
        return target

    plain, other = rows_file(rows), rows_file(shuffled, "shuffled.parquet")
    one = carried_out(plain, 1)
    assert one.read_bytes() == carried_out(plain, 2).read_bytes() == carried_out(plain, 4).read_bytes()
    first, second = pq.read_table(one), pq.read_table(carried_out(other, 1))
    assert first.num_rows > len(rows) + 100
    assert first.slice(len(rows)) == second.slice(len(rows))  # the new rows, in the same order
    assert first.sort_by("id") == second.sort_by("id")


def test_another_seed_makes_other_rows(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    source = rows_file(sentences(50))
    texts = [[row["text"] for row in extended(source, recipe("tiny_swap", seed=seed))[0]] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_what_cannot_be_changed_passes_through_and_is_counted(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    hostile = ["", "   ", "one", "🙂", "שלום", "<b>", "\u200b", "a\x00b"]
    texts = [*hostile, "x " * 50_000, "שלום עולם mixed 你好 🙂 <b>html</b>"]
    rows, report = extended(rows_file([{"text": text} for text in texts]), recipe("tiny_swap"))
    assert [row["text"] for row in rows[: len(texts)]] == texts
    assert report.unchanged == len(hostile) + 1  # all words of the longest text are the same
    assert (report.tried, report.produced, report.rows_after) == (len(texts), 1, len(texts) + 1)


def test_originals_go_where_they_are_not_kept_and_held_out_rows_stay(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    source = rows_file([{"text": "a cat", "split": "train"}, {"text": "a dog", "split": "test"}])
    rows, report = extended(source, recipe(keep_originals=False))
    assert [row["id"] for row in rows] == ["r0001", "r0000.1"]
    assert (report.before.rows, report.after.rows, report.before.tokens, report.after.tokens) == (1, 1, 2, 3)
    with pytest.raises(InputError, match="No new row was accepted"):
        extended(rows_file([{"text": "one"}]), recipe("tiny_swap", keep_originals=False))


def test_a_repeated_held_out_row_is_always_rejected_and_novelty_looks_at_all_rows(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended, tmp_path: Path
) -> None:
    source = rows_file(
        [
            {"text": "cat sat", "split": "train"},
            {"text": "Sat, cat!", "split": "test"},
            {"text": "hen lay", "split": "train"},
            {"text": "LAY HEN", "split": "train"},
        ]
    )
    rows, report = extended(source, recipe("tiny_swap"))
    assert [row["text"] for row in rows[4:]] == ["lay hen", "HEN LAY"]
    assert report.rejected == {"held_out": 1}
    rows, report = extended(source, recipe("tiny_swap", gates=[{"use": "novelty"}, {"use": "held_out"}]))
    assert (len(rows), report.rejected) == (4, {"novelty": 3, "held_out": 0})
    rejected = pq.read_table(tmp_path / "run" / REJECTED).to_pylist()
    assert {row["reason"] for row in rejected} == {"novelty"}  # the first gate that rejects is the reason
    assert [row["measure_held_out"] for row in rejected] == [0.0, 1.0, 1.0]
    assert rejected[0]["before"] == "cat sat" and rejected[0]["after"] == "sat cat"
    assert "has this text already" in rejected[0]["explanation"]


def test_of_equal_made_rows_the_one_whose_source_comes_first_by_id_is_kept(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    backwards = rows_file([{"id": "b", "text": "hen sat"}, {"id": "a", "text": "hen sat"}])
    rows, report = extended(backwards, recipe("tiny_swap", copies=2))
    assert [row["id"] for row in rows[2:]] == ["a.1"]
    assert (report.produced, report.duplicates, report.accepted) == (4, 3, 1)
    assert [shown.reason for shown in report.rejected_rows] == ["duplicate"] * 3


def test_an_id_that_is_taken_gets_a_number(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    source = rows_file([{"id": id, "text": f"text {id}"} for id in ("1", "1.1", "1.1-2")])
    rows, _ = extended(source, recipe())
    assert [row["id"] for row in rows[3:]] == ["1.1-3", "1.1.1", "1.1-2.1"]
    assert [row["parent_id"] for row in rows[3:]] == ["1", "1.1", "1.1-2"]


def test_classes_are_balanced(rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended) -> None:
    labels = [*"a" * 40, *"b" * 7, *"c" * 20, None]
    source = rows_file(
        [{"text": f"row number {i} with seven words here", "label": label} for i, label in enumerate(labels)]
    )
    rows, report = extended(source, recipe("tiny_swap", balance=True))
    assert report.labels_after == {"a": 40, "b": 40, "c": 40}
    assert report.wanted == report.accepted == 33 + 20
    assert len({row["id"] for row in rows}) == len(rows)


def test_a_multiplier_is_met_although_rows_are_rejected(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended
) -> None:
    texts = ["single"] * 20 + [f"row number {i} with seven words here" for i in range(80)]
    source = rows_file([{"text": text} for text in texts])
    chosen = recipe("tiny_swap", target_multiplier=2.5, gates=[{"use": "novelty"}])
    rows, report = extended(source, chosen)
    assert (report.wanted, report.accepted, len(rows)) == (150, 150, 250)
    assert len({row["text"] for row in rows[100:]}) == 150
    _, report = extended(rows_file([{"text": "cat sat"}]), recipe("tiny_swap", target_multiplier=9))
    assert report.accepted == 1
    assert "Fewer new rows than asked for: 1 of 8" in report.notes[0]


def test_a_second_augmentation_extends_what_the_first_made(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], extended: Extended, tmp_path: Path
) -> None:
    extended(rows_file([{"text": "a cat"}]), recipe(seed=1))
    first = tmp_path / "first.parquet"
    (tmp_path / "extended.parquet").rename(first)
    rows, _ = extended(first, recipe("tiny_swap", seed=2))
    assert [(row["id"], row["parent_id"], row["augment_seed"]) for row in rows] == [
        ("r0000", None, None),
        ("r0000.1", "r0000", 1),
        ("r0000.1-2", "r0000", 2),
        ("r0000.1.1", "r0000.1", 2),
    ]


def test_an_error_in_a_worker_is_the_error_of_the_run_and_nothing_stays_behind(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    source = rows_file([*({"text": "all well"} for _ in range(TEXTS_A_PROCESS)), {"text": "now fail"}])
    for workers in (1, 2):
        with pytest.raises(ValueError, match="now fail"):
            run(extend(source, tmp_path / "out.parquet", recipe("tiny_trouble"), "en", tmp_path / "run", workers))
        assert not (tmp_path / "run" / "work").exists()


def test_progress_tells_the_rate(
    rows_file: Callable[..., Path], recipe: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    events: list[Any] = []
    source = rows_file(sentences(20))
    run(extend(source, tmp_path / "out.parquet", recipe(), "en", tmp_path / "run"), events.append)
    messages = [event.message for event in events if isinstance(event, Progress)]
    assert any(message.startswith("Making new rows, ") and message.endswith(" a second") for message in messages)

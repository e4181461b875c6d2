"""The label's gate: a probe that has not seen the source row decides, and decides alike every time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.augmentation.digests import Digests
from core.augmentation.gate import Candidates, Surroundings
from core.augmentation.label_gate import LabelAgreement
from core.errors import InputError

GOOD, BAD = "a wonderful lovely great film", "an awful boring terrible mess"


def surroundings(path: Path) -> Surroundings:
    train = path.with_name("train.parquet")
    pq.write_table(pq.read_table(path, columns=["id", "text", "label"]), train)
    return Surroundings(Digests(), Digests(), train, 0)


def measured(around: Surroundings, texts: list[str], labels: list[str | None], ids: list[str]) -> list[float]:
    candidates = Candidates(texts, np.empty(0, "S16"), ids, texts, labels)
    return LabelAgreement().build(around)(candidates).tolist()


@pytest.fixture
def reviews(rows_file: Callable[..., Path]) -> Surroundings:
    texts = [(f"{GOOD} number {i}", "good") for i in range(40)] + [(f"{BAD} number {i}", "bad") for i in range(40)]
    return surroundings(rows_file([{"text": text, "label": label} for text, label in texts]))


def test_a_text_that_fits_its_label_agrees_and_one_that_fits_another_does_not(reviews: Surroundings) -> None:
    texts = [GOOD, BAD, GOOD, GOOD]
    agreement = measured(reviews, texts, ["good", "good", "never seen", None], ["r1", "r2", "r3", "r4"])
    assert agreement[0] == 1  # its label is the likeliest one
    assert agreement[1] < 0.2
    assert np.isnan(agreement[2:]).all()
    assert agreement[:2] == measured(reviews, texts, ["good", "good", None, None], ["r1", "r2", "r3", "r4"])[:2]


def test_the_probe_has_not_seen_the_source_row(rows_file: Callable[..., Path]) -> None:
    """One row alone says "zebra": a probe that had seen it would know the word."""
    texts = [(f"plain words number {i}", "ab"[i % 2]) for i in range(60)] + [("zebra zebra zebra", "a")]
    around = surroundings(rows_file([{"text": text, "label": label} for text, label in texts]))
    own = measured(around, ["zebra zebra zebra"] * 2, ["a", "b"], ["r0060", "r0060"])
    others = [measured(around, ["zebra zebra zebra"], ["b"], [f"r{i:04}"])[0] for i in range(12)]
    assert min(own) > 0.8  # the one that made the text knows nothing of the word
    assert min(others) < 0.6


def test_labels_of_no_use_are_refused(rows_file: Callable[..., Path]) -> None:
    for labels in (["a"] * 9, [None] * 9, [str(i) for i in range(101)]):
        around = surroundings(rows_file([{"text": f"text {i}", "label": label} for i, label in enumerate(labels)]))
        with pytest.raises(InputError, match="needs 2 to 100 different labels"):
            LabelAgreement().build(around)


def test_chinese_is_read_character_by_character(rows_file: Callable[..., Path]) -> None:
    texts: list[Any] = [(f"酒店很好{i}", "good") for i in range(20)] + [(f"房间太差{i}", "bad") for i in range(20)]
    around = surroundings(rows_file([{"text": text, "label": label} for text, label in texts]))
    assert measured(around, ["这里很好"], ["good"], ["r1"])[0] == 1
    assert measured(around, ["真的太差"], ["good"], ["r1"])[0] < 0.5

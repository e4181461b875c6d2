import numpy as np
import pytest

from core.errors import NotFound
from core.finetuning import scored_rows
from core.finetuning.scored_rows import ScoredRows, named


def test_what_is_kept_comes_back(tmp_path):
    rows = ScoredRows(
        ids=["a", "b-2"],
        targets=np.array([2, 0]),
        logits=np.array([[0.5, 1.5, -2.25], [3, 2, 1]], np.float32),
        baselines={"majority": np.array([0, 0])},
    )
    scored_rows.save(tmp_path, "test", rows)
    assert scored_rows.available(tmp_path) == ["test"]
    back = scored_rows.load(tmp_path, "test")
    assert back.ids == rows.ids
    assert back.targets.tolist() == [2, 0]
    assert back.logits.tolist() == rows.logits.tolist()
    assert back.baselines["majority"].tolist() == [0, 0]
    assert not back.multi_label
    assert back.right().tolist() == [False, True]
    assert back.right(back.baselines["majority"]).tolist() == [False, True]
    assert back.probabilities.sum(axis=1) == pytest.approx([1, 1])


def test_a_row_of_several_labels_is_right_with_exactly_these(tmp_path):
    targets = np.array([[1, 0, 1], [0, 0, 0]])
    rows = ScoredRows(["a", "b"], targets, np.array([[1, -1, 2], [-1, 3, -1]], np.float32), {"majority": targets * 0})
    scored_rows.save(tmp_path, "validation", rows)
    back = scored_rows.load(tmp_path, "validation")
    assert back.multi_label
    assert back.targets.tolist() == targets.tolist()
    assert back.right().tolist() == [True, False]
    assert back.right(back.baselines["majority"]).tolist() == [False, True]
    assert [named(target, ["x", "y", "z"]) for target in back.targets] == ["x, z", ""]


def test_a_run_without_predictions_says_so(tmp_path):
    assert scored_rows.available(tmp_path) == []
    with pytest.raises(NotFound, match="no predictions of test rows"):
        scored_rows.load(tmp_path, "test")

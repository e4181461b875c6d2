"""What became of every text made, of a run on a workspace: found by words and by outcome, page by page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.augmentation.outcomes import Outcomes, outcomes
from core.augmentation.pipeline import AugmentConfig, augment
from core.config import parse_config
from core.data.workspace import Version, Workspace
from core.jobs import run

Find = Callable[..., Outcomes]


@pytest.fixture(autouse=True)
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean cosine has a test of its own; loading the encoder takes seconds."""
    monkeypatch.setattr("core.augmentation.writing.PAIRS", 0)


def extended(workspace: Workspace, parent: Version, folder: Path, **recipe: Any) -> Version:
    config = parse_config(AugmentConfig, {"version": parent.id, "recipe": {"steps": [{"use": "tiny_word"}], **recipe}})
    return workspace.version(run(augment(config, workspace, folder, False))["version"])


@pytest.fixture
def find(make_version: Callable[..., Version], workspace: Workspace, tmp_path: Path) -> Find:
    """What became of four rows: two that are too short for the gate, and one that stays empty."""
    parent = make_version(["a long row about cats", "a long row about DOGS", "cat", "", "dog"], list("xyxyx"))
    made = extended(workspace, parent, tmp_path, gates=[{"use": "length_ratio", "at_most": 1.5}])
    return lambda *args, **kwargs: outcomes(made, parent, tmp_path, *args, **kwargs)


def test_accepted_and_rejected_rows_stand_together(find: Find) -> None:
    found = find()
    rows = found.rows.to_pylist()
    assert found.total == 4
    assert [(row["parent_id"], row["before"], row["label"], row["outcome"]) for row in rows] == [
        ("r0", "a long row about cats", "x", "accepted"),
        ("r1", "a long row about DOGS", "y", "accepted"),
        ("r2", "cat", "x", "length_ratio"),
        ("r4", "dog", "x", "length_ratio"),
    ]
    assert all(row["after"].startswith(row["before"] + " ") and row["operator"] == "tiny_word" for row in rows)
    assert [bool(row["explanation"]) for row in rows] == [False, False, True, True]


def test_words_outcomes_and_pages_are_found(find: Find) -> None:
    def ids(*args: Any, **kwargs: Any) -> list[str]:
        return find(*args, **kwargs).rows["parent_id"].to_pylist()

    assert ids("dog") == ["r1", "r4"], "in any case"
    assert ids("dog", ["accepted"]) == ["r1"]
    assert ids(kinds=["length_ratio", "duplicate"]) == ["r2", "r4"]
    assert ids("' OR true --") == []
    assert ids("%") == []
    assert ids(limit=2, offset=1) == ["r1", "r2"]
    assert find(limit=2, offset=1).total == 4


def test_rows_of_an_earlier_augmentation_are_not_new_and_sources_may_have_gone(
    make_version: Callable[..., Version], workspace: Workspace, tmp_path: Path
) -> None:
    first = extended(workspace, make_version(["a row"]), tmp_path / "first")
    second = extended(workspace, first, tmp_path / "second", seed=1, keep_originals=False)
    found = outcomes(second, first, tmp_path / "second").rows.to_pylist()
    assert [(row["parent_id"], row["outcome"]) for row in found] == [("r0", "accepted"), ("r0.1", "accepted")]
    assert all(row["after"].startswith(row["before"]) for row in found)
    (tmp_path / "second" / "rejected.parquet").unlink()
    assert outcomes(second, first, tmp_path / "second").total == 2, "the run was deleted"

"""The augmentation job on a workspace, and rows taken out again with what was made from them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from core.augmentation.pipeline import AugmentConfig, augment, without
from core.config import parse_config
from core.data.workspace import Version, Workspace
from core.errors import InputError
from core.jobs import Artifact, run
from core.runs.kinds import KINDS


@pytest.fixture(autouse=True)
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean cosine has a test of its own; loading the encoder takes seconds."""
    monkeypatch.setattr("core.augmentation.writing.PAIRS", 0)


def settings(version: Version, **recipe: Any) -> AugmentConfig:
    return parse_config(
        AugmentConfig, {"version": version.label, "recipe": {"steps": [{"use": "tiny_word"}], **recipe}}
    )


def test_a_version_is_made_with_its_parameters_and_a_report(
    make_version: Callable[..., Version], workspace: Workspace, tmp_path: Path
) -> None:
    parent = make_version(["a cat", "", "a dog"], ["x", "y", "z"], ["train", "train", "test"])
    config = settings(parent, gates=[{"use": "length_ratio", "at_most": 1.5}])
    events: list[Any] = []
    result = run(augment(config, workspace, tmp_path, False), events.append)
    version = workspace.version(result["version"])
    assert (version.action, version.parent_id, version.rows) == ("augment", parent.id, 3)
    assert parse_config(AugmentConfig, version.params) == config.model_copy(update={"version": parent.id})
    assert result["report"]["rejected"] == {"held_out": 0, "length_ratio": 1}
    assert result["summary"].startswith("Made 0 new rows from 2 train rows, so the dataset has 3 rows.")
    artifacts = [event for event in events if isinstance(event, Artifact)]
    assert [pq.read_table(tmp_path / artifact.path).num_rows for artifact in artifacts] == [1]
    assert (KINDS["augment"].load_job(), KINDS["augment"].load_config()) == (augment, AugmentConfig)


def test_a_closed_job_leaves_nothing(
    make_version: Callable[..., Version], workspace: Workspace, tmp_path: Path
) -> None:
    parent = make_version([f"a cat number {i}" for i in range(3000)])
    job = augment(settings(parent).model_copy(update={"workers": 2}), workspace, tmp_path / "run", False)
    while "Making new rows" not in getattr(next(job), "message", ""):
        pass
    job.close()
    assert list((workspace.home / "staging").iterdir()) == []
    assert not (tmp_path / "run" / "work").exists()
    assert len(workspace.versions(parent.dataset_id)) == 1


def texts(version: Version) -> list[str]:
    found: list[str] = pq.read_table(version.path).column("text").to_pylist()
    return found


def family(put_rows: Callable[..., Version], workspace: Workspace) -> Version:
    links: Sequence[tuple[str, str | None]] = [
        ("grandparent", None),
        ("parent", "r0"),
        ("child", "r1"),
        ("stranger", None),
        ("child of a stranger", "r3"),
    ]
    return put_rows(workspace, [{"text": text, "parent_id": parent} for text, parent in links])


def test_deleting_a_row_can_delete_what_was_made_from_it(
    put_rows: Callable[..., Version], workspace: Workspace
) -> None:
    version = family(put_rows, workspace)
    left = without(version, ["r0"], workspace)
    assert texts(left) == ["stranger", "child of a stranger"]
    assert (left.action, left.parent_id, left.params["rows"]) == ("delete rows", version.id, ["r0"])
    assert texts(without(version, ["r1", "r1"], workspace)) == ["grandparent", "stranger", "child of a stranger"]
    alone = without(version, ["r0"], workspace, with_descendants=False)
    assert texts(alone) == ["parent", "child", "stranger", "child of a stranger"]


def test_deleting_what_is_not_there_or_everything_is_refused(
    put_rows: Callable[..., Version], workspace: Workspace
) -> None:
    version = family(put_rows, workspace)
    for rows, said in ((["r0", "r9"], "no row 'r9'"), ([], "No row is chosen"), (["r0", "r3"], "No row would be left")):
        with pytest.raises(InputError, match=said):
            without(version, rows, workspace)
    assert len(workspace.versions(version.dataset_id)) == 1

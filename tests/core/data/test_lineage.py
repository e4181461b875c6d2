"""The history: every version once, edges where something was made from something, sentences that are true."""

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.data.lineage import STEPS, Edge, describe, lineage
from core.data.splitting import SplitConfig, split
from core.data.workspace import Version, Workspace
from core.jobs import run
from core.runs.kinds import KINDS

Make = Callable[..., Version]


def places(workspace: Workspace, dataset_id: str) -> dict[int, tuple[int, float]]:
    """Return (level, position) by version number."""
    return {n.version.number: (n.level, n.position) for n in lineage(workspace.versions(dataset_id)).nodes}


def test_a_chain_is_a_straight_line(workspace: Workspace, put_rows: Make) -> None:
    version = first = put_rows(workspace, [])
    for _ in range(3):
        version = put_rows(workspace, [], parent=version)
    assert places(workspace, first.dataset_id) == {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0)}
    graph = lineage(workspace.versions(first.dataset_id))
    assert (graph.levels, graph.width) == (4, 1)


def test_a_parent_stands_in_the_middle_above_its_children(workspace: Workspace, put_rows: Make) -> None:
    v1 = put_rows(workspace, [])
    v2, v3, v4 = (put_rows(workspace, [], parent=v1) for _ in range(3))
    v5, v6 = (put_rows(workspace, [], parent=v2) for _ in range(2))
    # leaves from the left: 5, 6 (below 2), 3, 4; 2 is between 5 and 6, 1 between 2 (0.5) and 4 (3)
    assert places(workspace, v1.dataset_id) == {
        1: (0, 1.75),
        2: (1, 0.5),
        3: (1, 2),
        4: (1, 3),
        5: (2, 0),
        6: (2, 1),
    }
    graph = lineage(workspace.versions(v1.dataset_id))
    assert (graph.levels, graph.width) == (3, 4)
    assert set(graph.edges) == {
        Edge(v1.id, v2.id),
        Edge(v1.id, v3.id),
        Edge(v1.id, v4.id),
        Edge(v2.id, v5.id),
        Edge(v2.id, v6.id),
    }


def test_without_its_root_the_history_has_several_starts(workspace: Workspace, put_rows: Make) -> None:
    v1 = put_rows(workspace, [])
    v2, v3 = put_rows(workspace, [], parent=v1), put_rows(workspace, [], parent=v1)
    put_rows(workspace, [], parent=v3)
    workspace.delete_version(v1.id)
    assert places(workspace, v1.dataset_id) == {2: (0, 0), 3: (0, 1), 4: (1, 1)}
    assert lineage([v2, v3]).edges == ()  # their parent is not among the versions given


def test_no_version_at_all() -> None:
    graph = lineage([])
    assert (graph.nodes, graph.edges, graph.levels, graph.width) == ((), (), 0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_in_any_history_no_two_versions_share_a_place(workspace: Workspace, put_rows: Make, seed: int) -> None:
    chance = random.Random(seed)
    versions = [put_rows(workspace, [])]
    for _ in range(25):
        versions.append(put_rows(workspace, [], parent=chance.choice(versions)))
    graph = lineage(chance.sample(versions, len(versions)))
    assert [node.version for node in graph.nodes] == versions
    by_id = {node.version.id: node for node in graph.nodes}
    assert len(graph.edges) == len(versions) - 1
    for edge in graph.edges:
        assert by_id[edge.child].level == by_id[edge.parent].level + 1
    for level in range(graph.levels):
        across = sorted(node.position for node in graph.nodes if node.level == level)
        assert all(0 <= position <= graph.width - 1 for position in across)
        assert all(b - a >= 1 for a, b in itertools.pairwise(across))


def test_a_very_long_history_is_drawn(workspace: Workspace, put_rows: Make) -> None:
    first = put_rows(workspace, [])
    chain = [first]
    for number in range(2, 3_000):
        chain.append(Version(**{**vars(first), "id": f"v{number}", "number": number, "parent_id": chain[-1].id}))
    assert lineage(chain).levels == 2_999


# Sentences.


def sentence(put_rows: Make, workspace: Workspace, action: str, params: dict[str, Any]) -> str:
    version = put_rows(workspace, [])
    return describe(Version(**{**vars(version), "action": action, "params": params}))


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"source": "builtin:reviews"}, "Imported the built-in dataset reviews."),
        ({"source": "builtin:reviews", "row_limit": 1}, "Imported the first row of the built-in dataset reviews."),
        ({"source": "hub:stanfordnlp/sst2"}, "Imported stanfordnlp/sst2 from the hub."),
        (
            {"source": "hub:a/b", "hub_config": "en", "hub_split": "train", "row_limit": 1000},
            "Imported the first 1,000 rows from en/train of a/b from the hub.",
        ),
        ({"source": "hub:a/b", "hub_config": None, "hub_split": "test"}, "Imported test of a/b from the hub."),
        ({"source": "/srv/uploads/f81d4fae.bin", "filename": "影评.csv"}, "Imported the file 影评.csv."),
        ({"source": "/home/someone/data.csv", "filename": None}, "Imported the file data.csv."),
        ({"source": "C:\\data\\rows.tsv", "row_limit": 20}, "Imported the first 20 rows of the file rows.tsv."),
    ],
)
def test_an_import_tells_where_from_and_no_folder(
    workspace: Workspace, put_rows: Make, params: dict[str, Any], expected: str
) -> None:
    assert sentence(put_rows, workspace, "import", params) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"unicode": "none", "drop_empty": False, "drop_duplicates": False}, "Preprocessed with every setting off."),
        (
            {"tokenizer": "basic_english", "lowercase": True, "punctuation": "remove", "numbers": "replace"},
            "Preprocessed: lower case, punctuation removed, numbers replaced.",
        ),
        (
            {"tokenizer": "jieba", "unicode": "NFC", "min_tokens": 3, "max_tokens": 2000, "drop_duplicates": True},
            "Preprocessed with tokens of jieba: Unicode NFC, at least 3 tokens, at most 2,000 tokens, "
            "repeated rows dropped.",
        ),
        ({"extra_stop_words": ["a", "b"]}, "Preprocessed: own words removed (a, b)."),
        ({"extra_stop_words": [*"abcdefg"]}, "Preprocessed: own words removed (a, b, c, d, e, ...)."),
    ],
)
def test_preprocessing_tells_what_was_switched_on(
    workspace: Workspace, put_rows: Make, params: dict[str, Any], expected: str
) -> None:
    assert sentence(put_rows, workspace, "preprocess", params) == expected


def test_every_setting_of_preprocessing_has_a_phrase(workspace: Workspace, put_rows: Make) -> None:
    from core.data.lineage import PREPROCESSING
    from core.data.preprocessing import PreprocessConfig

    assert {*PREPROCESSING, "version", "tokenizer"} == set(PreprocessConfig.model_fields)
    params = PreprocessConfig(version="x").model_dump(mode="json")
    assert sentence(put_rows, workspace, "preprocess", params).startswith("Preprocessed: ")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "Split into 80% train, 10% validation and 10% test, balanced by label, seed 0."),
        (
            {"train": 2 / 3, "validation": 0, "test": 1 / 3, "stratify": False, "seed": 7},
            "Split into 66.67% train, 0% validation and 33.33% test, seed 7.",
        ),
        (
            {"keep_existing": True},
            "Split the rows that had no part into 80% train, 10% validation and 10% test, balanced by label, seed 0.",
        ),
        (
            {"keep_existing": True, "stratify": False},
            "Split the rows that had no part into 80% train, 10% validation and 10% test, seed 0.",
        ),
    ],
)
def test_a_split_tells_its_shares(
    workspace: Workspace, make_version: Make, settings: dict[str, Any], expected: str
) -> None:
    version = make_version(["a", "b"])
    result = run(split(SplitConfig(version=version.id, **settings), workspace, workspace.home, False))
    assert describe(workspace.version(result["version"])) == expected


def test_every_step_that_makes_a_version_has_a_sentence_of_its_own(workspace: Workspace, put_rows: Make) -> None:
    assert set(STEPS) == {name for name, kind in KINDS.items() if kind.lane == "data"} | {"delete rows"}
    assert sentence(put_rows, workspace, "something new", {}) == "Made by the step something new."
    for action in STEPS:
        assert sentence(put_rows, workspace, action, {}).endswith(".")  # parameters that an older version lacks


def test_augmented_and_deleted_rows_are_told(make_version):
    version = make_version(["one", "two"])
    recipe = {"seed": 4, "steps": [{"use": "random_swap"}, {"use": "casing_noise"}]}
    augmented = replace(version, action="augment", params={"recipe": recipe})
    assert describe(augmented) == "Augmented by random swap, casing noise, seed 4."
    deleted = replace(version, action="delete rows", params={"rows": ["a", "b"], "with_descendants": True})
    assert describe(deleted) == "Deleted 2 rows and what was made from them."
    alone = replace(version, action="delete rows", params={"rows": ["a"], "with_descendants": False})
    assert describe(alone) == "Deleted a row."

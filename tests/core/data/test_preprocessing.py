from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from core.config import parse_config
from core.data.preprocessing import PreprocessConfig, before_after, preprocess
from core.data.rows import BATCH_ROWS
from core.data.workspace import Version, Workspace
from core.errors import InputError, UnknownName
from core.jobs import Event, Progress, run

Make = Callable[..., Version]


@pytest.fixture
def work(workspace: Workspace, tmp_path: Path) -> Callable[..., tuple[Version, dict[str, Any]]]:
    """Preprocess a version with the settings given; return the new version and the job's result."""

    def go(
        parent: Version, watch: Callable[[Event], object] = lambda event: None, **values: Any
    ) -> tuple[Version, dict[str, Any]]:
        config = parse_config(PreprocessConfig, {"version": parent.id, **values})
        result = run(preprocess(config, workspace, tmp_path, False), watch)
        return workspace.version(result["version"]), result

    return go


Work = Callable[..., tuple[Version, dict[str, Any]]]


def rows(version: Version) -> list[dict[str, Any]]:
    return pq.read_table(version.path).to_pylist()


def staged(workspace: Workspace) -> list[Path]:
    return list((workspace.home / "staging").iterdir())


def test_only_the_text_changes(make_version: Make, work: Work, workspace: Workspace) -> None:
    parent = make_version(
        ["A Fine Film", "Bad"],
        labels=["1", None],
        splits=["train", "test"],
        stars=[5, None],
        tags=[["x"], []],
    )
    version, result = work(parent, lowercase=True)
    expected = rows(parent)
    expected[0]["text"], expected[1]["text"] = "a fine film", "bad"
    assert rows(version) == expected
    assert pq.read_schema(version.path).equals(pq.read_schema(parent.path))
    assert (version.action, version.parent_id, version.number) == ("preprocess", parent.id, 2)
    assert result["summary"] == "Of 2 rows 2 were kept, 2 of them with a changed text."
    assert result == {
        **{"version": version.id, "summary": result["summary"], "rows": 2, "changed": 2, "dropped": {}},
        "tokenizer": "basic_english",
    }
    assert staged(workspace) == []


def test_with_every_step_off_the_rows_are_the_same(make_version: Make, work: Work) -> None:
    parent = make_version(["  A  b\n", "", "", "<b>x</b>", "😀", "cafe\u0301"])
    version, result = work(parent, unicode="none", drop_empty=False, drop_duplicates=False)
    assert rows(version) == rows(parent)
    assert result["changed"] == 0


def test_dropped_rows_are_counted_by_reason(make_version: Make, work: Work) -> None:
    parent = make_version(
        ["one two", " ", "one", "one two three four", "One two", "three four", "three four", "ok ok", "ok ok"],
        labels=["1", "1", "1", "1", "0", "1", "1", "1", "1"],
        splits=["train", None, None, None, "test", "validation", "test", "train", "train"],
    )
    version, result = work(parent, lowercase=True, min_tokens=2, max_tokens=3)
    # "one two" (train, label 1) repeats the test row "One two" (label 0) once both are in lower case; of the two
    # "three four" the test row stays; of the two "ok ok" the first.
    assert [row["id"] for row in rows(version)] == ["r4", "r6", "r7"]
    assert result["dropped"] == {
        **{"empty": 1, "too short": 1, "too long": 1},
        **{"repeats a validation or test row": 1, "repeated": 2},
    }
    assert (result["rows"], result["changed"]) == (3, 1)
    assert result["summary"] == "Of 9 rows 3 were kept, 1 of them with a changed text."
    assert "Repeated rows that had another label than the row that was kept: 1." in version.notes
    assert "Rows dropped (repeated): 2." in version.notes


def test_the_parameters_are_recorded_with_the_tokenizer_that_was_used(make_version: Make, work: Work) -> None:
    parent = make_version(["酒店的早餐很好", "房间的床很大"], language="zh", name="hotels")
    version, result = work(parent, stop_words=True, min_tokens=1)
    assert [row["text"] for row in rows(version)] == ["酒店早餐好", "房间床很大"]
    assert version.params["tokenizer"] == result["tokenizer"] == "jieba"
    assert set(version.params) == set(PreprocessConfig.model_fields)
    assert version.params["version"] == parent.id
    assert version.language == "zh"
    assert any(note.startswith("Stop words: ") and "Chinese" in note for note in version.notes)
    again, _ = work(parent, **{key: value for key, value in version.params.items() if key != "version"})
    assert rows(again) == rows(version)


def test_the_preview_and_the_job_agree_on_real_text(make_version: Make, work: Work, shared_data: Path) -> None:
    texts = (shared_data / "wikitext-2" / "test.txt").read_text(encoding="utf-8").splitlines()[:1_500]
    texts += [line.split("\t")[0] for line in (shared_data / "sst2" / "dev.tsv").read_text("utf-8").splitlines()]
    settings = {
        **{"lowercase": True, "punctuation": "remove", "stop_words": True, "numbers": "replace", "min_tokens": 3},
        **{"max_tokens": 40, "strip_html": True, "unicode": "NFKC"},
    }
    parent = make_version(texts)
    version, result = work(parent, **settings)
    preview = before_after(texts, parse_config(PreprocessConfig, {"version": parent.id, **settings}), "en")
    assert [row["text"] for row in rows(version)] == [change.after for change in preview if change.kept]
    reasons = [change.reason for change in preview]
    assert result["dropped"] == {reason: reasons.count(reason) for reason in result["dropped"]}
    assert sum(result["dropped"].values()) == len(texts) - result["rows"]
    assert set(result["dropped"]) >= {"empty", "too short", "too long"}


def test_many_rows_keep_their_order_and_repeats_are_found_far_apart(make_version: Make, work: Work) -> None:
    count = BATCH_ROWS * 3 + 11
    texts = [f"row {number % (count - 5)}" for number in range(count)]  # the last five repeat the first five
    events: list[Event] = []
    version, result = work(make_version(texts), events.append)
    assert [row["id"] for row in rows(version)] == [f"r{number}" for number in range(count - 5)]
    assert result["dropped"] == {"repeated": 5}
    progress = [event for event in events if isinstance(event, Progress)]
    assert progress[-1].done == progress[-1].total == count
    assert all(event.unit == "rows" and event.message for event in progress)


def test_a_megabyte_in_one_row(make_version: Make, work: Work) -> None:
    version, _ = work(make_version(["Film " * 200_000, "short"]), lowercase=True, max_tokens=300_000)
    assert [len(row["text"]) for row in rows(version)] == [1_000_000, 5]


def test_a_version_without_any_row_left_is_not_made(make_version: Make, work: Work, workspace: Workspace) -> None:
    parent = make_version(["one", "two words", ""])
    with pytest.raises(InputError, match=r"No row of sample@1 would be left \(empty: 1, too short: 2\)\."):
        work(parent, min_tokens=5)
    assert workspace.versions(parent.dataset_id) == [parent]
    assert staged(workspace) == []


def test_an_unknown_version_is_named(work: Work, make_version: Make, workspace: Workspace, tmp_path: Path) -> None:
    make_version(["a"], name="reviews")
    with pytest.raises(UnknownName, match="reviews"):
        run(preprocess(PreprocessConfig(version="revews"), workspace, tmp_path, False))


@pytest.mark.parametrize("after", [1, 2])
def test_a_cancelled_job_leaves_nothing_behind(
    make_version: Make, workspace: Workspace, tmp_path: Path, after: int
) -> None:
    parent = make_version([f"row {number}" for number in range(BATCH_ROWS)] * 2)
    job = preprocess(PreprocessConfig(version=parent.id), workspace, tmp_path, False)
    for _ in range(after):
        next(job)
    assert staged(workspace) != []
    job.close()
    assert staged(workspace) == []
    assert workspace.versions(parent.dataset_id) == [parent]

"""The workspace: what a version tells, who sees what, names and numbers, deleting."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data import workspace as workspace_module
from core.data.rows import SCHEMA
from core.data.workspace import MAX_NAME, Version, Workspace, clean_name
from core.errors import InputError, NotFound, UnknownName

Make = Callable[..., Version]


@pytest.fixture
def put(put_rows: Callable[..., Version]) -> Callable[..., Version]:
    """A function that adds a version of two rows."""

    def add(workspace: Workspace, name: str = "sample", parent: Version | None = None) -> Version:
        return put_rows(workspace, [{"text": "one"}, {"text": "two"}], name, parent)

    return add


def files(home: Path) -> list[Path]:
    """Every Parquet file below `home`."""
    return sorted(home.rglob("*.parquet"))


# What a version is.


def test_a_version_tells_all_that_it_was_added_with(workspace: Workspace) -> None:
    staged = workspace.staging_path()
    pq.write_table(pa.Table.from_pylist([{"id": "1", "text": "好", "origin": "original"}], schema=SCHEMA), staged)
    params = {"source": "文件.csv", "nested": {"a": [1, None]}}
    version = workspace.add(staged, action="import", params=params, name="评论", language="zh", notes=["One.", "Two."])
    assert (version.dataset, version.number, version.label, version.parent_id) == ("评论", 1, "评论@1", None)
    assert (version.action, version.params, version.rows, version.language) == ("import", params, 1, "zh")
    assert version.columns == tuple(SCHEMA.names)
    assert version.notes == ("One.", "Two.")
    assert not staged.exists()
    assert pq.read_table(version.path).column("text").to_pylist() == ["好"]
    assert workspace.version(version.id) == version


def test_a_child_stays_in_the_dataset_and_inherits_the_language(put: Make, workspace: Workspace) -> None:
    staged = workspace.staging_path()
    pq.write_table(pa.Table.from_pylist([], schema=SCHEMA), staged)
    first = workspace.add(staged, action="import", params={}, name="a", language="zh")
    second = put(workspace, name="ignored", parent=first)
    assert (second.dataset_id, second.dataset, second.number, second.parent_id) == (first.dataset_id, "a", 2, first.id)
    assert second.language == "zh"
    assert put(workspace, name="b").language == "und"


def test_latest_gives_the_newest_of_each_dataset_last_changed_first(put: Make, workspace: Workspace) -> None:
    a1 = put(workspace, "a")
    b1 = put(workspace, "b")
    assert workspace.latest() == [b1, a1]
    a2 = put(workspace, parent=a1)
    assert workspace.latest() == [a2, b1]
    assert workspace.versions(a1.dataset_id) == [a1, a2]


# Owners.


def test_owners_see_and_change_only_what_is_theirs(put: Make, home: Path) -> None:
    mine, other = Workspace(home, "me"), Workspace(home, "you")
    version = put(mine, "secret")
    assert other.latest() == []
    assert other.versions(version.dataset_id) == []
    with pytest.raises(NotFound):
        other.version(version.id)
    for name in ("secret", "secret@1", version.id):
        with pytest.raises(UnknownName) as raised:
            other.find(name)
        assert "The choices are: none." in str(raised.value)
    with pytest.raises(NotFound):
        other.rename(version.dataset_id, "taken over")
    with pytest.raises(NotFound):
        other.delete_version(version.id)
    with pytest.raises(NotFound):
        other.delete_dataset(version.dataset_id)
    assert mine.version(version.id) == version
    assert version.path.exists()


def test_a_version_cannot_be_added_to_a_dataset_of_someone_else(put: Make, home: Path) -> None:
    mine, other = Workspace(home, "me"), Workspace(home, "you")
    version = put(mine)
    with pytest.raises(NotFound):
        put(other, parent=version)
    assert mine.versions(version.dataset_id) == [version]
    assert files(home) == [version.path]


def test_two_owners_can_use_the_same_name(put: Make, home: Path) -> None:
    mine, other = Workspace(home, "me"), Workspace(home, "you")
    a, b = put(mine, "reviews"), put(other, "reviews")
    assert (a.dataset, b.dataset) == ("reviews", "reviews")
    assert mine.find("reviews") == a
    assert other.find("reviews") == b


def test_ids_cannot_be_guessed(put: Make, workspace: Workspace) -> None:
    ids = {put(workspace).id for _ in range(5)}
    assert len(ids) == 5
    assert all(len(i) == 32 and int(i, 16) >= 0 for i in ids)  # uuid4: 122 random bits


# Finding and naming.


def test_find_takes_a_name_a_name_with_a_number_and_an_id(put: Make, workspace: Workspace) -> None:
    first = put(workspace, "reviews")
    second = put(workspace, parent=first)
    assert workspace.find("reviews") == second
    assert workspace.find("reviews@1") == first
    assert workspace.find("reviews@2") == second
    assert workspace.find(first.id) == first


def test_find_suggests_what_was_meant(put: Make, workspace: Workspace) -> None:
    put(workspace, "reviews")
    with pytest.raises(UnknownName, match="Did you mean 'reviews'"):
        workspace.find("revews")
    with pytest.raises(UnknownName, match="Did you mean 'reviews@1'"):
        workspace.find("reviews@7")
    with pytest.raises(UnknownName, match="no dataset named ''"):
        workspace.find("")
    with pytest.raises(UnknownName):
        workspace.find("' OR 1=1 --")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("reviews@2", "reviews 2"),
        ("a\x00b\nc\u202ed", "a b c d"),  # NUL, newline, right-to-left override
        ("  spaced   out. ", "spaced out"),
        ("评论", "评论"),
        (".hidden", "hidden"),
        ("x" * 200, "x" * MAX_NAME),
        ("x" * (MAX_NAME - 1) + " y", "x" * (MAX_NAME - 1)),
        ("<img src=http://a.example/b>", "b>"),
    ],
)
def test_names_are_cleaned(put: Make, workspace: Workspace, given: str, kept: str) -> None:
    assert clean_name(given) == kept
    assert clean_name(kept) == kept
    version = put(workspace, given)
    assert version.dataset == kept
    assert version.path.parent == workspace.home / "versions"


@pytest.mark.parametrize("name", ["", "..", "a/", "///", "@@", "\x00\x01", " . "])
def test_a_name_with_nothing_in_it_is_refused(put: Make, workspace: Workspace, name: str) -> None:
    version = put(workspace, "a")
    with pytest.raises(InputError, match="cannot be the name of a dataset"):
        workspace.rename(version.dataset_id, name)
    assert workspace.find("a") == version


def test_a_refused_name_leaves_no_file_and_no_record(put: Make, workspace: Workspace) -> None:
    with pytest.raises(InputError):
        put(workspace, "..")
    assert workspace.latest() == []
    assert [p for p in files(workspace.home) if p.parent.name == "versions"] == []


def test_a_taken_name_gets_a_number(put: Make, workspace: Workspace) -> None:
    names = [put(workspace, "reviews").dataset for _ in range(3)]
    assert names == ["reviews", "reviews 2", "reviews 3"]


def test_rename(put: Make, workspace: Workspace) -> None:
    version = put(workspace, "a")
    workspace.rename(version.dataset_id, "../b")
    assert workspace.version(version.id).label == "b@1"
    assert workspace.find("b") == workspace.version(version.id)
    with pytest.raises(UnknownName):
        workspace.find("a")


def test_rename_to_a_taken_name_is_refused_and_to_its_own_is_not(put: Make, workspace: Workspace) -> None:
    a, b = put(workspace, "a"), put(workspace, "b")
    with pytest.raises(InputError, match="already a dataset named 'a'"):
        workspace.rename(b.dataset_id, "a")
    workspace.rename(b.dataset_id, "b")
    assert workspace.find("a") == a
    assert workspace.find("b") == b


# Numbers.


def test_a_number_is_never_used_twice_even_after_the_newest_was_deleted(put: Make, workspace: Workspace) -> None:
    first = put(workspace, "a")
    second = put(workspace, parent=first)
    workspace.delete_version(second.id)
    third = put(workspace, parent=first)
    assert third.number == 3
    with pytest.raises(UnknownName):
        workspace.find("a@2")


# Deleting.


def test_deleting_a_version_hands_its_children_to_its_parent(put: Make, workspace: Workspace) -> None:
    first = put(workspace, "a")
    second = put(workspace, parent=first)
    third, fourth = put(workspace, parent=second), put(workspace, parent=second)
    workspace.delete_version(second.id)
    assert [(v.number, v.parent_id) for v in workspace.versions(first.dataset_id)] == [
        (1, None),
        (3, first.id),
        (4, first.id),
    ]
    workspace.delete_version(first.id)
    assert workspace.version(third.id).parent_id is None
    assert workspace.version(fourth.id).parent_id is None


def test_what_is_deleted_is_really_gone(put: Make, workspace: Workspace) -> None:
    first = put(workspace, "a")
    second = put(workspace, parent=first)
    workspace.delete_version(first.id)
    assert files(workspace.home) == [second.path]
    workspace.delete_version(second.id)
    assert files(workspace.home) == []
    assert workspace.latest() == []
    with pytest.raises(NotFound):
        workspace.delete_version(second.id)
    assert put(workspace, "a").label == "a@1"  # the dataset went with its last version, so the name is free


def test_deleting_a_dataset_deletes_every_version_of_it_and_nothing_else(put: Make, workspace: Workspace) -> None:
    first = put(workspace, "a")
    put(workspace, parent=first)
    other = put(workspace, "b")
    workspace.delete_dataset(first.dataset_id)
    assert workspace.latest() == [other]
    assert files(workspace.home) == [other.path]
    with pytest.raises(NotFound):
        workspace.delete_dataset(first.dataset_id)


def test_copies_made_for_download_go_with_the_version(put: Make, workspace: Workspace) -> None:
    version, other = put(workspace, "a"), put(workspace, "b")
    for v in (version, other):
        copy = workspace.exports_folder() / f"{v.id}.csv"
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(v.dataset)
    workspace.delete_version(version.id)
    assert [p.name for p in workspace.exports_folder().iterdir()] == [f"{other.id}.csv"]


def test_deleting_works_when_the_file_is_gone_already(put: Make, workspace: Workspace) -> None:
    version = put(workspace, "a")
    version.path.unlink()
    workspace.delete_version(version.id)
    assert workspace.latest() == []


def test_a_version_whose_parent_was_deleted_meanwhile_goes_to_the_grandparent(put: Make, workspace: Workspace) -> None:
    first = put(workspace, "a")
    second = put(workspace, parent=first)
    workspace.delete_version(second.id)
    assert put(workspace, parent=second).parent_id == first.id


def test_a_version_whose_dataset_was_deleted_meanwhile_is_refused(put: Make, workspace: Workspace) -> None:
    first = put(workspace, "a")
    workspace.delete_dataset(first.dataset_id)
    with pytest.raises(NotFound, match="deleted"):
        put(workspace, parent=first)
    assert files(workspace.home) == []
    assert workspace.latest() == []


def test_the_module_names_the_owner_of_a_home_for_one(put: Make, workspace: Workspace) -> None:
    version = put(workspace)
    assert Workspace(workspace.home, workspace_module.LOCAL_OWNER).latest() == [version]

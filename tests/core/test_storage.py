"""The home folder and its database: one transaction at a time, and sentences for what can go wrong."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core import storage
from core.errors import StorageError
from core.storage import (
    DATABASE,
    SCRATCH,
    database,
    home_folder,
    keep_libraries_at_home,
    scratch_folder,
    storage_errors,
)

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE);"


def add(home: Path, text: str) -> None:
    with database(home, SCHEMA) as db:
        db.execute("INSERT INTO notes (text) VALUES (?)", (text,))


def texts(home: Path) -> list[str]:
    with database(home, SCHEMA) as db:
        return [row["text"] for row in db.execute("SELECT text FROM notes ORDER BY id")]


def test_the_home_folder_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CORPUS_LAB_HOME", "somewhere/else")
    assert home_folder() == tmp_path / "somewhere/else"
    for unset in ("", None):
        if unset is None:
            monkeypatch.delenv("CORPUS_LAB_HOME")
        else:
            monkeypatch.setenv("CORPUS_LAB_HOME", unset)
        assert home_folder() == tmp_path / ".corpus-lab"
    assert list(tmp_path.iterdir()) == []  # asking makes nothing


def test_what_is_needed_for_a_while_is_below_the_home_and_then_gone(home: Path) -> None:
    with scratch_folder() as first, scratch_folder() as second:
        assert first.parent == second.parent == home / SCRATCH
        (first / "folder").mkdir()
        (first / "folder" / "file").write_text("x")
    with pytest.raises(ZeroDivisionError), scratch_folder():
        raise ZeroDivisionError
    assert [path.name for path in (home / SCRATCH).iterdir()] == ["lock"]


def test_what_a_killed_process_left_goes_and_what_a_living_one_needs_stays(home: Path) -> None:
    code = "from core.storage import scratch_folder\n"
    code += "with scratch_folder() as folder: (folder / 'file').write_text('x'); print(folder, flush=True); input()"
    command = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as killed, subprocess.Popen(command, **pipes) as living:
        left, needed = (Path(process.stdout.readline().strip()) for process in (killed, living))
        killed.kill()
        killed.wait()
        with scratch_folder():
            assert not left.exists()
            assert (needed / "file").exists()
        living.communicate("\n")
    assert not needed.exists()


def test_a_home_without_room_for_it_is_a_sentence(home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="CORPUS_LAB_HOME"), scratch_folder():
        pass


@pytest.mark.parametrize(
    ("environment", "cached", "expected"),
    [
        ({}, "", "{home}/cache/huggingface"),
        ({"HF_HOME": "/elsewhere"}, "", "/elsewhere"),
        ({}, ".cache/huggingface", None),
        ({"XDG_CACHE_HOME": "{person}/xdg"}, "xdg/huggingface", None),
        ({"XDG_CACHE_HOME": "{person}/xdg"}, ".cache/huggingface", "{home}/cache/huggingface"),
        ({"HOME": "/dev/null/nobody"}, "", "{home}/cache/huggingface"),
    ],
)
def test_what_a_person_has_of_the_hub_stays_in_use_and_else_it_is_below_the_home(
    environment: dict[str, str],
    cached: str,
    expected: str | None,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = {"home": home, "person": tmp_path / "person"}
    (places["person"] / cached).mkdir(parents=True)
    for name in ("HF_HOME", "XDG_CACHE_HOME", *storage.CACHES):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)
    for name, value in {"HOME": "{person}", **environment}.items():
        monkeypatch.setenv(name, value.format(**places))
    keep_libraries_at_home()
    assert os.environ.get("HF_HOME") == (expected and expected.format(**places))
    assert {Path(os.environ[name]).parent for name in storage.CACHES} == {home / "cache"}
    assert not home.exists()  # asking makes nothing


def test_what_was_done_is_kept_and_what_failed_is_not(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    add(home, "first")
    with pytest.raises(ZeroDivisionError), database(home, SCHEMA) as db:
        db.execute("INSERT INTO notes (text) VALUES ('second')")
        raise ZeroDivisionError
    assert texts(home) == ["first"]


def test_a_rule_that_is_broken_is_the_callers_and_no_damage(tmp_path: Path) -> None:
    add(tmp_path, "first")
    with pytest.raises(sqlite3.IntegrityError):
        add(tmp_path, "first")
    assert texts(tmp_path) == ["first"]


def test_a_mistake_in_sql_is_ours_and_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), database(tmp_path, SCHEMA) as db:
        db.execute("SELECT * FROM tags")


def test_foreign_keys_hold(tmp_path: Path) -> None:
    schema = SCHEMA + "CREATE TABLE IF NOT EXISTS tags (note INTEGER REFERENCES notes ON DELETE CASCADE);"
    with database(tmp_path, schema) as db:
        db.execute("INSERT INTO notes (id) VALUES (1)")
        db.execute("INSERT INTO tags VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError), database(tmp_path, schema) as db:
        db.execute("INSERT INTO tags VALUES (2)")
    with database(tmp_path, schema) as db:
        db.execute("DELETE FROM notes")
        assert db.execute("SELECT count(*) FROM tags").fetchone()[0] == 0


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path, "first")
    monkeypatch.setattr(storage, "BUSY_TIMEOUT_S", 0.1)
    with database(tmp_path, SCHEMA) as writer:
        writer.execute("INSERT INTO notes (text) VALUES ('second')")
        assert texts(tmp_path) == ["first"]  # as it was before
        with pytest.raises(StorageError, match="locked by another program"):
            add(tmp_path, "third")
    assert texts(tmp_path) == ["first", "second"]


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (errno.ENOSPC, "The disk is full: /home/lab."),
        (errno.EDQUOT, "The disk quota is used up: /home/lab."),
        (errno.EROFS, "The disk is read-only: /home/lab."),
        (errno.EACCES, "There is no permission to write: /home/lab."),
        (errno.EPERM, "There is no permission to write: /home/lab."),
        (errno.ENOTDIR, "A file stands where a folder is needed: /home/lab."),
    ],
)
def test_errors_of_the_disk_are_sentences(number: int, problem: str) -> None:
    with pytest.raises(StorageError) as raised, storage_errors(Path("/home/lab")):
        raise OSError(number, os.strerror(number))
    assert raised.value.problem == problem
    assert raised.value.remedy.endswith(".")
    assert isinstance(raised.value.__cause__, OSError)  # the log shows what happened


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "x"), OSError("no number"), ValueError("x")])
def test_other_errors_pass_through(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, storage_errors(Path("/home/lab")):
        raise error
    assert raised.value is error


def test_a_file_that_is_no_database_is_called_damaged_and_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database" * 100)
    with pytest.raises(StorageError, match="is damaged") as raised:
        texts(tmp_path)
    assert DATABASE in raised.value.remedy
    assert (tmp_path / DATABASE).read_bytes() == b"not a database" * 100


def test_a_database_on_a_read_only_disk(tmp_path: Path, make_read_only: Callable[[Path], Path]) -> None:
    (tmp_path / "home").mkdir()
    add(tmp_path / "home", "first")
    frozen = make_read_only(tmp_path / "home")
    for attempt in (lambda: add(frozen, "second"), lambda: texts(frozen)):
        with pytest.raises(StorageError, match="CORPUS_LAB_HOME"):
            attempt()
    with pytest.raises(StorageError, match="read-only"):
        add(frozen / "new home", "first")


def test_a_database_on_a_full_disk_tells_it_and_loses_nothing(small_disk: Path, fill: Callable[[], Path]) -> None:
    home = small_disk / "home"
    add(home, "first")
    filler = fill()
    with pytest.raises(StorageError, match="disk is full"):
        add(home, "x" * 200_000)
    filler.unlink()
    assert texts(home) == ["first"]
    add(home, "second")
    assert texts(home) == ["first", "second"]


def test_the_disk_fills_up_while_something_is_written(small_disk: Path, fill: Callable[[], Path]) -> None:
    home = small_disk / "home"
    add(home, "first")
    with pytest.raises(StorageError, match="disk is full"), database(home, SCHEMA) as db:
        db.execute("INSERT INTO notes (text) VALUES ('second')")
        fill()
        db.execute("INSERT INTO notes (text) VALUES (?)", ("x" * 200_000,))
    (small_disk / "filler").unlink()
    assert texts(home) == ["first"]

"""What goes with a deleted run, and what stays because another run learns from it."""

import os
import time
from pathlib import Path

import pytest

from core.errors import InputError, NotFound
from core.gan.digits.config import DigitsConfig
from core.gan.digits.kept import FOLDER, SPARED_S, kept_folder
from core.runs.deleting import delete_run
from core.runs.store import Run, RunStore


def pictures(home: Path, name: str) -> Path:
    """Uploaded pictures, as the page keeps them."""
    folder = home / FOLDER / name
    folder.mkdir(parents=True)
    (folder / "train-images-idx3-ubyte").write_bytes(b"pictures")
    return folder


def ended(store: RunStore, data: Path | str) -> Run:
    """A run on these pictures that has ended."""
    run = store.submit("gan_digits", "GAN", DigitsConfig(data=str(data)).model_dump(mode="json"))
    run.folder.mkdir(parents=True)
    store.request_cancel(run.id)
    return store.run(run.id)


def test_the_last_run_of_anybody_takes_its_pictures_along(store: RunStore, home: Path) -> None:
    shared, elsewhere = pictures(home, "a" * 64), pictures(home.parent, "b" * 64)
    stranger = RunStore(home, "stranger")
    mine, theirs, other = ended(store, shared), ended(stranger, shared), ended(store, elsewhere)
    delete_run(store, mine)
    assert shared.is_dir(), "another person uploaded the same files"
    assert not mine.folder.exists()
    with pytest.raises(NotFound):
        delete_run(store, theirs)
    delete_run(stranger, theirs)
    assert not shared.exists()
    delete_run(store, other)
    assert elsewhere.is_dir(), "a folder of this machine is not ours"


def test_pictures_of_the_hub_go_with_the_last_run_of_the_same_settings(store: RunStore, home: Path) -> None:
    runs = [ended(store, "hub:acme/digits") for _ in range(2)]
    folder = kept_folder(runs[0].config, home)
    assert folder is not None
    pictures(home, folder.name)
    for run, stays in zip(runs, (True, False), strict=True):
        delete_run(store, run)
        assert folder.is_dir() == stays


def test_old_pictures_that_no_run_refers_to_go_as_well(store: RunStore, home: Path) -> None:
    forgotten, fresh, used = (pictures(home, letter * 64) for letter in "abc")
    kept, gone = ended(store, used), ended(store, "digits")
    long_ago = time.time() - SPARED_S - 60
    for folder in (forgotten, used):
        os.utime(folder, (long_ago, long_ago))
    delete_run(store, gone)
    assert not forgotten.exists(), "its run was deleted by an earlier version"
    assert fresh.is_dir(), "its run may be about to begin"
    assert used.is_dir() and store.run(kept.id)


def test_a_run_that_goes_on_keeps_everything(store: RunStore, home: Path) -> None:
    folder = pictures(home, "a" * 64)
    run = store.submit("gan_digits", "GAN", DigitsConfig(data=str(folder)).model_dump(mode="json"))
    with pytest.raises(InputError, match="Cancel it first"):
        delete_run(store, run)
    assert folder.is_dir() and store.run(run.id)


def test_other_kinds_have_nothing_elsewhere(store: RunStore, home: Path) -> None:
    folder = pictures(home, "a" * 64)
    run = store.submit("count", "counting", {"data": str(folder)})
    store.request_cancel(run.id)
    delete_run(store, run)
    assert folder.is_dir() and store.runs() == []

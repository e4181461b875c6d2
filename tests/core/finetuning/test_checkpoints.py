import json
from collections import namedtuple

import pytest

from core.errors import StorageError
from core.finetuning import checkpoints
from core.finetuning.checkpoints import STATE, WEIGHTS

WHOLE = (WEIGHTS, "optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin")


def write(folder, step):
    path = checkpoints.path_of(folder, step)
    path.mkdir(parents=True)
    for name in WHOLE:
        (path / name).write_bytes(b"x")
    (path / STATE).write_text(json.dumps({"global_step": step}))
    return path


def test_the_last_complete_checkpoint_is_found_by_number(tmp_path):
    for step in (9, 10, 100):
        write(tmp_path, step)
    assert checkpoints.steps(tmp_path) == [9, 10, 100]
    assert checkpoints.last_complete(tmp_path) == 100


@pytest.mark.parametrize("missing", [*WHOLE, STATE])
def test_half_a_checkpoint_is_skipped_and_deleted(tmp_path, missing):
    write(tmp_path, 5)
    (write(tmp_path, 10) / missing).unlink()
    assert checkpoints.last_complete(tmp_path) == 5
    assert checkpoints.steps(tmp_path) == [5]


def test_a_state_cut_off_in_the_middle_is_half_a_checkpoint(tmp_path):
    (write(tmp_path, 10) / STATE).write_text('{"global_step": 10, "log_his')
    assert checkpoints.last_complete(tmp_path) is None


def test_no_checkpoints(tmp_path):
    assert checkpoints.last_complete(tmp_path / "absent") is None


def test_older_checkpoints_keep_their_weights_alone(tmp_path):
    old, new = write(tmp_path, 5), write(tmp_path, 10)
    checkpoints.strip(tmp_path, keep=10)
    assert sorted(path.name for path in old.iterdir()) == [WEIGHTS, STATE]
    assert checkpoints.is_complete(new)
    assert not checkpoints.is_complete(old)


def test_a_small_disk_is_noticed_before_the_work(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(checkpoints.shutil, "disk_usage", lambda path: usage(0, 0, 899_000_000))
    # Three checkpoints of the weights and two moments of each that is trained: 891 MB.
    checkpoints.require_space(tmp_path, weights=99_000_000, trained=99_000_000)
    checkpoints.require_space(tmp_path, weights=299_000_000, trained=0)
    with pytest.raises(StorageError, match="899 MB free, and fine-tuning needs 900 MB"):
        checkpoints.require_space(tmp_path, weights=100_000_000, trained=100_000_000)


def test_what_torch_says_of_a_full_disk_is_translated(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    with pytest.raises(RuntimeError, match="unrelated"), checkpoints.disk_errors(tmp_path):
        raise RuntimeError("unrelated")
    monkeypatch.setattr(checkpoints.shutil, "disk_usage", lambda path: usage(0, 0, 4096))
    with pytest.raises(StorageError, match="The disk is full"), checkpoints.disk_errors(tmp_path):
        raise RuntimeError("unexpected pos 64 vs 0")


def test_several_processes_leave_a_random_state_each(tmp_path):
    path = write(tmp_path, 5)
    (path / "rng_state.pth").rename(path / "rng_state_0.pth")
    (path / "rng_state_1.pth").write_bytes(b"x")
    assert checkpoints.is_complete(path)
    checkpoints.strip(tmp_path, keep=10)
    assert sorted(file.name for file in path.iterdir()) == [WEIGHTS, STATE]

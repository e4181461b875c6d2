"""`python -m core gan digits`: as a process of its own; what is refused is refused alike within this one."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.gan.digits.model import load
from core.gan.digits.pictures import idx

ROOT = Path(__file__).parents[3]
TINY = ("--steps", 4, "--batch-size", 8, "--width", 4)


def gan(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "core", "gan", "digits", *map(str, arguments), "--json"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def write(folder: Path, number: int) -> Path:
    """Pictures of lying bars, labelled 0, and of standing ones, labelled 1."""
    folder.mkdir()
    pixels, labels = np.zeros((number, 8, 8), np.uint8), np.resize([0, 1], number).astype(np.uint8)
    pixels[labels == 0, 3:5] = pixels[labels == 1, :, 3:5] = 200
    (folder / "train-images-idx3-ubyte").write_bytes(idx(pixels))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    return folder


def test_a_folder_of_idx_files_becomes_a_model_to_take_home(home: Path, tmp_path: Path) -> None:
    done = gan("--data", write(tmp_path / "bars", 100), "--output", tmp_path / "model", *TINY)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["state"], result["steps"], result["pictures"]) == ("finished", 4, 100)
    model = load(tmp_path / "model")
    assert model.about["frechet"] == result["frechet"]
    assert model.sample(3).shape == (3, 8, 8)


def test_an_error_of_the_user_is_one_sentence(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (("--data", write(tmp_path / "few", 20)), "There are 20 pictures, and a GAN needs 100 at least."),
        (("--data", tmp_path / "nowhere"), "nowhere is not a folder."),
        (("--steps", 0), "steps"),
    ):
        assert main(["gan", "digits", "--output", str(tmp_path / "model"), *map(str, arguments), "--json"]) == 1
        told = capsys.readouterr()
        assert said in json.loads(told.out)["error"]
        assert "Traceback" not in told.err

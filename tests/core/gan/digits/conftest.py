"""Tiny pictures with something to learn: lying and standing bars, as idx files, and a GAN of them that was trained."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data.workspace import Workspace
from core.gan.digits.config import DigitsConfig
from core.gan.digits.model import DigitsModel
from core.gan.digits.pictures import idx
from core.gan.digits.training import train_digits
from core.jobs import run

SMALL = {"steps": 24, "max_minutes": None, "batch_size": 8, "width": 4, "latent": 8}


def bars(number: int, size: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """`number` pictures: of class 3 with a lying bar, of class 7 with a standing one, each at a random place."""
    rng = np.random.default_rng(seed)
    labels = np.resize([3, 7], number).astype(np.uint8)
    pixels = rng.integers(0, 30, (number, size, size)).astype(np.uint8)
    for picture, label, place in zip(pixels, labels, rng.integers(1, size - 2, number), strict=True):
        (picture if label == 3 else picture.T)[place : place + 2] = 230
    return pixels, labels


def write_idx(folder: Path, pixels: np.ndarray, labels: np.ndarray, part: str = "train") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(pixels))
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    return folder


@pytest.fixture(scope="session")
def bars_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_idx(tmp_path_factory.mktemp("bars"), *bars(120))


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace whose home keeps the judges, so that each is trained once."""
    return Workspace(tmp_path_factory.mktemp("judged"))


@pytest.fixture(scope="session")
def settings(bars_folder: Path) -> Callable[..., DigitsConfig]:
    def make(**more: Any) -> DigitsConfig:
        return DigitsConfig(**{"data": str(bars_folder), **SMALL, **more})

    return make


@pytest.fixture(scope="session")
def model(
    tmp_path_factory: pytest.TempPathFactory, judged: Workspace, settings: Callable[..., DigitsConfig]
) -> DigitsModel:
    folder = tmp_path_factory.mktemp("trained")
    run(train_digits(settings(), judged, folder, False))
    return DigitsModel.load(folder)

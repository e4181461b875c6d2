"""A tiny language with something to learn, and a model of it that was trained once."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.jobs import Metrics, run
from core.neural_lm.config import LmSettings
from core.neural_lm.model import LanguageModel
from core.neural_lm.training import train_on_files

SMALL = {
    "tokenizer": "whitespace",
    "unit": "document",
    "width": 16,
    "layers": 1,
    "dropout": 0.0,
    "bptt": 8,
    "batch_size": 4,
    "learning_rate": 0.02,
    "max_minutes": None,
    "epochs": 4,
}


def sentences(number: int, seed: int = 0) -> list[str]:
    """Sentences in which the verb follows from the noun and the last word from the verb."""
    rng = random.Random(seed)
    pairs = [("cat", "drinks milk"), ("dog", "eats meat"), ("bird", "sings songs"), ("fish", "swims away")]
    return [f"the {rng.choice(['old', 'young', 'small'])} {noun} {rest}" for noun, rest in rng.choices(pairs, k=number)]


@pytest.fixture(scope="session")
def write_lines():
    """A function that writes lines to a file and returns its path."""

    def write(path: Path, lines: Sequence[str]) -> Path:
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory, write_lines) -> Path:
    folder = tmp_path_factory.mktemp("lm")
    source = write_lines(folder / "text.txt", sentences(250))
    run(train_on_files(LmSettings(**SMALL), source, None, folder / "model", False))
    return folder / "model"


@pytest.fixture(scope="session")
def model(model_folder: Path) -> LanguageModel:
    return LanguageModel.load(model_folder)


@pytest.fixture
def train(tmp_path, write_lines):
    """A function that trains on lines in a folder and returns its events, its result and the folder."""

    def go(name, lines=None, validation=None, resume=False, stop=lambda event: False, **settings):
        folder = tmp_path / name
        source = write_lines(tmp_path / "text.txt", sentences(40) if lines is None else lines)
        other = write_lines(tmp_path / "other.txt", validation) if validation else None
        events = []
        job = train_on_files(LmSettings(**{**SMALL, **settings}), source, other, folder, resume)

        def watch(event):
            events.append(event)
            if stop(event):
                raise KeyboardInterrupt

        try:
            return events, run(job, watch), folder
        except KeyboardInterrupt:
            return events, None, folder

    return go


def curve(events, name):
    return [(event.step, event.values[name]) for event in events if isinstance(event, Metrics) and name in event.values]

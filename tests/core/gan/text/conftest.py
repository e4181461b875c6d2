"""A tiny language with two labels, a version of it, and a text GAN that learned it once."""

import random
import time
from pathlib import Path

import pytest
import torch

from core.gan.text import evaluating
from core.gan.text.config import GanTextConfig, GanTextSettings
from core.gan.text.material import read
from core.gan.text.training import gan_text
from core.gan.text.trials import train_all
from core.jobs import run

SMALL = {
    "width": 16,
    "batch_size": 24,
    "dropout": 0.1,
    "word_vectors": False,
    "learning_rate": 0.02,
    "warmup_epochs": 2,
    "discriminator_steps": 2,
    "adversarial_steps": 6,
    "likelihood_steps": 4,
    "max_minutes": None,
    "rows": 10,
    "draws": 2,
    "judged_rows": 20,
    "label_at_least": 0.2,
    "copied_at_most": 0.5,
}
ENDINGS = {"good": ["drinks cold milk", "sings old songs"], "bad": ["eats raw meat", "swims far away"]}


def sentences(number: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Different sentences of 6 or 7 words, and their labels, which follow from the verb."""
    rng = random.Random(seed)
    texts: dict[str, str] = {}
    while len(texts) < number:
        label = rng.choice(["good", "bad"])
        adjective, noun = rng.choice(["old", "young", "small", "big", "shy"]), rng.choice(["cat", "dog", "bird", "fox"])
        when = rng.choice(["today", "again", "every day", "slowly", "often"])
        texts[f"the {adjective} {noun} {rng.choice(ENDINGS[label])} {when}"] = label
    return list(texts), list(texts.values())


@pytest.fixture
def version(make_version):
    texts, labels = sentences(80)
    return make_version(texts, labels, splits=["train"] * 60 + ["validation"] * 20)


@pytest.fixture
def settings() -> GanTextSettings:
    return GanTextSettings(**SMALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    made.mkdir()
    return made


@pytest.fixture(autouse=True)
def few_samples(monkeypatch):
    monkeypatch.setattr(evaluating, "SAMPLED", 20)


@pytest.fixture(scope="module")
def kept():
    """What one test leaves for the next."""
    return {}


@pytest.fixture
def whole_run(go, kept, workspace, version):
    """The events, the result and the folder of a run that nobody cancelled, carried out once."""
    if "run" not in kept:
        before = torch.get_rng_state(), torch.get_num_threads()
        kept["run"] = go("whole", make_version=True)
        kept["workspace"], kept["version"] = workspace, version
        assert torch.equal(torch.get_rng_state(), before[0]), "the random state is left as it was"
        assert torch.get_num_threads() == before[1]
    return kept["run"]


@pytest.fixture
def go(workspace, version, tmp_path):
    """A function that carries the job out in a folder and returns its events, its result and the folder."""

    def carry_out(name="run", stop=lambda event: False, resume=False, data=None, **changed):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        events = []
        config = GanTextConfig(version=(data or version).id, **{**SMALL, **changed})

        def watch(event):
            events.append(event)
            if stop(event):
                raise KeyboardInterrupt

        try:
            return events, run(gan_text(config, workspace, folder, resume), watch), folder
        except KeyboardInterrupt:
            return events, None, folder

    return carry_out


@pytest.fixture
def train(go, version, settings, tmp_path):
    """A function that only trains, without writing and judging, and returns the events and the trials."""

    def carry_out(name="trained", stop=lambda event: False, resume=False, **changed):
        events = []
        own = settings.model_copy(update=changed)

        def watch(event):
            events.append(event)
            if stop(event):
                raise KeyboardInterrupt

        material = run(read(own, version))
        try:
            return events, run(train_all(own, material, tmp_path / name, resume, time.perf_counter()), watch)
        except KeyboardInterrupt:
            return events, None

    return carry_out

"""A tiny language with two labels, a version of it, and a text GAN that learned it once."""

import random
from pathlib import Path

import pytest

from core.gan.text.config import GanTextSettings

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

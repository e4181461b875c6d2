"""Judging a generator: its pictures beside the real ones, through the eyes of the judge."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.gan.digits.judge import Judge
from core.gan.digits.measures import Floats, class_score, diversity, frechet, nearest
from core.gan.digits.model import Classes, DigitsModel
from core.gan.digits.pictures import Pictures, Pixels
from core.randomness import rng_for

MOST = 2_000  # pictures that are compared with as many
SPLITS = 5  # into real halves, for the floor and its spread
REPEATS = 3  # sets of pictures that the finished generator is judged by
SEEN = 0.25  # of its even share: a class with less of the pictures counts as left out
COMPARED = 200  # pictures whose nearest training picture is looked for


@dataclass(frozen=True)
class Standard:
    """What the real pictures are like: what generated ones are held against.

    `floor` is the Frechet distance between two halves of the real pictures, its mean and spread (standard deviation)
    over several ways to cut them, with as many pictures as the generated ones are judged by.
    """

    features: Floats
    floor: float
    floor_spread: float
    class_score: float
    diversity: float
    accuracy: float
    conditional: bool

    @property
    def number(self) -> int:
        """How many pictures are compared with as many."""
        return len(self.features)

    @classmethod
    def of(cls, pictures: Pictures, judge: Judge, conditional: bool) -> "Standard":
        """Return the standard that these pictures set."""
        rng = rng_for(0, pictures.digest, "standard")
        number = min(MOST, len(pictures.pixels) // 2)
        chosen = rng.permutation(len(pictures.pixels))[: 2 * number]
        features, probabilities = judge.look(pictures.pixels[chosen])
        floors = []
        for _ in range(SPLITS):
            order = rng.permutation(2 * number)
            floors.append(frechet(features[order[:number]], features[order[number:]]))
        classes = pictures.classes if conditional else np.zeros_like(pictures.classes)
        return cls(
            features[:number],
            float(np.mean(floors)),
            float(np.std(floors, ddof=1)),
            class_score(probabilities),
            diversity(pictures.pixels, classes),
            judge.accuracy,
            conditional,
        )


@dataclass(frozen=True)
class Judgement:
    """What the judge finds in one set of generated pictures.

    `agreement` is the share of pictures that are of the class asked for (None where none can be asked for), `balance`
    the share of the pictures of each class, `classes` how many are not left out, and `diversity` the share of the real
    pictures' diversity.
    """

    frechet: float
    agreement: float | None
    class_score: float
    balance: list[float]
    classes: int
    diversity: float


def judgement(model: DigitsModel, judge: Judge, standard: Standard, seed: int) -> Judgement:
    """Return what the judge finds in pictures that the model draws with this seed, of all classes in turn."""
    asked = model.in_turn(standard.number)
    pixels = model.sample(standard.number, asked, seed)
    features, probabilities = judge.look(pixels)
    found = probabilities.argmax(1)
    balance = np.bincount(found, minlength=probabilities.shape[1]) / len(found)
    grouped = asked if standard.conditional else np.zeros_like(asked)
    return Judgement(
        frechet(features, standard.features),
        float((found == asked).mean()) if standard.conditional else None,
        class_score(probabilities),
        balance.tolist(),
        int((balance >= SEEN / len(balance)).sum()),
        diversity(pixels, grouped) / max(standard.diversity, 1e-9),
    )


def verdict(model: DigitsModel, judge: Judge, standard: Standard) -> dict[str, Any]:
    """Return the numbers that a finished model is described by, as JSON types.

    Those of a Judgement are means over REPEATS sets of pictures. `nearest` is the median distance of generated
    pictures to the nearest training picture, divided by that of real pictures to the nearest other real one: far below
    1 it copies.
    """
    judged = [judgement(model, judge, standard, seed) for seed in range(1, REPEATS + 1)]
    distances = [one.frechet for one in judged]
    agreed = [one.agreement for one in judged if one.agreement is not None]
    return {
        "frechet": float(np.mean(distances)),
        "frechet_spread": float(np.std(distances, ddof=1)),
        "frechet_floor": standard.floor,
        "frechet_floor_spread": standard.floor_spread,
        "agreement": float(np.mean(agreed)) if agreed else None,
        "class_score": float(np.mean([one.class_score for one in judged])),
        "class_score_real": standard.class_score,
        "balance": dict(zip(model.pictures.names, np.mean([one.balance for one in judged], 0).tolist(), strict=True)),
        "classes": min(one.classes for one in judged),
        "diversity": float(np.mean([one.diversity for one in judged])),
        "nearest": _nearness(model.sample(COMPARED, seed=REPEATS + 1), model.pictures.pixels),
        "judge_accuracy": standard.accuracy,
        "judged": standard.number,
    }


def _nearness(pixels: Pixels, real: Pixels) -> float:
    """Return the median distance of `pixels` to `real`, divided by that of some of `real` to the others."""
    chosen: Classes = rng_for(0, "nearest", "judgement").permutation(len(real))
    some, others = real[chosen[:COMPARED]], real[chosen[COMPARED:]]
    if not len(others):
        some, others = real[chosen[::2]], real[chosen[1::2]]
    return float(np.median(nearest(pixels, real)[1]) / max(float(np.median(nearest(some, others)[1])), 1e-9))

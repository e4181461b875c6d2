"""What a gate is: a number measured for every made text, and a threshold that judges it.

Measuring and judging are apart, so that a threshold can move without measuring again. Adding a gate means adding one
registered config class, and its test.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.augmentation.digests import Digests
from core.config import Config
from core.registry import Registry

Numbers = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Candidates:
    """N made texts beside the rows they were made from; `normal` (N,) are the normal digests of `texts`."""

    texts: Sequence[str]
    normal: npt.NDArray[np.bytes_]
    parent_ids: Sequence[str]
    parents: Sequence[str]
    labels: Sequence[str | None]


@dataclass(frozen=True)
class Surroundings:
    """What gates may look at while they are built.

    `known` are the normal digests of the texts of the whole dataset, `held_out` those of validation and test rows;
    `train` is a Parquet file of the train rows (id, text, label) in the order of their ids.
    """

    known: Digests
    held_out: Digests
    train: Path
    seed: int


# Returns one number a candidate, (N,): NaN where there is nothing to measure, which every gate lets through.
Measure = Callable[[Candidates], Numbers]


class GateConfig(Config):
    """Base of every gate's settings."""

    title: ClassVar[str]
    summary: ClassVar[str]

    @abstractmethod
    def build(self, surroundings: Surroundings) -> Measure:
        """Return the measure; models are loaded and trained here. Raises MissingResource, InputError."""

    @abstractmethod
    def passes(self, measured: Numbers) -> Flags:
        """Return which of the measured candidates pass; what this says of NaN does not matter."""

    @abstractmethod
    def sentence(self, measured: float) -> str:
        """Return why a candidate with this measure was rejected."""


GATES: Registry[type[GateConfig]] = Registry("gate")

"""The gates that compare texts: meaning, length, novelty, and held-out rows. The label's gate is in label_gate.py."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from core.augmentation.digests import Digests
from core.augmentation.gate import GATES, Candidates, Flags, GateConfig, Measure, Numbers, Surroundings


@GATES.register("meaning")
class Meaning(GateConfig):
    """Rejects texts whose meaning went away from their source row's."""

    title: ClassVar[str] = "Meaning is kept"
    summary: ClassVar[str] = "Keeps a made row where the sentence encoder finds its meaning close to its source row's."

    at_least: float = Field(
        default=0.8, ge=-1, le=1, description="The smallest cosine between the two sentence embeddings; 1 is the same."
    )

    def build(self, surroundings: Surroundings) -> Measure:
        """Return the cosine of the two texts' embeddings. Raises MissingResource."""
        return cosines()

    def passes(self, measured: Numbers) -> Flags:
        """Return which are close enough."""
        return measured >= self.at_least

    def sentence(self, measured: float) -> str:
        """Return why it was rejected."""
        return f"The cosine to its source row is {measured:.3f}, and at least {self.at_least:g} is asked for."


def cosines() -> Measure:
    """Return the measure of the cosine between a made text and its source row, by the embedded sentence encoder.

    Raises MissingResource.
    """
    from core.text.encoder import SentenceEncoder

    encoder = SentenceEncoder.load()

    def measure(candidates: Candidates) -> Numbers:
        if not len(candidates.texts):
            return np.empty(0, np.float32)
        different = list(dict.fromkeys([*candidates.parents, *candidates.texts]))
        places = {text: place for place, text in enumerate(different)}
        vectors = np.asarray(encoder.encode(different), np.float32)  # (different, width), of length 1
        parents = vectors[[places[text] for text in candidates.parents]]
        made = vectors[[places[text] for text in candidates.texts]]
        products: Numbers = np.einsum("nd,nd->n", parents, made)
        return products

    return measure


@GATES.register("length_ratio")
class LengthRatio(GateConfig):
    """Rejects texts that became much shorter or longer."""

    title: ClassVar[str] = "Length is kept"
    summary: ClassVar[str] = "Keeps a made row where its number of characters stays near that of its source row."

    at_least: float = Field(default=0.5, ge=0, le=1, description="The smallest share of the source row's characters.")
    at_most: float = Field(
        default=2.0, ge=1, le=1000, description="The largest multiple of the source row's characters."
    )

    def build(self, surroundings: Surroundings) -> Measure:
        """Return the characters of the made text divided by those of its source row."""

        def measure(candidates: Candidates) -> Numbers:
            pairs = zip(candidates.texts, candidates.parents, strict=True)
            return np.array([len(text) / max(1, len(parent)) for text, parent in pairs], np.float32)

        return measure

    def passes(self, measured: Numbers) -> Flags:
        """Return which are neither too short nor too long."""
        return (measured >= self.at_least) & (measured <= self.at_most)

    def sentence(self, measured: float) -> str:
        """Return why it was rejected."""
        return (
            f"It has {measured:.2f} times the characters of its source row, and {self.at_least:g} to {self.at_most:g} "
            "times are asked for."
        )


class _Absence(GateConfig):
    """Base of the gates that reject a text which is there already, whatever its case, blanks and punctuation."""

    def passes(self, measured: Numbers) -> Flags:
        """Return which are new."""
        return measured > 0


@GATES.register("novelty")
class Novelty(_Absence):
    """Rejects texts that the dataset has already."""

    title: ClassVar[str] = "New to the dataset"
    summary: ClassVar[str] = (
        "Keeps a made row where no row of the dataset has its text, but for case, blanks and marks."
    )

    def build(self, surroundings: Surroundings) -> Measure:
        """Return 1 where the text is new, 0 where the dataset has it."""
        return _absence(surroundings.known)

    def sentence(self, measured: float) -> str:
        """Return why it was rejected."""
        return "A row of the dataset has this text already, but for case, blanks and punctuation."


@GATES.register("held_out")
class HeldOut(_Absence):
    """Rejects texts of validation and test rows. The pipeline always has this gate, named or not."""

    title: ClassVar[str] = "Not in validation or test"
    summary: ClassVar[str] = "Keeps a made row where no validation or test row has its text; this is always checked."

    def build(self, surroundings: Surroundings) -> Measure:
        """Return 1 where the text is new, 0 where a validation or test row has it."""
        return _absence(surroundings.held_out)

    def sentence(self, measured: float) -> str:
        """Return why it was rejected."""
        return "A validation or test row has this text, but for case, blanks and punctuation."


def _absence(texts: Digests) -> Measure:
    return lambda candidates: (~texts.contains(candidates.normal)).astype(np.float32)

"""The present state of a text GAN, measured on validation rows and on rows of one seed. Imports torch."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.gan.text import losses
from core.gan.text.batches import in_parts
from core.gan.text.encoder import Vectors, encoder
from core.gan.text.frechet import frechet
from core.gan.text.material import Material
from core.gan.text.model import TextGan
from core.gan.text.vocabulary import Ids
from core.gan.text.writing import NewRow, distinct_2, new_rows
from core.randomness import rng_for

SAMPLED = 256  # rows written with the same seed at every evaluation
SHOWN = 6
JUDGED = 1_000  # validation rows of the curve


@dataclass(frozen=True)
class Measured:
    """`nll` per written word in nats, `diversity` (distinct-2) and `distance` (Frechet, None: not measured)."""

    nll: float
    diversity: float
    distance: float | None
    shown: list[dict[str, Any]]


class Evaluation:
    """Measures `gan` in the same way each time."""

    def __init__(self, gan: TextGan, material: Material) -> None:
        self._gan, self._material, self._settings = gan, material, gan.settings
        self._parents: Ids = rng_for(gan.settings.seed, "samples", "rows").permutation(len(material.train))[:SAMPLED]
        self._real: Vectors | None = None

    def measure(self, adversarial: bool) -> Measured:
        """Measure the present state; the distance and the discriminator's scores only of an `adversarial` one."""
        written = self._gan.write(self._material.train, self._parents, "samples")
        rows = new_rows(written, self._material.train, self._material, self._settings.mode == "infill")
        distance = self._distance(rows) if adversarial else None
        shown = [self._shown(row, adversarial) for row in rows[:SHOWN]]
        return Measured(self.nll(), distinct_2(rows), distance, shown)

    def nll(self) -> float:
        """Return the mean cross-entropy per blank of the validation rows, with the same blanks each time."""
        self._gan.generator.eval()
        total, count = 0.0, 0
        with torch.inference_mode():
            for batch in in_parts(self._material.validation, self._settings, "validation", JUDGED):
                number = int(batch.judged.sum())
                total += float(losses.likelihood(self._gan.generator, batch)) * number if number else 0.0
                count += number
        return total / max(1, count)

    def _distance(self, rows: list[NewRow]) -> float | None:
        """Return the Frechet distance of the rows to validation rows, None without the sentence encoder."""
        encode = encoder()
        if encode is None:
            return None
        text, held = self._material.text, self._material.validation.rows
        if self._real is None:
            places = rng_for(self._settings.seed, "real", "rows").permutation(len(held))[:SAMPLED].tolist()
            self._real = encode.encode([text(held[place].words) for place in places])
        return frechet(self._real, encode.encode([text(row.words) for row in rows]))

    def _shown(self, row: NewRow, adversarial: bool) -> dict[str, Any]:
        """Return a row for people, with the discriminator's score of each written word once it has learned."""
        scores: list[float | None] = [None] * len(row.words)
        part = self._material.train
        if adversarial and row.words:
            ids = self._gan.vocabulary.encode([row.words], part.ids.shape[1])
            found = self._gan.scores(ids, np.array([row.label]))[0].tolist()
            scores = [round(s, 3) if new else None for s, new in zip(found, row.filled, strict=False)]
        return {
            "label": self._material.labels[row.label],
            "before": self._material.text(part.rows[row.parent].words),
            "words": list(row.words),
            "filled": list(row.filled),
            "scores": scores,
        }

"""Which written rows may stay: the gates, in the order in which they judge, each with its reason in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.gan.text.encoder import Vectors, encoder
from core.gan.text.known import same
from core.gan.text.material import Material
from core.gan.text.model import TextGan
from core.gan.text.probe import WordProbe
from core.gan.text.titles import ACCEPTED
from core.gan.text.vocabulary import Ids
from core.gan.text.writing import NewRow
from core.randomness import rng_for

PROBED = 1_000  # train rows whose meaning is looked at


@dataclass
class Judged:
    """A written row with what was decided: ACCEPTED or the gate that it did not pass, and why; NaN: not measured."""

    row: NewRow
    text: str
    outcome: str = ACCEPTED
    explanation: str = ""
    copied: float = 0.0
    cosine: float = float("nan")
    agreement: float = float("nan")


@dataclass
class Gates:
    """The gates of a dataset's rows; they remember what they have accepted.

    `probed` are the places of the train rows on whose vectors, `vectors`, the class's middle was taken.
    """

    gan: TextGan
    material: Material
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        train = self.material.train
        self._seen: set[int] = set()
        texts = [self.material.text(row.words) for row in train.rows]
        self._probe = WordProbe(texts, train.labels) if len(self.material.labels) > 1 else None
        order = rng_for(self.gan.settings.seed, "probed", "gates").permutation(len(train))
        self.probed: Ids = np.sort(order[: min(PROBED, len(train) // 2)])
        self.vectors: Vectors | None = None
        self._middles: dict[int, Vectors] = {}
        self._least: dict[int, float] = {}
        encode = encoder()
        if encode is None:
            self.notes.append("The sentence encoder is not installed, so no new row was compared with its class.")
            return
        self.vectors = encode.encode([texts[place] for place in self.probed])
        for label in np.unique(train.labels[self.probed]).tolist():
            own = self.vectors[train.labels[self.probed] == label]
            middle = own.mean(0)
            self._middles[label] = middle / max(1e-9, float(np.linalg.norm(middle)))
            self._least[label] = float(np.quantile(own @ self._middles[label], self.gan.settings.class_share))

    def judge(self, rows: Sequence[NewRow]) -> list[Judged]:
        """Return rows with what was decided about each; those accepted are remembered."""
        judged = [Judged(row, self.material.text(row.words)) for row in rows]
        for one in judged:
            self._by_words(one)
        self._by_label([one for one in judged if one.outcome == ACCEPTED])
        self._by_meaning([one for one in judged if one.outcome == ACCEPTED])
        for one in judged:
            if one.outcome == ACCEPTED:
                key = same(one.row.words)
                if key in self._seen:
                    one.outcome, one.explanation = "unique", "Another new row has the same words."
                self._seen.add(key)
        return judged

    def _by_words(self, one: Judged) -> None:
        words, settings, known = one.row.words, self.gan.settings, self.material.known
        one.copied = known.copied(words)
        if len(words) < settings.shortest:
            one.outcome, one.explanation = "short", f"It has {len(words)} words, and {settings.shortest} are the least."
        elif same(words) in self._seen:
            one.outcome, one.explanation = "unique", "Another new row has the same words."
        elif known.holds_out(words):
            one.outcome, one.explanation = "held_out", "A validation or test row has the same words."
        elif known.has(words):
            one.outcome, one.explanation = "novel", "A row of the dataset has the same words."
        elif one.copied > settings.copied_at_most:
            one.outcome = "copied"
            one.explanation = (
                f"Of its sequences of 4 words, {one.copied:.0%} stand in the training rows, and "
                f"{settings.copied_at_most:.0%} are the most."
            )

    def _by_label(self, left: Sequence[Judged]) -> None:
        if self._probe is None or not left:
            return
        labels, parents = (np.array([getattr(one.row, name) for one in left]) for name in ("label", "parent"))
        found = self._probe.probability([one.text for one in left], labels, parents)
        least = self.gan.settings.label_at_least
        for one, probability in zip(left, found.tolist(), strict=True):
            one.agreement = probability
            if probability < least:
                one.outcome = "label"
                one.explanation = (
                    f"A classifier gives its label the probability {probability:.2f}, and {least:.2f} is the least."
                )

    def _by_meaning(self, left: Sequence[Judged]) -> None:
        encode = encoder()
        if encode is None or not left:
            return
        vectors = encode.encode([one.text for one in left])
        for one, vector in zip(left, vectors, strict=True):
            if one.row.label not in self._middles:
                continue
            one.cosine = float(vector @ self._middles[one.row.label])
            least = self._least[one.row.label]
            if one.cosine < least:
                one.outcome = "meaning"
                one.explanation = (
                    f"Its cosine to the middle of its class is {one.cosine:.2f}, and {least:.2f} is the least."
                )

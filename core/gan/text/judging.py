"""All who write, side by side: real rows, a trigram sampler, maximum likelihood, the GAN, and what the gates left.

Each writes `draws` times as many rows as are held against the same real rows; the numbers are means with their
standard deviations over these draws. Where there were several trainings, those of the GAN and of maximum likelihood are
over the trainings instead, each by the mean of its draws. Imports torch.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

import numpy as np

from core.gan.text.bleu import mean_bleu, self_bleu
from core.gan.text.encoder import Vectors, encoder
from core.gan.text.frechet import frechet
from core.gan.text.gates import Gates
from core.gan.text.known import same
from core.gan.text.making import Made
from core.gan.text.material import Material, Part
from core.gan.text.model import TextGan
from core.gan.text.probe import MeaningProbe, told_apart
from core.gan.text.trials import Trial
from core.gan.text.trigram import Trigram
from core.gan.text.vocabulary import Ids
from core.gan.text.writing import NewRow, new_rows
from core.jobs import Job, Progress
from core.randomness import rng_for

REAL, TRIGRAM, LIKELIHOOD, GAN, GATED = "real", "trigram", "likelihood", "gan", "gated"
TEMPERATURES = (0.7, 1.3)  # of the maximum-likelihood model, beside the settings' own
FEWEST = 10  # accepted rows that can be judged
FEWEST_TOLD = 20  # rows that a classifier can learn to tell apart from others

Measures = dict[str, float]
Table = dict[str, dict[str, list[float]]]
Draw = Callable[[int], list[NewRow]]
Writer = tuple[str, int]  # the name, and the training, counted from 0


@dataclass(frozen=True)
class Comparison:
    """`table` has mean and standard deviation of every measure for each who writes; `trainings` has for each training
    the measures of its GAN and of its maximum likelihood, by those names."""

    table: Table
    trainings: list[dict[str, Measures]]


@dataclass
class Judge:
    """Holds rows against real ones. `n` rows are judged at a time, and `reference` are the real ones, (n,) places."""

    material: Material
    gates: Gates
    seed: int
    n: int

    def __post_init__(self) -> None:
        material = self.material
        order = rng_for(self.seed, "reference", "judge").permutation(len(material.judge))
        self.others: Ids = order[self.n :]
        real = [material.judge.rows[place].words for place in order[: self.n].tolist()]
        self._real, self._real_numbers = real, self._numbers(real)
        encode = encoder()
        self._vectors: Vectors | None = encode.encode([material.text(words) for words in real]) if encode else None
        self._labels: MeaningProbe | None = None
        labels = material.train.labels[self.gates.probed]
        if self.gates.vectors is not None and len(np.unique(labels)) > 1:
            self._labels = MeaningProbe(self.gates.vectors, labels)

    def measure(self, rows: Sequence[NewRow], draw: int) -> Measures:
        """Return the measures of some rows by name; those that cannot be taken are left out."""
        words = [row.words for row in rows if row.words]
        known = self.material.known
        values = {f"bleu_{order}": mean_bleu(words, self._real, order) for order in (2, 3, 4)}
        values |= {f"self_bleu_{order}": self_bleu(words, order) for order in (2, 3, 4)}
        values["reverse_perplexity"] = Trigram(self._numbers(words), self._size).perplexity(self._real_numbers)
        values["copied"] = fmean(known.copied(row) for row in words)
        values["novel"] = fmean(not known.has(row) for row in words)
        values["unique"] = len({same(row) for row in words}) / len(words)
        encode = encoder()
        if encode is None or self._vectors is None:
            return values
        vectors = encode.encode([self.material.text(row) for row in words])
        values["frechet"] = frechet(self._vectors, vectors)
        if self.n >= FEWEST_TOLD:
            values["told_apart"] = told_apart(self._vectors, vectors, draw)
        if self._labels is not None:
            labels = np.array([row.label for row in rows if row.words])
            values["label_agreement"] = float(self._labels.agrees(vectors, labels).mean())
        return values

    @property
    def _size(self) -> int:
        return len(self.material.vocabulary)

    def _numbers(self, rows: Sequence[Sequence[str]]) -> list[list[int]]:
        """Return rows as word numbers."""
        ids = self.material.vocabulary.encode(rows, max(map(len, rows), default=0))
        return [ids[place, : len(row)].tolist() for place, row in enumerate(rows)]


def judge(
    trials: Sequence[Trial], material: Material, gates: Gates, made: Made, until: float | None
) -> Job[Comparison]:
    """Hold all who write against real rows; the first of the `trials` is that which made the rows.

    All are judged by as many rows, since most measures depend on their number. No third draw begins after the moment
    `until` of time.perf_counter.
    """
    settings = trials[0].gan.settings
    unseen = set(np.setdiff1d(np.arange(len(material.train)), gates.probed).tolist())
    accepted = [one.row for one in made.accepted if one.row.parent in unseen]
    n = min(settings.judged_rows, len(material.judge) // 2)
    if len(accepted) * 2 // 3 >= min(FEWEST, n):
        n = min(n, len(accepted) * 2 // 3)  # so that a draw of them is not all of them
    yield Progress(0, None, "draws", "Comparing with real rows, a trigram sampler and maximum likelihood")
    judge_of = Judge(material, gates, settings.seed, n)
    writers = _writers(trials, material, judge_of, accepted)
    found: dict[Writer, list[Measures]] = {writer: [] for writer in writers}
    for draw in range(settings.draws):
        if draw >= 2 and until is not None and time.perf_counter() > until:
            break
        for place, (writer, write) in enumerate(writers.items()):
            found[writer].append(judge_of.measure(write(draw), draw))
            done = draw * len(writers) + place + 1
            yield Progress(done, settings.draws * len(writers), "samples", "Judging all models side by side")
    trainings = [{name: _mean(found[name, n]) for name in (GAN, LIKELIHOOD)} for n in range(len(trials))]
    table = {name: _spread(values) for (name, number), values in found.items() if number == 0}
    if len(trainings) > 1:
        table |= {name: _spread([each[name] for each in trainings]) for name in (LIKELIHOOD, GAN)}
    return Comparison(table, trainings)


def temperature_name(temperature: float) -> str:
    """Return what the maximum-likelihood model at another temperature is called in the table."""
    return f"{LIKELIHOOD}@{temperature:g}"


def _writers(
    trials: Sequence[Trial], material: Material, judge_of: Judge, accepted: Sequence[NewRow]
) -> dict[Writer, Draw]:
    likelihood = trials[0].likelihood
    settings, n, train = likelihood.settings, judge_of.n, material.train
    free: Ids = np.setdiff1d(np.arange(len(train)), judge_of.gates.probed)  # no classifier has learned their labels
    trigrams = {
        label: Trigram([ids[:length].tolist() for ids, length in _of_label(train, label)], len(material.vocabulary))
        for label in np.unique(train.labels).tolist()
    }

    def some(places: Ids, draw: int, salt: str) -> Ids:
        chosen: Ids = rng_for(settings.seed, f"{salt} {draw}", "judge").permutation(places)[:n]
        return chosen

    def parents(draw: int) -> Ids:
        return np.resize(some(free, draw, "parents"), n)  # some of them twice where there are few

    def real(draw: int) -> list[NewRow]:
        places = some(judge_of.others, draw, "real").tolist()
        rows = [(material.judge.rows[place].words, int(material.judge.labels[place]), place) for place in places]
        return [NewRow(words, (False,) * len(words), label, place) for words, label, place in rows]

    def trigram(draw: int) -> list[NewRow]:
        rng = rng_for(settings.seed, f"trigram {draw}", "judge")
        rows = []
        for place in parents(draw).tolist():
            label = int(train.labels[place])
            ids: list[int] = []
            for _ in range(20):  # a row too short to be one is written anew
                if len(ids) < settings.shortest:
                    ids = trigrams[label].write(settings.longest, rng)
            words = tuple(material.vocabulary.words[number] for number in ids)
            rows.append(NewRow(words, (True,) * len(words), label, place))
        return rows

    def model(writer: TextGan, temperature: float) -> Draw:
        def write(draw: int) -> list[NewRow]:
            written = writer.write(train, parents(draw), f"judge {draw}", temperature, anew=True)
            return new_rows(written, train, material, settings.mode == "infill")

        return write

    writers: dict[Writer, Draw] = {(REAL, 0): real, (TRIGRAM, 0): trigram}
    writers[LIKELIHOOD, 0] = model(likelihood, settings.temperature)
    writers |= {(temperature_name(t), 0): model(likelihood, t) for t in TEMPERATURES if t != settings.temperature}
    writers[GAN, 0] = model(trials[0].gan, settings.temperature)
    if len(accepted) > n:
        places: Ids = np.arange(len(accepted))
        writers[GATED, 0] = lambda draw: [accepted[place] for place in some(places, draw, "accepted").tolist()]
    for number, trial in enumerate(trials[1:], 1):
        writers[LIKELIHOOD, number] = model(trial.likelihood, settings.temperature)
        writers[GAN, number] = model(trial.gan, settings.temperature)
    return writers


def _of_label(part: Part, label: int) -> list[tuple[Any, int]]:
    chosen = np.flatnonzero(part.labels == label).tolist()
    return [(part.ids[place], int(part.lengths[place])) for place in chosen]


def _mean(found: Sequence[Measures]) -> Measures:
    return {name: fmean(one[name] for one in found) for name in found[0]}


def _spread(found: Sequence[Measures]) -> dict[str, list[float]]:
    """Return the mean and the standard deviation of each measure."""
    return {name: [mean, stdev(one[name] for one in found)] for name, mean in _mean(found).items()}

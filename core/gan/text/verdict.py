"""Who writes best, in sentences with numbers: the GAN or plain maximum likelihood."""

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

from core.gan.text.judging import GAN, GATED, LIKELIHOOD, REAL, Measures, Table


def verdict(table: Table, trainings: Sequence[Mapping[str, Measures]]) -> list[str]:
    """Return who won here and by how much. Empty where there is no Frechet distance to compare.

    `trainings` has the measures of each training's GAN and maximum likelihood. With several, what counts is their
    difference in each training, since both go on from the same state there, and its spread is over the trainings; with
    one, the spread of either is over its draws.
    """
    if "frechet" not in table[GAN]:
        return []
    gan, likelihood, floor = (table[name]["frechet"] for name in (GAN, LIKELIHOOD, REAL))
    apart = [each[GAN]["frechet"] - each[LIKELIHOOD]["frechet"] for each in trainings]
    several = len(apart) > 1
    spread = stdev(apart) if several else (gan[1] ** 2 + likelihood[1] ** 2) ** 0.5
    numbers = (
        f"The Fréchet distance to real rows is {gan[0]:.3f} for the GAN and {likelihood[0]:.3f} for maximum likelihood "
        f"({_spread(gan)} and {_spread(likelihood)} over the {f'{len(apart)} trainings' if several else 'draws'}); "
        f"between real rows it is {floor[0]:.3f}."
    )
    return [_winner(apart, likelihood[0], spread), numbers, _luck(apart, spread), *_gated(table, floor)]


def _winner(apart: Sequence[float], likelihood: float, spread: float) -> str:
    """Return who won; `apart` is by how much the GAN's distance is larger, for each training."""
    share = abs(fmean(apart)) / likelihood
    if not any(apart):
        return (
            "Neither won: neither the GAN nor more maximum likelihood came nearer to real rows than the model that "
            "both began with, so that model is used."
        )
    if abs(fmean(apart)) <= spread:
        return (
            f"Neither won: the GAN's rows and those of maximum likelihood alone are {share:.1%} apart, which is within "
            "the spread."
        )
    if fmean(apart) < 0:
        return f"The GAN won: its rows are {share:.1%} nearer to real ones than those of maximum likelihood alone."
    return (
        f"Maximum likelihood alone won: the GAN's rows are {share:.1%} further from real ones. A text GAN rarely beats "
        "the same model without one."
    )


def _luck(apart: Sequence[float], spread: float) -> str:
    """Return how sure that is."""
    if len(apart) == 1:
        return "This is one training: the spread is over its draws, and more trainings would show how much is luck."
    nearer = sum(one < 0 for one in apart)
    return (
        f"The GAN's rows were nearer in {nearer} of {len(apart)} trainings; its distance is {fmean(apart):+.3f} away "
        f"from that of maximum likelihood (±{spread:.3f} over the trainings)."
    )


def _gated(table: Mapping[str, Mapping[str, Sequence[float]]], floor: Sequence[float]) -> list[str]:
    if GATED not in table:
        return []
    left = table[GATED]
    sentences = [f"The rows that passed the gates are at {left['frechet'][0] / floor[0]:.2f} times the floor."]
    if "label_agreement" in left:
        sentences.append(
            f"A classifier that saw none of them agrees with {left['label_agreement'][0]:.0%} of their labels, and "
            f"with {table[REAL]['label_agreement'][0]:.0%} of those of real rows."
        )
    return sentences


def _spread(measured: Sequence[float]) -> str:
    return f"±{measured[1]:.3f}"

"""Who writes best, in sentences with numbers: the GAN or plain maximum likelihood."""

from collections.abc import Mapping, Sequence

from core.gan.text.judging import GAN, GATED, LIKELIHOOD, REAL, Table


def verdict(table: Table) -> list[str]:
    """Return who won here and by how much. Empty where there is no Frechet distance to compare."""
    if "frechet" not in table[GAN]:
        return []
    gan, likelihood, floor = (table[name]["frechet"] for name in (GAN, LIKELIHOOD, REAL))
    spread = (gan[1] ** 2 + likelihood[1] ** 2) ** 0.5
    share = abs(gan[0] / likelihood[0] - 1)
    numbers = (
        f"The Frechet distance to real rows is {gan[0]:.3f} for the GAN and {likelihood[0]:.3f} for maximum likelihood "
        f"({_spread(gan)} and {_spread(likelihood)} over the draws); between real rows it is {floor[0]:.3f}."
    )
    if table[GAN] == table[LIKELIHOOD]:
        first = (
            "Neither won: the GAN came no nearer to real rows than the model that it began with, which only learned by "
            "maximum likelihood, so that model is used."
        )
    elif abs(gan[0] - likelihood[0]) <= spread:
        first = (
            "Neither won: the GAN's rows and those of the model before it, which only learned by maximum likelihood, "
            f"are {share:.1%} apart, which is within the spread."
        )
    elif gan[0] < likelihood[0]:
        first = f"The GAN won: its rows are {share:.1%} nearer to real ones than those of maximum likelihood."
    else:
        first = (
            f"Maximum likelihood won: the GAN's rows are {share:.1%} further from real ones. A text GAN rarely beats "
            "the model that it began with."
        )
    return [first, numbers, *_gated(table, floor)]


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

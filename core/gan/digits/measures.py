"""How good generated pictures are, in numbers, from what a classifier sees in them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def frechet(one: Floats, other: Floats) -> float:
    """Return the Frechet distance of two sets of features, (N, F) and (M, F), each taken as a normal distribution.

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2) (Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update
    Rule", section 2). It is smaller the more alike they are, but never 0: it grows as samples get fewer.
    """
    means = one.mean(0) - other.mean(0)
    first, second = np.atleast_2d(np.cov(one, rowvar=False)), np.atleast_2d(np.cov(other, rowvar=False))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    return float(means @ means + np.trace(first) + np.trace(second) - 2 * shared)


def class_score(probabilities: Floats) -> float:
    """Return how clear and how varied the classes are, from 1 to the number of classes, of probabilities (N, K).

    exp of the mean of KL(p(y | x) || p(y)) (Salimans et al. 2016, "Improved Techniques for Training GANs", section 4).
    """
    p = probabilities.clip(1e-12)
    return float(np.exp((p * (np.log(p) - np.log(p.mean(0)))).sum(1).mean()))


def diversity(pixels: NDArray[np.uint8], classes: NDArray[np.int64]) -> float:
    """Return how much the pictures (N, H, W) of one class differ: their mean squared distance from their mean picture.

    The mean is over the classes that have two pictures at least; 0 where all pictures of each class are the same.
    """
    spreads = []
    for wanted in np.unique(classes):
        own = pixels[classes == wanted].astype(np.float64) / 255
        if len(own) > 1:
            spreads.append(own.var(0, ddof=1).sum())
    return float(np.mean(spreads)) if spreads else 0.0


def nearest(pixels: NDArray[np.uint8], among: NDArray[np.uint8]) -> tuple[NDArray[np.int64], Floats]:
    """Return for each picture (N, H, W) which of `among` (M, H, W) is nearest to it, (N,), and how far it is, (N,).

    The distance is that of the pixels, each from 0 to 1, as a straight line (Euclid).
    """
    one = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
    other = among.reshape(len(among), -1).astype(np.float32) / 255
    squares = (other**2).sum(1) - 2 * one @ other.T  # (N, M), but for the square of the first
    found = squares.argmin(1)
    return found, np.sqrt(((one - other[found]) ** 2).sum(1)).astype(np.float64)

"""The Frechet distance between two sets of vectors (Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update
Rule", equation 6; for sentences Semeniuta et al. 2018, "On Accurate Evaluation of GANs for Language Generation")."""

from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.floating[Any]]


def frechet(first: Vectors, second: Vectors) -> float:
    """Return the squared Frechet distance of normal distributions fitted to vectors (N, D) and (M, D), N, M at least 2.

    The trace of the root of the product of the covariances is the nuclear norm of the centred vectors' products, so
    that no (D, D) root is taken. With few vectors the distance of two samples of the same is far from 0: compare.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    apart = a.mean(0) - b.mean(0)
    a = (a - a.mean(0)) / np.sqrt(len(a) - 1)
    b = (b - b.mean(0)) / np.sqrt(len(b) - 1)
    shared = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    return float(max(0.0, apart @ apart + np.square(a).sum() + np.square(b).sum() - 2 * shared))

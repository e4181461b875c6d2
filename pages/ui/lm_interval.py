"""How certain a difference between two perplexities is: both models on the same held-out lines, compared in pairs."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data.workspace import Version
from core.precision import torch_threads
from core.runs.store import Run
from pages.ui import lm_cache

MOST_TOKENS = 20_000  # that are scored for an interval
NORMAL_95 = 1.96

Floats = NDArray[np.float64]


def ratio_interval(one: Run, other: Run, version: Version, part: str) -> tuple[float, float] | None:
    """Return between what the perplexity of `one` divided by that of `other` lies, with 95 % confidence.

    Both must have been judged on the same tokens of the part; None where it has too few lines.
    """
    return _ratio_interval(one.id, other.id, part, one, other, version)


@st.cache_data(**lm_cache.KEPT, show_spinner="Measuring how certain the difference is")
def _ratio_interval(
    one_id: str, other_id: str, part: str, _one: Run, _other: Run, _version: Version
) -> tuple[float, float] | None:
    lines: list[list[str]] = []
    tokens = 0
    for line in lm_cache.parts(_one, _version, part).sequences():
        lines.append(line)
        tokens += len(line) + 1
        if tokens >= MOST_TOKENS:
            break
    return interval(_logs(_one, lines) - _logs(_other, lines), tokens)


def interval(differences: Floats, tokens: int) -> tuple[float, float] | None:
    """Return the interval of a ratio of perplexities from the differences of the lines' log-probabilities (N,).

    The mean of log p over all tokens is a sum over lines, which are taken as independent of each other.
    """
    if len(differences) < 2:
        return None
    mean = float(differences.sum()) / tokens
    error = NORMAL_95 * math.sqrt(len(differences) * float(differences.var(ddof=1))) / tokens
    return math.exp(-mean - error), math.exp(-mean + error)


def _logs(run: Run, lines: list[list[str]]) -> Floats:
    """Return the natural log-probability of each line, its end included."""
    if run.kind == "lm":
        neural = lm_cache.neural_model(run.folder)
        with torch_threads(1):
            logs = neural.log_probabilities(neural.vocabulary.encode(lines))
    else:
        ngram = lm_cache.ngram_model(run.folder)
        logs = np.log(ngram.score(ngram.vocabulary.encode(lines)).probabilities)
    starts = np.cumsum([0, *(len(line) + 1 for line in lines[:-1])])
    sums: Floats = np.add.reduceat(logs, starts)
    return sums

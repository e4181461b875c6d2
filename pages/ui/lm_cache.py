"""What the Language models page keeps: loaded models, and answers that take long.

Models are shared by all who hold the name of a run's folder, and answers are filed under a run's id, which cannot be
guessed; whoever asks got the run from a store, which checked the owner.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.corpus import Corpus, ReadingConfig, version_parts
from core.data.row_texts import row_texts
from core.data.workspace import Version
from core.neural_lm.model import LanguageModel
from core.ngram.model import NgramModel
from core.ngram.source_rows import SourceRows, source_rows
from core.ngram.training import MODEL
from core.precision import torch_threads
from core.runs.store import Run
from pages.ui import explore_cache, session

TIMED_TOKENS = 2_000
MOST_SOURCES = 20
KEPT: dict[str, Any] = {"ttl": "1h", "max_entries": 200}


@st.cache_resource(max_entries=4, show_spinner="Loading the model")
def ngram_model(folder: Path) -> NgramModel:
    return NgramModel.load(folder / MODEL)


@st.cache_resource(max_entries=2, show_spinner="Loading the model")
def neural_model(folder: Path) -> LanguageModel:
    return LanguageModel.load(folder)


def holds_out(version: Version) -> bool:
    """Return whether a training holds some rows out, because the version has no validation split."""
    return "validation" not in dict(explore_cache.facets(version).splits.items)


def sources(run: Run, version: Version, ngram: Sequence[str]) -> SourceRows:
    """Return the rows that the run's model learned from and that contain the n-gram."""
    return _sources(run.id, tuple(ngram), run, version)


@st.cache_data(**KEPT, show_spinner="Searching the rows that the model has learned from")
def _sources(run_id: str, ngram: tuple[str, ...], _run: Run, _version: Version) -> SourceRows:
    return source_rows(parts(_run, _version, "train"), ngram, MOST_SOURCES)


@st.cache_data(**KEPT, show_spinner=False)
def texts(version_id: str, ids: tuple[str, ...]) -> dict[str, str]:
    """Return the texts of some rows by id."""
    return row_texts(session.workspace().version(version_id), ids)


def scoring_speed(run: Run, version: Version) -> float | None:
    """Return the tokens a second that the run's model scores on this server; None where there is nothing to score."""
    return _scoring_speed(run.id, run, version)


@st.cache_data(**KEPT, show_spinner=False)
def _scoring_speed(run_id: str, _run: Run, _version: Version) -> float | None:
    lines: list[list[str]] = []
    tokens = 0
    for line in parts(_run, _version, "validation").sequences():
        lines.append(line)
        tokens += len(line) + 1
        if tokens >= TIMED_TOKENS:
            break
    if not lines:
        return None
    score = _scoring(_run, lines)
    with torch_threads(1) if _run.kind == "lm" else nullcontext():
        score()  # the first time reads the model from disk
        started = time.perf_counter()
        score()
        return tokens / (time.perf_counter() - started)


def _scoring(run: Run, lines: Sequence[Sequence[str]]) -> Callable[[], object]:
    """Return what scores the lines with the run's model."""
    if run.kind == "lm":
        neural = neural_model(run.folder)
        return lambda: neural.perplexity(lines)
    ngram = ngram_model(run.folder)
    return lambda: ngram.score(ngram.vocabulary.encode(lines))


def parts(run: Run, version: Version, name: str) -> Corpus:
    """Return the train, validation or test part of the version as the run has read it."""
    reading = ReadingConfig(**{field: run.config[field] for field in ReadingConfig.model_fields})
    found = version_parts(version, reading, run.config["validation_share"], run.config["seed"])
    corpus: Corpus = getattr(found, name)
    return corpus

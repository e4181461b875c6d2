"""The forms of the Language models page: an n-gram model, a neural one, and an ARPA file to bring along."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.config import Config, parse_config
from core.data.workspace import Version
from core.neural_lm.config import LmConfig
from core.ngram.config import NgramConfig
from core.ngram.estimators import ESTIMATORS
from core.ngram.importing import ArpaConfig
from core.runs.store import Run
from pages.ui.forms import fields
from pages.ui.lm_basis import HELD_OUT, NETWORKS, READING, title_of
from pages.ui.lm_state import show_newest
from pages.ui.run_panel import start
from pages.ui.uploads import saved
from pages.ui.words import plain

SHARED = ("tokenizer", *READING, "cutoff", *HELD_OUT)
NGRAM_NEAREST = ("order", "estimator", "tokenizer", "cutoff", "unit", "tune")
LM_NEAREST = ("architecture", "preset", "epochs", "max_minutes")


def ngram_form(version: Version, runs: Sequence[Run]) -> None:
    """Draw the form of an n-gram model; it reads the text as the newest neural model does, so that they compare."""
    followed = _newest(runs, "lm")
    with st.form("ngram", border=True):
        key = f"ngram {followed.id if followed else ''}"
        values = _grid(NgramConfig, NGRAM_NEAREST, key, 3, shared(followed))
        with st.expander("Advanced settings"):
            rest = [name for name in NgramConfig.model_fields if name not in (*NGRAM_NEAREST, "version")]
            values |= _grid(NgramConfig, rest, key, 2, shared(followed))
        if st.form_submit_button("Fit", type="primary"):
            config = parse_config(NgramConfig, {"version": version.id, **values})
            show_newest("ngram")
            title = ESTIMATORS[config.estimator].title
            start("ngram", f"{title} on {version.label}", config, (version.id,))


def neural_form(version: Version, runs: Sequence[Run]) -> None:
    """Draw the form of a neural model; it reads the text as the newest n-gram model does, so that they compare."""
    followed = _newest(runs, "ngram")
    with st.form("neural", border=True):
        key = f"neural {followed.id if followed else ''}"
        values = _grid(LmConfig, LM_NEAREST, key, 4, shared(followed))
        with st.expander("Advanced settings"):
            rest = [name for name in LmConfig.model_fields if name not in (*LM_NEAREST, "version")]
            values |= _grid(LmConfig, rest, key, 2, shared(followed))
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.form_submit_button("Train", type="primary")
            if followed:
                st.caption(
                    f"The tokenizer, the cutoff and the held-out rows are those of {plain(title_of(followed))}, "
                    "so that the two compare."
                )
            else:
                st.caption("Fit an n-gram model first, and its perplexity stands on the chart as a line to beat.")
        if pressed:
            config = parse_config(LmConfig, {"version": version.id, **values})
            show_newest("neural")
            start("lm", f"{NETWORKS[config.architecture]} on {version.label}", config, (version.id,))


def arpa_form(version: Version) -> None:
    """Draw the upload of an ARPA file, and how the text is read that its model judges."""
    upload = st.file_uploader(
        "An ARPA file, as KenLM, SRILM and this page write it",
        type=["arpa", "txt", "lm"],
        help="It becomes a model that can be asked and written with like one that was fitted here.",
    )
    with st.form("arpa", border=False):
        values = _grid(ArpaConfig, ("tokenizer", "unit", "lowercase"), "arpa", 3, {"tokenizer": "whitespace"})
        if st.form_submit_button("Import the model", disabled=upload is None) and upload:
            config = parse_config(ArpaConfig, {"version": version.id, "source": str(saved(upload)), **values})
            show_newest("ngram")
            start("arpa", f"Model from {upload.name[:80]}", config, (version.id,))


def shared(followed: Run | None) -> Mapping[str, Any]:
    """Return the settings under which a new model compares with the one of this run."""
    if followed is None:
        return {}
    chosen = {name: followed.config[name] for name in SHARED}
    return {**chosen, "cutoff": (followed.result or {}).get("cutoff", chosen["cutoff"])}


def _newest(runs: Sequence[Run], kind: str) -> Run | None:
    """Return the newest finished run of this kind whose words are those of the dataset."""
    finished = (run for run in runs if run.kind == kind and run.state == "finished")
    return next((run for run in finished if not run.config.get("vocabulary")), None)


def _grid(
    config: type[Config], names: Sequence[str], key: str, columns: int, defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Draw fields row by row and return their values."""
    values: dict[str, Any] = {}
    for first in range(0, len(names), columns):
        row = st.columns(columns, vertical_alignment="bottom")
        for name, column in zip(names[first : first + columns], row, strict=False):
            with column:
                values |= fields(config, [name], key, defaults)
    return values

"""Language models: n-gram models that are fitted in seconds, a neural one that learns live, and the two compared."""

from collections.abc import Sequence

import streamlit as st

from core.data.workspace import Version
from core.runs.store import Run
from pages.ui.frame import begin
from pages.ui.lm_basis import title_of
from pages.ui.lm_compare import comparison
from pages.ui.lm_forms import arpa_form, neural_form, ngram_form
from pages.ui.lm_neural import neural_result, panels_with_levels, samples
from pages.ui.lm_ngram import ngram_result
from pages.ui.lm_state import KINDS, TABS, current_tab, follow_tab, runs_of, shown, tab_chosen
from pages.ui.run_choice import run_choice
from pages.ui.run_panel import run_panel
from pages.ui.start_here import needed
from pages.ui.words import errors_as_sentences


def chosen(tab: str, runs: Sequence[Run]) -> Run | None:
    """Draw the choice among the runs of a tab, if there are several, and return the one to show."""
    run = shown(tab, runs)
    if run is not None:
        run_choice("Model", tab, [other for other in runs if other.kind in KINDS[tab]], run, title_of)
    return run


def ngram_tab(version: Version, runs: Sequence[Run], is_open: bool) -> None:
    ngram_form(version, runs)
    with st.expander("Bring a model in an ARPA file"):
        arpa_form(version)
    if is_open:
        run = chosen("ngram", runs)
        if run is None:
            st.caption("An n-gram model counts which words follow which. Press Fit: it takes seconds.")
            return
        run = run_panel(run.id)
        if run.state == "finished":
            ngram_result(run, version)


def neural_tab(version: Version, runs: Sequence[Run], is_open: bool) -> None:
    neural_form(version, runs)
    if is_open:
        run = chosen("neural", runs)
        if run is None:
            st.caption("A neural model learns to predict the next word by reading the text many times over.")
            return
        run = run_panel(run.id, panels_with_levels(run, runs, version))
        samples(run)
        if run.state == "finished":
            neural_result(run)


begin(
    "Language models",
    "A language model says how likely each next word is. Fit one, judge it on text it has not seen, let it write.",
)
with errors_as_sentences():
    version = needed("python-reference")
    runs = runs_of(version)
    tab = current_tab(runs)
    ngram, neural, compare = st.tabs(list(TABS.values()), key=follow_tab(tab), on_change=tab_chosen)
    with ngram, errors_as_sentences():
        ngram_tab(version, runs, tab == "ngram")
    with neural, errors_as_sentences():
        neural_tab(version, runs, tab == "neural")
    with compare, errors_as_sentences():
        if tab == "compare":
            comparison(runs, version)

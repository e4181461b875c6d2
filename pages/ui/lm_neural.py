"""A neural model while it learns and when it has: its curves beside the n-gram models, and what it writes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.data.workspace import Version
from core.jobs import Resumed, Sample
from core.runs.curves import Curves
from core.runs.store import Run
from pages.ui import lm_cache, session
from pages.ui.frame import POLL_S
from pages.ui.live_chart import Panel
from pages.ui.lm_basis import levels_for
from pages.ui.lm_tokens import neural_tokens
from pages.ui.lm_writing import neural_writing
from pages.ui.panels import panels_for
from pages.ui.run_panel import Panels
from pages.ui.words import duration, errors_as_sentences, plain

VIEWS = ("Write", "Token by token")
COMPARED = "Validation perplexity"


def panels_with_levels(run: Run, runs: Sequence[Run], version: Version) -> Panels:
    """Return the layout of the run's curves, with the n-gram models that compare as levels of the perplexity."""
    lay_out = panels_for(run.kind)
    levels = levels_for(run, runs, version, lm_cache.holds_out(version))

    def panels(drawn: Curves) -> list[Panel]:
        laid_out = list(lay_out(drawn)) if lay_out else []
        return [replace(p, levels=levels, log_y=True) if p.title == COMPARED else p for p in laid_out]

    return panels


def samples(run: Run) -> None:
    """Draw what the model wrote after each epoch, and go on while it learns."""
    st.fragment(_samples, run_every=POLL_S if run.active else None)(run.id)


def _samples(run_id: str) -> None:
    with errors_as_sentences():
        written = samples_of(run_id)
        if not written:
            st.caption("After each reading of the text the model writes a sample, which appears here.")
            return
        st.dataframe(
            {
                "Epoch": [f"{sample['epoch']:.1f}" for sample in reversed(written)],
                "What the model wrote": [sample["text"] for sample in reversed(written)],
            },
            hide_index=True,
            height=min(248, 38 + 35 * len(written)),
            column_config={
                "Epoch": st.column_config.TextColumn(width=70, help="How often it had read the text."),
                "What the model wrote": st.column_config.TextColumn(width=900),
            },
            alt="Samples by epoch",
        )


def samples_of(run_id: str) -> list[dict[str, Any]]:
    """Return what the run's model wrote, epoch by epoch; only events that are new since the last look are read."""
    seen, written = st.session_state.get(f"lm samples {run_id}", (0, []))
    fresh = session.runs().events(run_id, after=seen)
    for stored in fresh:
        event = stored.event
        if isinstance(event, Resumed):
            written = [sample for sample in written if sample["step"] <= event.step]
        elif isinstance(event, Sample) and event.name == "text":
            written = [*written, event.data]
    if fresh:
        st.session_state[f"lm samples {run_id}"] = (fresh[-1].seq, written)
    return written


def neural_result(run: Run) -> None:
    """Draw the numbers of a finished run and the ways to use its model."""
    result = run.result or {}
    judged = result["test"] or result["validation"]
    part = "test" if result["test"] else "validation"
    columns = st.columns(4)
    columns[0].metric("Perplexity", f"{judged['perplexity']:,.1f}", help=f"Of the {part} tokens; lower is better.")
    without = judged["perplexity_without_unknown"]
    known = "none" if without is None else f"{without:,.1f}"
    columns[1].metric("Without unknown words", known, help="The perplexity of the words that the model knows.")
    columns[2].metric("Bits per word", f"{judged['bits_per_token']:,.2f}", help="log2 of the perplexity.")
    share = judged["unknown"] / judged["tokens"]
    columns[3].metric("Unknown words", f"{share:.1%}", help="Tokens that are not in the vocabulary.")
    st.caption(
        f"{result['parameters']:,} parameters, {result['vocabulary_size']:,} words known. It learned for "
        f"{duration(result['seconds'])}, {result['tokens_per_second']:,.0f} tokens per second."
    )
    for note in result["notes"]:
        st.caption(plain(note))
    model = lm_cache.neural_model(run.folder)
    write, tokens = st.tabs(VIEWS, key=f"lm view {run.id}", on_change="rerun")
    if write.open:
        with write, errors_as_sentences():
            neural_writing(run, model)
    if tokens.open:
        with tokens, errors_as_sentences():
            neural_tokens(run, model, next((sample["text"] for sample in reversed(samples_of(run.id))), ""))

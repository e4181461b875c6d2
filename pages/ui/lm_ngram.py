"""A finished n-gram model: its numbers, its chart by order and estimator, and the ways to look into it."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.data.workspace import Version
from core.jobs import run as carry_out
from core.ngram.arpa import write_arpa
from core.ngram.estimators import ESTIMATORS
from core.ngram.model import NgramModel
from core.runs.store import Run
from pages.ui import lm_cache
from pages.ui.charts import curves
from pages.ui.downloads import Content, download_button
from pages.ui.figure import Chart, show
from pages.ui.lm_basis import compares
from pages.ui.lm_explorer import explorer
from pages.ui.lm_tokens import ngram_tokens
from pages.ui.lm_writing import ngram_writing, surprising
from pages.ui.words import errors_as_sentences, plain

VIEWS = ("Next word", "Token by token", "Write", "Surprising rows", "All settings tried", "ARPA file")
OF_FITTED = ("Surprising rows", "All settings tried")  # an imported model has none
TICKS = [digit * 10**power for power in range(7) for digit in (1, 1.5, 2, 3, 5, 7)]
MOST_ARPA_NGRAMS = 3_000_000  # about 100 MB, which a browser still takes


def ngram_result(run: Run, version: Version) -> None:
    """Draw all of a finished run."""
    result = run.result or {}
    figures(result["validation"])
    left, right = st.columns([2, 3], gap="large")
    with left:
        numbers(result)
    with right:
        if "trials" in result:
            show(by_order(result["trials"], result["cutoff"]), key=f"lm orders {run.id}")
    model = lm_cache.ngram_model(run.folder)
    views = [view for view in VIEWS if run.kind == "ngram" or view not in OF_FITTED]
    tabs = st.tabs(views, key=f"lm view {run.id}", on_change="rerun")
    drawn = {
        "Next word": lambda: explorer(run, model),
        "Token by token": lambda: ngram_tokens(run, model),
        "Write": lambda: ngram_writing(run, model, version),
        "Surprising rows": lambda: surprising(run, version),
        "All settings tried": lambda: trials_table(result["trials"]),
        "ARPA file": lambda: arpa_download(run, model),
    }
    for view, tab in zip(views, tabs, strict=True):
        if tab.open:
            with tab, errors_as_sentences():
                drawn[view]()


def figures(report: Mapping[str, Any]) -> None:
    """Draw the four numbers that say most about a model."""
    columns = st.columns(4)
    columns[0].metric("Perplexity", number(report["perplexity"]), help="Of the validation tokens; lower is better.")
    without = number(report["perplexity_without_unknown"])
    columns[1].metric("Without unknown words", without, help="The perplexity of the words that the model knows.")
    columns[2].metric("Bits per word", number(report["bits_per_token"], 2), help="log2 of the perplexity.")
    share = report["unknown"] / report["tokens"]
    columns[3].metric("Unknown words", f"{share:.1%}", help="Tokens that are not in the vocabulary.")


def numbers(result: Mapping[str, Any]) -> None:
    """Draw a table of all that was measured, and the notes that belong to it."""
    reports = {name: result[name.lower()] for name in ("Validation", "Test") if result[name.lower()]}
    measures = {"Tokens": ("tokens", 0), "Perplexity": ("perplexity", 1)}
    measures |= {"Perplexity without unknown words": ("perplexity_without_unknown", 1)}
    measures |= {"Bits per word": ("bits_per_token", 2), "Unknown words": ("unknown", 0)}
    measures |= {"Words of probability 0": ("zero_probability", 0)}
    st.dataframe(
        {"Measure": list(measures)}
        | {
            part: [number(report[key], digits) for key, digits in measures.values()] for part, report in reports.items()
        },
        hide_index=True,
        alt="What the model makes of the held-out rows",
    )
    ngrams, size = sum(result["ngrams"]), result["size"] / 1e6
    st.caption(f"It knows {result['vocabulary'] - 1:,} words and {ngrams:,} n-grams, {size:,.2f} MB on disk.")
    for note in dict.fromkeys([*result["notes"], *result["validation"]["notes"]]):
        st.caption(plain(note))


def number(value: float | None, digits: int = 1) -> str:
    """Return a measured number as text; where there is none, "none"."""
    return "none" if value is None else f"{value:,.{digits}f}"


def by_order(trials: Sequence[Mapping[str, Any]], cutoff: int) -> Chart:
    """Return the validation perplexity by order, a line an estimator, each at its best gamma, all at one cutoff."""
    best: dict[str, dict[int, float]] = {}
    for trial in trials:
        if trial["cutoff"] == cutoff and compares(trial):
            line = best.setdefault(ESTIMATORS[trial["estimator"]].title, {})
            line[trial["order"]] = min(trial["perplexity"], line.get(trial["order"], trial["perplexity"]))
    ranked = sorted(best.items(), key=lambda item: min(item[1].values()))
    lines = {name: (sorted(line), [line[order] for order in sorted(line)]) for name, line in ranked}
    chart = curves(lines, x_title="Order", y_title="Validation perplexity", log_y=True)
    chart.figure.update_xaxes(dtick=1).update_yaxes(tickvals=TICKS).update_traces(mode="lines+markers")
    chart.figure.update_traces(hovertemplate="%{y:,.1f}")
    return chart


def trials_table(trials: Sequence[Mapping[str, Any]]) -> None:
    """Draw all that was measured on the validation rows."""
    st.caption(
        "Every combination that was measured on the validation rows. The fewer words are known, the easier they are "
        "to predict: between cutoffs only the adjusted perplexity compares, which spreads the probability of the "
        "unknown word over the words that it stands for."
    )
    ranked = sorted(trials, key=lambda trial: (not compares(trial), trial["adjusted_perplexity"] or 0))
    st.dataframe(
        {
            "Estimator": [ESTIMATORS[trial["estimator"]].title for trial in ranked],
            "Order": [trial["order"] for trial in ranked],
            "Cutoff": [trial["cutoff"] for trial in ranked],
            "Gamma": [trial["gamma"] if trial["estimator"] == "lidstone" else None for trial in ranked],
            "Adjusted perplexity": [trial["adjusted_perplexity"] for trial in ranked],
            "Perplexity": [trial["perplexity"] for trial in ranked],
            "Without unknown": [trial["perplexity_without_unknown"] for trial in ranked],
            "Unknown": [trial["unknown"] for trial in ranked],
            "Probability 0": [trial["zero_probability"] for trial in ranked],
            "Adds up to 1": ["yes" if ESTIMATORS[trial["estimator"]].adds_up else "no" for trial in ranked],
        },
        hide_index=True,
        column_config={
            title: st.column_config.NumberColumn(format="%.1f")
            for title in ("Adjusted perplexity", "Perplexity", "Without unknown")
        },
        placeholder="",
        alt="Settings that were tried and their perplexities",
    )
    st.caption(
        "Where tokens have the probability 0, the perplexity is that of the other tokens and compares with none."
    )


def arpa_download(run: Run, model: NgramModel) -> None:
    """Draw the download of the model as an ARPA file."""
    st.write("ARPA is a text format for n-gram models that KenLM, SRILM and many recognisers and translators read.")
    if sum(model.settings.ngrams) > MOST_ARPA_NGRAMS:
        st.info(f"This model has {sum(model.settings.ngrams):,} n-grams, too many for a download from the browser.")
        st.caption("Write the file without a browser:")
        st.code("python -m core ngram fit --input FILE.txt --output DIR --arpa model.arpa", language="bash")
        return
    path = run.folder / "model.arpa"
    if not path.exists():
        with st.spinner("Writing the ARPA file"):
            carry_out(write_arpa(model, path))
    download_button(
        f"Download the ARPA file, {path.stat().st_size / 1e6:,.1f} MB",
        lambda: Content(path),
        "model.arpa",
        f"lm arpa {run.id}",
        icon=":material/download:",
    )

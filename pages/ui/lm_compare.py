"""The language models of a dataset side by side, and whether the neural one is worth it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.data.workspace import Version
from core.runs.store import Run
from pages.ui import lm_cache
from pages.ui.lm_basis import title_of, verdict
from pages.ui.lm_neural import samples_of
from pages.ui.words import plain

MOST = 12  # models, the newest
FAMILIES = {"ngram": "N-gram", "arpa": "N-gram", "lm": "Neural"}


def comparison(runs: Sequence[Run], version: Version) -> None:
    """Draw the verdict and the table."""
    finished = [run for run in runs if run.state == "finished" and run.result]
    if not finished:
        st.info("There is no finished model of this dataset version yet. Fit one, then train one, and compare them.")
        return
    _verdict(finished, version)
    place = st.empty()
    with place:  # at once, since measuring takes a moment
        _table([_row(run, speed=None) for run in finished[:MOST]])
    with st.spinner("Measuring how fast the models score text"):
        speeds = [lm_cache.scoring_speed(run, version) for run in finished[:MOST]]
    with place:
        _table([_row(run, speed) for run, speed in zip(finished[:MOST], speeds, strict=True)])
    st.caption(
        "Perplexities compare only between models with the same tokens, the same unknown tokens and the same words "
        "known. A model that knows fewer words predicts them more easily."
    )
    if len(finished) > MOST:
        st.caption(f"The newest {MOST} of {len(finished)} models are shown.")


def _table(rows: list[dict[str, Any]]) -> None:
    ranked = sorted(rows, key=lambda row: (row["Perplexity"] is None, row["Perplexity"] or 0.0))
    st.dataframe(
        {name: [row[name] for row in ranked] for name in ranked[0]},
        hide_index=True,
        column_config={
            "Perplexity": st.column_config.NumberColumn(format="%.1f", help="Of the validation tokens."),
            "Test perplexity": st.column_config.NumberColumn(format="%.1f"),
            "Without unknown": st.column_config.NumberColumn(format="%.1f", help="Of the words that it knows."),
            "Words known": st.column_config.NumberColumn(format="localized"),
            "Tokens": st.column_config.NumberColumn(format="localized", help="Validation tokens it was judged on."),
            "Unknown": st.column_config.NumberColumn(format="localized"),
            "Size (MB)": st.column_config.NumberColumn(format="%.1f", help="Of the model's folder."),
            "Training (s)": st.column_config.NumberColumn(
                format="%.1f", help="The whole run: for an n-gram model also the trying of all settings."
            ),
            "Tokens per second": st.column_config.NumberColumn(
                format="compact", help="When it scores text, measured here and now on one core, on validation rows."
            ),
            "Sample": st.column_config.TextColumn(width="large", help="What the model writes by itself."),
        },
        alt="The models of this dataset version",
    )


def _verdict(runs: Sequence[Run], version: Version) -> None:
    holds_out = lm_cache.holds_out(version)
    found = [found for part in ("test", "validation") if (found := verdict(runs, version, holds_out, part))]
    for one in found:
        (st.success if one.neural_is_better else st.warning)(plain(one.sentence))
    if found:
        return
    families = {FAMILIES[run.kind] for run in runs}
    if "Neural" not in families:
        st.info("There is no neural model yet. Train one on the Neural tab to see whether it beats the n-gram models.")
    elif "N-gram" not in families:
        st.info("There is no n-gram model yet. Fit one on the N-gram tab; it is ready in seconds.")
    else:
        st.warning(
            "No neural model and n-gram model of this dataset version were judged on the same tokens under the same "
            "vocabulary, so their perplexities do not compare. Train again with the tokenizer, unit, cutoff and "
            "held-out rows of the other."
        )


def _row(run: Run, speed: float | None) -> dict[str, Any]:
    result = run.result or {}
    report, test = result["validation"], result["test"]
    is_perplexity = report.get("adds_up", True)
    return {
        "Model": title_of(run),
        "Family": FAMILIES[run.kind],
        "Perplexity": report["perplexity"] if is_perplexity else None,
        "Test perplexity": test["perplexity"] if test and is_perplexity else None,
        "Without unknown": report["perplexity_without_unknown"] if is_perplexity else None,
        "Tokens": report["tokens"],
        "Unknown": report["unknown"],
        "Probability 0": report["zero_probability"],
        "Words known": result["vocabulary"] - 1 if "vocabulary" in result else result["vocabulary_size"],
        "Size (MB)": sum(path.stat().st_size for path in (run.folder / result["model"]).iterdir()) / 1e6,
        "Training (s)": result["seconds"],
        "Tokens per second": speed,
        "Sample": _sample(run),
    }


def _sample(run: Run) -> str:
    if run.kind == "lm":
        return next((sample["text"] for sample in reversed(samples_of(run.id))), "")
    return next(iter((run.result or {}).get("texts", [])), "")

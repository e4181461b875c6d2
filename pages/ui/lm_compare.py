"""The language models of a dataset side by side, and whether the neural one is worth it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.data.workspace import Version
from core.runs.store import Run
from pages.ui import lm_cache
from pages.ui.lm_basis import title_of, verdict
from pages.ui.lm_interval import ratio_interval
from pages.ui.lm_neural import samples_of
from pages.ui.words import plain

MOST = 12  # models, the newest


def comparison(runs: Sequence[Run], version: Version) -> None:
    """Draw the verdict, the table, and what the models write."""
    finished = [run for run in runs if run.state == "finished" and run.result]
    if not finished:
        st.info("There is no finished model of this dataset version yet. Fit one, then train one, and compare them.")
        return
    compared = sorted(finished[:MOST], key=lambda run: (_perplexity(run) is None, _perplexity(run) or 0.0))
    above, place = st.container(), st.empty()
    with place:  # at once, since measuring takes a moment
        _table(compared, [None] * len(compared))
    st.caption(
        "Perplexities compare only between models with the same tokens, the same unknown tokens and the same words "
        "known. A model that knows fewer words predicts them more easily."
    )
    if len(finished) > MOST:
        st.caption(f"The newest {MOST} of {len(finished)} models are shown.")
    st.subheader("What they write")
    for run in compared:
        st.caption(plain(title_of(run)))
        st.code(_sample(run) or " ", language=None, wrap_lines=True)
    with above:
        _verdict(finished, version)
    with above, st.spinner("Measuring how fast the models score text"):
        speeds = [lm_cache.scoring_speed(run, version) for run in compared]
    with place:
        _table(compared, speeds)


def _verdict(runs: Sequence[Run], version: Version) -> None:
    holds_out = lm_cache.holds_out(version)
    found = [found for part in ("test", "validation") if (found := verdict(runs, version, holds_out, part))]
    for one in found:
        if one.ngram.is_kept:
            one = replace(one, interval=ratio_interval(one.neural.run, one.ngram.run, version, one.part))
        (st.success if one.neural_is_better else st.warning)(plain(" ".join(one.sentences)))
    if found:
        return
    families = {run.kind == "lm" for run in runs}
    if families == {False}:
        st.info("There is no neural model yet. Train one on the Neural tab to see whether it beats the n-gram models.")
    elif families == {True}:
        st.info("There is no n-gram model yet. Fit one on the N-gram tab; it is ready in seconds.")
    else:
        st.warning(
            "No neural model and n-gram model of this dataset version were judged on the same tokens under the same "
            "vocabulary, so their perplexities do not compare. Train again with the tokenizer, unit, cutoff and "
            "held-out rows of the other."
        )


def _table(runs: Sequence[Run], speeds: Sequence[float | None]) -> None:
    rows = [_row(run, speed) for run, speed in zip(runs, speeds, strict=True)]
    names = [name for name in rows[0] if name != "Test perplexity" or any(row[name] is not None for row in rows)]
    st.dataframe(
        {name: [row[name] for row in rows] for name in names},
        hide_index=True,
        column_config={
            "Perplexity": st.column_config.NumberColumn(format="%.1f", help="Of the validation tokens."),
            "Test perplexity": st.column_config.NumberColumn(format="%.1f"),
            "Known words only": st.column_config.NumberColumn(format="%.1f", help="Perplexity of the words it knows."),
            "Words known": st.column_config.NumberColumn(format="localized"),
            "Size (MB)": st.column_config.NumberColumn(format="%.2f", help="Of the model's folder."),
            "Training (s)": st.column_config.NumberColumn(
                format="%.1f", help="The whole run: for an n-gram model also the trying of all settings."
            ),
            "Tokens per second": st.column_config.NumberColumn(
                format="compact", help="When it scores text, measured here and now on one core, on validation rows."
            ),
            "Tokens": st.column_config.NumberColumn(format="localized", help="Validation tokens it was judged on."),
            "Unknown": st.column_config.NumberColumn(format="localized", help="Of them unknown to the model."),
            "Probability 0": st.column_config.NumberColumn(help="Of them left aside, since it gives them no chance."),
        },
        alt="The models of this dataset version",
    )


def _row(run: Run, speed: float | None) -> dict[str, Any]:
    result = run.result or {}
    report = result["validation"]
    test = result["test"] if _perplexity(run) is not None else None
    return {
        "Model": title_of(run),
        "Perplexity": _perplexity(run),
        "Test perplexity": test["perplexity"] if test else None,
        "Known words only": report["perplexity_without_unknown"] if _perplexity(run) is not None else None,
        "Words known": result["vocabulary"] - 1 if "vocabulary" in result else result["vocabulary_size"],
        "Size (MB)": sum(path.stat().st_size for path in (run.folder / result["model"]).iterdir()) / 1e6,
        "Training (s)": result["seconds"],
        "Tokens per second": speed,
        "Tokens": report["tokens"],
        "Unknown": report["unknown"],
        "Probability 0": report["zero_probability"],
    }


def _perplexity(run: Run) -> float | None:
    """Return the perplexity of the validation tokens; None for scores that are no probabilities."""
    report = (run.result or {})["validation"]
    return report["perplexity"] if report.get("adds_up", True) else None


def _sample(run: Run) -> str:
    if run.kind == "lm":
        return next((sample["text"] for sample in reversed(samples_of(run.id))), "")
    return next(iter((run.result or {}).get("texts", [])), "")

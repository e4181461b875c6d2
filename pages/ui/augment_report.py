"""What an augmentation did, in numbers, in charts, and row by row."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.augmentation.catalogue import gates
from core.runs.store import Run
from pages.ui.augment_outcomes import outcome_table
from pages.ui.charts import bars
from pages.ui.figure import show
from pages.ui.words import plain

FIGURES = {
    "rows": "Train rows",
    "tokens": "Tokens",
    "vocabulary": "Vocabulary",
    "distinct_1": "Distinct-1",
    "distinct_2": "Distinct-2",
}


def report(run: Run) -> None:
    """Draw the report of a finished augmentation (core.augmentation.report.Report as a dict in its result)."""
    found: Mapping[str, Any] = run.result["report"]
    cosine = found["mean_cosine"]
    numbers = {
        "New rows": f"{found['accepted']:,}",
        "Left unchanged": f"{found['unchanged']:,}",
        "Rejected": f"{sum(found['rejected'].values()) + found['duplicates']:,}",
        "Mean cosine": "not measured" if cosine is None else f"{cosine:.3f}",
    }
    with st.container(horizontal=True, gap="large"):
        for name, value in numbers.items():
            st.metric(name, value, help=MEANINGS.get(name), width="content")
    st.caption(
        f"{found['tried']:,} texts were tried and {found['produced']:,} changed in {found['seconds']:.3g} s, "
        f"{found['rows_per_second']:,.0f} texts a second. Getting the steps ready is counted, judging the texts is not."
    )
    for note in found["notes"]:
        st.caption(plain(note))
    left, right = st.columns(2)
    with left:
        _charts(found, run.id)
    with right:
        _before_and_after(found)
    outcome_table(run)


MEANINGS = {
    "Left unchanged": "Texts in which no step found anything to change.",
    "Rejected": "Texts that did not pass a gate or repeated another new row.",
    "Mean cosine": "How near the new rows' meaning is to their source rows': 1 is the same. Measured on some of them.",
}


def _charts(found: Mapping[str, Any], key: str) -> None:
    reasons = {"Repeats a new row": found["duplicates"]}
    reasons |= {gates()[name].title: count for name, count in found["rejected"].items()}
    outcomes = {"Accepted": found["accepted"], "Unchanged": found["unchanged"], "Rejected": sum(reasons.values())}
    st.markdown("#### What became of every text tried")
    show(_bars(outcomes, "Outcome"), key=f"outcomes {key}")
    reasons = {reason: count for reason, count in reasons.items() if count}
    if reasons:
        st.markdown("#### Why texts were rejected")
        show(_bars(reasons, "Gate that was not passed"), key=f"reasons {key}")


def _bars(counts: Mapping[str, int], x_title: str) -> Any:
    return bars(list(counts), list(counts.values()), x_title=x_title, y_title="Texts", horizontal=True)


def _before_and_after(found: Mapping[str, Any]) -> None:
    st.markdown("#### The train rows before and after")
    right = {name: st.column_config.TextColumn(alignment="right", width="small") for name in ("Before", "After")}
    rows = [(title, found["before"][name], found["after"][name]) for name, title in FIGURES.items()]
    _table(rows, "Of the train rows", right)
    st.caption(
        "The vocabulary is the number of different tokens. Distinct-1 is its share of all tokens, and distinct-2 the "
        "share of different pairs of neighbouring tokens among all pairs."
    )
    if len(found["labels_before"]) > 1:
        st.markdown("#### Train rows by label")
        labels = found["labels_before"]
        _table([(label, count, found["labels_after"][label]) for label, count in labels.items()], "Label", right)


def _table(rows: list[tuple[str, float, float]], title: str, columns: Any) -> None:
    shown = [{title: name} | {"Before": _number(before), "After": _number(after)} for name, before, after in rows]
    st.dataframe(shown, hide_index=True, column_config=columns)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"

"""What an augmentation did, in numbers, a chart, and accepted and rejected rows one can search."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.augmentation.catalogue import gates
from pages.ui.charts import bars
from pages.ui.figure import show

FIGURES = {
    "rows": "Train rows",
    "tokens": "Tokens",
    "vocabulary": "Different tokens",
    "distinct_1": "Different tokens per token",
    "distinct_2": "Different token pairs per pair",
}


def report(found: Mapping[str, Any], key: str) -> None:
    """Draw a report (core.augmentation.report.Report as a dict)."""
    numbers = {
        "New rows": f"{found['accepted']:,}",
        "Left unchanged": f"{found['unchanged']:,}",
        "Rejected": f"{sum(found['rejected'].values()) + found['duplicates']:,}",
        "Mean cosine": f"{found['mean_cosine']:.3f}" if found["mean_cosine"] is not None else "not measured",
    }
    for column, (name, value) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        column.metric(name, value)
    outcomes = {"Accepted": found["accepted"], "Unchanged": found["unchanged"], "Repeated": found["duplicates"]}
    outcomes |= {gates()[name].title: count for name, count in found["rejected"].items() if count}
    left, right = st.columns(2)
    with left:
        st.markdown("#### What became of every text tried")
        chart = bars(list(outcomes), list(outcomes.values()), x_title="Outcome", y_title="Texts", horizontal=True)
        show(chart, key=f"outcomes {key}")
    with right:
        st.markdown("#### The train rows before and after")
        rows = [
            {"": title, "Before": found["before"][name], "After": found["after"][name]}
            for name, title in FIGURES.items()
        ]
        st.dataframe(rows, hide_index=True)
    for title, name in (("Accepted rows", "accepted_rows"), ("Rejected rows", "rejected_rows")):
        if found[name]:
            st.markdown(f"#### {title}")
            columns = {"before": "Before", "after": "After", "label": "Label", "operator": "Made by"}
            columns |= {"explanation": "Why it was rejected"} if name == "rejected_rows" else {}
            st.dataframe([{t: row[c] for c, t in columns.items()} for row in found[name]], hide_index=True)

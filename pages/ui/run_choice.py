"""The choice among the runs of a tab, which the link keeps."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.runs.store import Run
from pages.ui.words import ago, plain, told_apart


def run_choice(label: str, tab: str, runs: Sequence[Run], shown: Run, title: Callable[[Run], str]) -> None:
    """Draw the choice among `runs`, the newest first, or the title of the only one.

    Args:
        label: What the box is called.
        tab: The tab's name in the link, where it is written together with the run that is chosen.
        runs: All that can be chosen.
        shown: The one that is.
        title: What a run is called, beside its age.
    """
    if len(runs) == 1:
        st.subheader(plain(title(shown)))
        return
    by_id = {run.id: run for run in reversed(runs)}  # a name stays what it is when a newer run has the same
    name = told_apart(list(by_id), lambda run_id: f"{title(by_id[run_id])}, {ago(by_id[run_id].created)}")
    key = f"run of {tab}"
    st.session_state[key] = shown.id
    st.selectbox(label, [run.id for run in runs], format_func=name, key=key, on_change=_chosen, args=(tab, key))


def _chosen(tab: str, key: str) -> None:
    st.query_params["tab"], st.query_params["run"] = tab, st.session_state[key]

"""What the Language models page shows, kept in the link: the tab, and the run whose model is looked at."""

from collections.abc import Sequence

import streamlit as st

from core.data.workspace import Version
from core.runs.store import Run
from pages.ui import session

TABS = {"ngram": "N-gram", "neural": "Neural", "compare": "Comparison"}
KINDS = {"ngram": ("ngram", "arpa"), "neural": ("lm",)}  # of the runs that a tab shows
ALL = tuple(kind for kinds in KINDS.values() for kind in kinds)
TAB_KEY = "lm tab"


def runs_of(version: Version) -> list[Run]:
    """Return the runs that made a language model of this version, the newest first."""
    return [run for run in session.runs().runs() if run.kind in ALL and version.id in run.inputs]


def current_tab(runs: Sequence[Run]) -> str:
    """Return the tab of the link, else that of the link's run, else the first one."""
    tab = st.query_params.get("tab")
    if tab in TABS:
        return tab
    linked = next((run for run in runs if run.id == st.query_params.get("run")), None)
    return next((tab for tab, kinds in KINDS.items() if linked and linked.kind in kinds), "ngram")


def follow_tab(tab: str) -> str:
    """Return the key of the tabs, which then show `tab`."""
    st.session_state[TAB_KEY] = TABS[tab]
    return TAB_KEY


def tab_chosen() -> None:
    """Write the tab that was clicked into the link; for the callback of the tabs."""
    st.query_params["tab"] = next(tab for tab, title in TABS.items() if title == st.session_state[TAB_KEY])
    st.query_params.pop("run", None)


def shown(tab: str, runs: Sequence[Run]) -> Run | None:
    """Return the run of the link, else the one that this session last looked at, else the newest; of this tab's."""
    own = [run for run in runs if run.kind in KINDS[tab]]
    wanted = (st.query_params.get("run"), st.session_state.get(f"lm shown {tab}"))
    found = next((run for run_id in wanted for run in own if run.id == run_id), own[0] if own else None)
    if found:
        st.query_params["tab"], st.query_params["run"] = tab, found.id
        st.session_state[f"lm shown {tab}"] = found.id
    return found


def show_newest(tab: str) -> None:
    """Let the tab show its newest run, whatever the link says; for what starts one."""
    st.query_params.pop("run", None)
    st.session_state.pop(f"lm shown {tab}", None)

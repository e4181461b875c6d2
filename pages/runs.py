"""Runs: everything that was started, what became of it, and its curves."""

import streamlit as st

from core.runs.kinds import KINDS
from core.runs.store import Run
from pages.ui import session
from pages.ui.frame import begin
from pages.ui.panels import panels_for
from pages.ui.run_panel import STATES, run_panel
from pages.ui.words import NothingMore, ago, duration, errors_as_sentences, plain


def table(runs: list[Run]) -> Run | None:
    """Draw the runs and return the one that is chosen: by a click, else by the link."""
    event = st.dataframe(
        {
            "Run": [run.name for run in runs],
            "Kind": [KINDS[run.kind].title for run in runs],
            "State": [STATES[run.state] for run in runs],
            "Started": [ago(run.started) if run.started else "not yet" for run in runs],
            "Took": [duration(run.seconds) if run.started else "" for run in runs],
            "Result": [(run.result or {}).get("summary", run.message) for run in runs],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="runs",
    )
    rows = event["selection"]["rows"]
    if rows:
        st.query_params["run"] = runs[rows[0]].id
    if "run" in st.query_params:
        return session.runs().run(st.query_params["run"])
    return None


begin(
    "Runs",
    "Every run keeps its settings, its curves and its result. Closing the browser stops none.",
)
with errors_as_sentences():
    runs = session.runs().runs()
    if not runs:
        st.info("Nothing has run yet. Import a dataset or train a model, and it shows up here.")
        st.page_link("pages/datasets.py", label="Go to Datasets", icon=":material/database:")
        raise NothingMore
    chosen = table(runs)
    if chosen is None:
        st.caption("Click the box at the left of a row to see its curves and settings.")
    else:
        st.subheader(plain(chosen.name))
        chosen = run_panel(chosen.id, panels_for(chosen.kind))
        with st.expander("Settings"):
            st.json(dict(chosen.config))
        if not chosen.active and st.button("Delete this run", help="Its curves, its checkpoints and its model go too."):
            session.delete_run(chosen)
            st.query_params.pop("run", None)
            st.rerun()

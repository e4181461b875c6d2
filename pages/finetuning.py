"""Fine-tuning: a pretrained BERT learns the labels of the dataset in use, live, and is judged."""

import streamlit as st

from core.data.workspace import Version
from core.runs.store import Run
from pages.ui import session
from pages.ui.finetune_compare import compare_tab
from pages.ui.finetune_errors import errors_tab
from pages.ui.finetune_form import form
from pages.ui.finetune_live import live
from pages.ui.finetune_microscope import microscope_tab
from pages.ui.finetune_score import score_tab
from pages.ui.finetune_take_home import take_home_tab
from pages.ui.finetune_try import try_tab
from pages.ui.frame import begin
from pages.ui.run_panel import latest_run
from pages.ui.start_here import needed
from pages.ui.words import duration, errors_as_sentences, plain

TABS = {
    "Score": score_tab,
    "Errors": errors_tab,
    "Microscope": microscope_tab,
    "Try it": try_tab,
    "Take home": take_home_tab,
}


def run_shown(version: Version) -> Run | None:
    """The run of the link, else this session's latest, else the latest on this dataset version."""
    if "run" in st.query_params:
        return session.runs().run(st.query_params["run"])
    mine = latest_run("finetune")
    if mine and version.id in mine.inputs:
        return mine
    return next((r for r in session.runs().runs() if r.kind == "finetune" and version.id in r.inputs), None)


def results(run: Run, version: Version) -> None:
    """Draw what is known of a finished run; only the tab that is open is worked out."""
    tabs = st.tabs([*TABS, "Compare"], key=f"results {run.id}", on_change="rerun")
    for tab, draw in zip(tabs, [*TABS.values(), lambda run: compare_tab(version, run)], strict=True):
        if tab.open:
            with tab, errors_as_sentences():
                draw(run)


begin(
    "Fine-tuning",
    "A BERT that has read a great deal of text learns your labels from your examples, and is judged on others.",
)
with errors_as_sentences():
    version = needed()
    form(version)
    run = run_shown(version)
    if run is None:
        st.caption("The model is inside the app: 22.7 million parameters, no download. Press Train to begin.")
    else:
        st.query_params["run"] = run.id
        st.subheader(plain(run.name))
        live(run, version)
        if run.state == "finished":
            st.caption(f"It took {duration(run.seconds)}.")
            results(run, version)

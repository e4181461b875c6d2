"""Datasets: bring text in, and see what is there."""

import streamlit as st

from core.data.lineage import describe
from core.text.language import LANGUAGES
from pages.ui import dataset, session, sources
from pages.ui.frame import begin
from pages.ui.run_panel import latest_run, run_panel
from pages.ui.words import ago, errors_as_sentences, plain

WAYS = {
    "Samples": sources.samples,
    "File": sources.file,
    "Hub": sources.hub,
    "Catalogue": sources.open_datasets,
}


def yours() -> None:
    versions = session.workspace().latest()
    if not versions:
        st.caption("None yet: load a sample or import a file.")
        return
    picked = st.dataframe(
        {
            "Dataset": [v.dataset for v in versions],
            "Version": [v.number for v in versions],
            "Rows": [v.rows for v in versions],
            "Language": [LANGUAGES.get(v.language, v.language) for v in versions],
            "Changed": [ago(v.created) for v in versions],
            "What was done last": [describe(v) for v in versions],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="yours",
        column_config={"Rows": st.column_config.NumberColumn(format="localized")},
    )
    rows = picked["selection"]["rows"]
    if rows and rows[0] < len(versions) and st.button("Use this dataset", type="primary"):
        dataset.choose(versions[rows[0]].id)
        st.switch_page("pages/explore.py")


begin(
    "Datasets",
    "Bring text in from a sample, a file or the hub. Every import makes a dataset that is yours to change.",
)
with errors_as_sentences():
    way = st.segmented_control("Where the text comes from", list(WAYS), default="Samples", key="way")
    WAYS[way or "Samples"]()
with errors_as_sentences():
    imported = latest_run("import")
    if imported:
        st.subheader(f"Import of {plain(imported.name)}", anchor=False)
        run = run_panel(imported.id)
        if run.state == "finished":
            for note in (run.result or {}).get("notes", ()):
                st.caption(plain(note))
            st.page_link("pages/explore.py", label="Explore it", icon=":material/search:")
with errors_as_sentences():
    st.subheader("Your datasets")
    yours()

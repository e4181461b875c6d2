"""What a page shows when there is no dataset yet: something to load, never an empty frame."""

from typing import NoReturn

import streamlit as st

from core.config import parse_config
from core.data.importing import ImportConfig
from core.data.workspace import Version
from pages.ui import dataset
from pages.ui.run_panel import latest_run, run_panel, start


def needed() -> Version:
    """Return the dataset version in use; without one, offer a sample and end the page."""
    return dataset.chosen() or _offer_a_sample()


def _offer_a_sample() -> NoReturn:
    st.info("There is no dataset yet. Load a sample to look around, or bring your own on the Datasets page.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Load the sample reviews", type="primary"):
            start("import", "reviews", parse_config(ImportConfig, {"source": "builtin:reviews"}))
        st.page_link("pages/datasets.py", label="Bring your own", icon=":material/upload:")
    run = latest_run("import")
    if run:
        run_panel(run.id)
    st.stop()

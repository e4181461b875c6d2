"""What a page shows when there is no dataset yet: something to load, never an empty frame."""

from typing import NoReturn

import streamlit as st

from core.config import parse_config
from core.data.importing import ImportConfig
from core.data.workspace import Version
from pages.ui import dataset
from pages.ui.run_panel import latest_run, run_panel, start
from pages.ui.words import NothingMore

SAMPLES = {"reviews": "Load the sample reviews", "python-reference": "Load the sample Python reference"}


def needed(sample: str = "reviews") -> Version:
    """Return the dataset version in use; without one, offer the built-in dataset `sample` and end the block."""
    return dataset.chosen() or _offer_a_sample(sample)


def _offer_a_sample(sample: str) -> NoReturn:
    st.info("There is no dataset yet. Load a sample to look around, or bring your own on the Datasets page.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(SAMPLES[sample], type="primary"):
            start("import", sample, parse_config(ImportConfig, {"source": f"builtin:{sample}"}))
        st.page_link("pages/datasets.py", label="Bring your own", icon=":material/upload:")
    run = latest_run("import")
    if run and run.state != "finished":  # what it made was deleted since
        run_panel(run.id)
    raise NothingMore

"""Corpus Lab in the browser: page config and navigation, nothing else."""

from pathlib import Path

import streamlit as st

from pages.ui import frame

# The icon is a file of ours: a Material icon here would be fetched from the network.
st.set_page_config(
    page_title="Corpus Lab",
    page_icon=Path(__file__).parent / "pages/ui/icon.png",
    layout="wide",
    # Streamlit shows the menu, and the choice of theme with it, only where it has an entry.
    menu_items={"About": "Corpus Lab: look into a text dataset, extend it, and measure whether that helped."},
)
frame.navigation().run()

"""Corpus Lab in the browser: page config and navigation, nothing else."""

import streamlit as st

from pages.ui import frame

st.set_page_config(page_title="Corpus Lab", page_icon=":material/dataset:", layout="wide")
frame.navigation().run()

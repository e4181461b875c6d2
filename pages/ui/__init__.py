"""What the pages share.

A folder named pages makes Streamlit run its files by themselves until st.navigation was called once, so the first
visitor after a start who follows a link to a page would see it without its frame. Importing this package, which every
page does first, ends that and runs the app anew.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

if PagesManager.uses_pages_directory and get_script_run_ctx() is not None:
    PagesManager.uses_pages_directory = False
    st.rerun()

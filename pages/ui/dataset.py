"""The dataset in use: chosen once in the sidebar, kept across pages and in the link."""

import streamlit as st

from core.data.workspace import Version
from core.errors import NotFound
from core.text.language import language_in_words
from pages.ui import session

PARAMETER = "version"
GONE = "The dataset of this link is not here: it was deleted, or it is someone else's."


def choose(version_id: str) -> None:
    """Make a version the one in use."""
    st.session_state.version = version_id
    st.query_params[PARAMETER] = version_id


def chosen() -> Version | None:
    """Return the version in use: the link's, else this session's, else the newest; None without any dataset."""
    workspace = session.workspace()
    for version_id in (st.query_params.get(PARAMETER), st.session_state.get("version")):
        if version_id:
            try:
                version = workspace.version(version_id)
            except NotFound:
                if version_id != st.session_state.get("version"):  # which was deleted here
                    st.toast(GONE, icon=":material/link_off:", duration="long")
                continue
            choose(version.id)
            return version
    latest = workspace.latest()
    if not latest:
        st.query_params.pop(PARAMETER, None)
        return None
    choose(latest[0].id)
    return latest[0]


def picker() -> None:
    """Draw the sidebar's dataset picker."""
    version = chosen()
    if version is None:
        st.caption("No dataset yet")
        return
    choices = {v.id: v for v in session.workspace().latest()}
    choices.setdefault(version.id, version)
    st.session_state.picked = version.id
    st.selectbox(
        "Dataset",
        list(choices),
        format_func=lambda version_id: choices[version_id].label,
        key="picked",
        on_change=lambda: choose(st.session_state.picked),
        help="The dataset that every page works on, and which of its versions.",
    )
    st.caption(f"{version.rows_in_words}, {language_in_words(version.language)}")

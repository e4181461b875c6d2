"""The frame of every page: navigation by sections, the dataset in use, and the runs that are going on."""

import time

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from core.runs.store import Run
from pages.ui import dataset, session
from pages.ui.theme import follow_theme
from pages.ui.words import errors_as_sentences, plain

SECTIONS: dict[str, list[tuple[str, str, str]]] = {
    "Start": [("overview", "Overview", "route")],
    "Data": [
        ("datasets", "Datasets", "database"),
        ("explore", "Explore", "search"),
        ("prepare", "Prepare", "tune"),
        ("history", "History", "account_tree"),
    ],
    "Extend": [("augment", "Augment", "library_add"), ("gans", "GANs", "grid_view")],
    "Train": [
        ("language_models", "Language models", "auto_stories"),
        ("finetuning", "Fine-tuning", "model_training"),
    ],
    "Compare": [("runs", "Runs", "list_alt")],
}
POLL_S = 1.0  # between looks at what goes on; one with charts takes the browser 0.2 s of a core that trains
TITLE_FIRST_S = 0.1  # what comes together with the title is drawn together with it, which may take a browser long


def navigation() -> StreamlitPage:
    """Return the page to run, which draws the frame with `begin`."""
    pages = {
        section: [
            st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", default=name == "overview")
            for name, title, icon in entries
        ]
        for section, entries in SECTIONS.items()
    }
    page = st.navigation(pages, position="hidden")
    st.session_state.sections = pages
    session.supervisor()
    session.remember_owner()
    return page


def begin(title: str, sentence: str) -> None:
    """Draw what every page begins with: its title and what it is for, which a click waits for, then the sidebar.

    A folder named pages makes Streamlit run its files by themselves until st.navigation was called once, so visitors
    who follow a link to a page right after a start would see it without its frame. Such a run is begun anew, with it.
    """
    if "sections" not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.title(title)
    st.write(sentence)
    if st.session_state.setdefault("title", title) != title:
        st.session_state.title = title
        time.sleep(TITLE_FIRST_S)
    with st.sidebar, errors_as_sentences():
        st.markdown("## Corpus Lab")
        dataset.picker()
        for section, entries in st.session_state.sections.items():
            st.caption(section)
            for entry in entries:
                st.page_link(entry)
        going_on = session.runs().runs(states=("queued", "running"))
        st.fragment(_going_on, run_every=POLL_S if going_on else None)()
        follow_theme()


def _going_on() -> None:
    """Draw the runs that are going on, each with a thin bar and a link."""
    with errors_as_sentences():
        active = session.runs().runs(states=("queued", "running"))
        if active:
            st.caption("Going on")
        for run in reversed(active):
            st.page_link("pages/runs.py", label=plain(run.name), query_params={"run": run.id})
            st.progress(share_done(run), text=f"Waiting, place {run.place}" if run.state == "queued" else None)
        problem = session.supervisor().problem
        if problem:
            st.error(plain(problem))


def share_done(run: Run) -> float:
    """Return how much of a run is done, from 0 to 1; 0 when its total is not known."""
    if run.progress and run.progress.total:
        return min(1.0, run.progress.done / run.progress.total)
    return 0.0

"""The tab Digits of the GANs page: train a GAN of handwritten digits, watch it, and look into what it has learned."""

import streamlit as st

from core.runs.store import Run
from pages.ui import session
from pages.ui.gan_digits_form import digits_form
from pages.ui.gan_digits_live import controls, curves_explained, panels, pictures_over_time
from pages.ui.gan_digits_result import digits_result
from pages.ui.run_choice import run_choice
from pages.ui.run_panel import run_panel

KIND = "gan_digits"


def digits_tab() -> None:
    """Draw the tab."""
    digits_form()
    run = _chosen([run for run in session.runs().runs() if run.kind == KIND])
    if run is None:
        st.caption(
            "The generator turns random numbers into pictures; the discriminator looks at real and generated ones and "
            "tells which is which. Each learns from the other's mistakes. Press Train: within minutes, digits appear."
        )
        return
    run = run_panel(run.id, panels)
    curves_explained()
    if run.active:
        controls(run)
    pictures_over_time(run)
    if run.state == "finished":
        digits_result(run)


def _chosen(runs: list[Run]) -> Run | None:
    """Draw the choice among the runs, if there are several, and return the one to show: the link's, else the newest."""
    if not runs:
        return None
    run = next((run for run in runs if run.id == st.query_params.get("run")), runs[0])
    run_choice("Training", "digits", runs, run, lambda run: run.name)
    return run

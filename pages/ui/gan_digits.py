"""The tab Digits of the GANs page: train a GAN of handwritten digits, watch it, and look into what it has learned."""

import streamlit as st

from core.config import parse_config
from core.gan.digits.config import DigitsConfig
from pages.ui.forms import fields
from pages.ui.run_panel import latest_run, run_panel, start


def digits_tab() -> None:
    """Draw the tab."""
    with st.form("gan digits", border=True):
        values = fields(DigitsConfig, ("model", "preset", "max_minutes"), "gan digits")
        if st.form_submit_button("Train", type="primary"):
            start("gan_digits", "GAN of digits", parse_config(DigitsConfig, values))
    run = latest_run("gan_digits")
    if run:
        run_panel(run.id)

"""GANs: a generator and a discriminator learn from each other, of handwritten digits and of text."""

import streamlit as st

from pages.ui.frame import begin
from pages.ui.gan_digits import digits_tab
from pages.ui.gan_text import text_tab
from pages.ui.words import errors_as_sentences

TABS = {"digits": ("Digits", digits_tab), "text": ("Text", text_tab)}  # by the name in the link

TAB_KEY = "gan tab"


def tab_chosen() -> None:
    st.query_params["tab"] = next(name for name, (title, _) in TABS.items() if title == st.session_state[TAB_KEY])
    st.query_params.pop("run", None)


begin(
    "GANs",
    "Two networks learn from each other: a generator makes things up, a discriminator tells them from real ones.",
)
named = st.query_params.get("tab", "digits")
st.session_state[TAB_KEY] = TABS[named if named in TABS else "digits"][0]
drawn = st.tabs([title for title, _ in TABS.values()], key=TAB_KEY, on_change=tab_chosen)
for tab, (_, draw) in zip(drawn, TABS.values(), strict=True):
    with tab, errors_as_sentences():
        draw()

"""The steps of an augmentation recipe as cards: add, reorder, remove, and settings from each operator's config."""

from typing import Any

import streamlit as st

from core.augmentation.catalogue import gates, operators
from core.augmentation.operator import OperatorConfig
from core.augmentation.recipe import Recipe
from pages.ui import session
from pages.ui.forms import fields
from pages.ui.words import plain

FIRST = "synonym_replacement"
# Paths on the server's disk are offered only to someone whose own machine it is.
PATHS = ("file", "model", "forward", "backward")


def steps(language: str) -> list[dict[str, Any]]:
    """Draw the cards and return the steps as a recipe writes them."""
    chosen: list[dict[str, Any]] = st.session_state.setdefault("steps", [{"number": 0, "use": _first(language)}])
    written = [
        {"use": step["use"], **_card(place, step, len(chosen), language)} for place, step in enumerate(list(chosen))
    ]
    kinds = operators()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        use = st.selectbox("Add a step", list(kinds), format_func=lambda name: kinds[name].title, key="new step")
        if st.button("Add", icon=":material/add:"):
            chosen.append({"number": max([s["number"] for s in chosen], default=0) + 1, "use": use})
            st.rerun()
    return written


def chosen_gates() -> list[dict[str, Any]]:
    """Draw the gates and return the chosen ones as a recipe writes them."""
    written = []
    for name, gate in gates().items():
        if name == "held_out":
            continue  # always checked
        if st.toggle(gate.title, value=name == "novelty", help=gate.summary, key=f"gate {name}"):
            written.append({"use": name, **fields(gate, list(gate.model_fields), f"gate {name}")})
    return written


def amount() -> dict[str, Any]:
    """Draw how much to make and return it as a recipe writes it."""
    ways = {"copies": "So many from each row", "balance": "As many as the most frequent label has"}
    way = st.radio("How many new rows", list(ways), format_func=ways.__getitem__)
    if way == "balance":
        return {"balance": True}
    return fields(Recipe, ["copies"], "recipe")


def _first(language: str) -> str:
    return FIRST if _reason(operators()[FIRST], language) is None else "random_swap"


def _card(place: int, step: dict[str, Any], count: int, language: str) -> dict[str, Any]:
    operator = operators()[step["use"]]
    key = f"step {step['number']}"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{place + 1}. {operator.title}**")
            for label, icon, to in (("Earlier", "arrow_upward", place - 1), ("Later", "arrow_downward", place + 1)):
                out = not 0 <= to < count
                if st.button(label, icon=f":material/{icon}:", key=f"{key} {label}", type="tertiary", disabled=out):
                    _swap(place, to)
            if st.button("Remove", icon=":material/close:", key=f"{key} remove", type="tertiary", disabled=count == 1):
                st.session_state.steps.pop(place)
                st.rerun()
        st.caption(operator.summary)
        reason = _reason(operator, language)
        if reason:
            st.warning(plain(reason))
        with st.expander("Settings"):
            names = [n for n in operator.model_fields if not (session.private_workspaces() and n in PATHS)]
            values = fields(operator, names, key)
            chance = st.slider("Probability", 0.0, 1.0, 1.0, 0.05, key=f"{key} chance", help="How often it is tried.")
    return {"probability": chance, **values}


def _reason(operator: type[OperatorConfig], language: str) -> str | None:
    if operator.languages and language not in operator.languages and language != "und":
        return f"This operator does not know the dataset's language; it is for {', '.join(operator.languages)}."
    return operator.missing()


def _swap(place: int, to: int) -> None:
    chosen = st.session_state.steps
    chosen[place], chosen[to] = chosen[to], chosen[place]
    st.rerun()

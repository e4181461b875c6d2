"""How many rows a recipe makes, the gates they have to pass, and the seed."""

from typing import Any

import streamlit as st

from core.augmentation.catalogue import gates
from core.augmentation.recipe import MAX_COPIES, Recipe
from pages.ui.forms import fields
from pages.ui.recipe_draft import Draft

WAYS = {
    "copies": "The same number from each row",
    "target_multiplier": "Until the train rows are a multiple of now",
    "balance": "Until every label is as frequent as the most frequent one",
}
ALWAYS = "held_out"


def amounts(draft: Draft) -> None:
    """Draw amount, gates and seed, and keep in the draft what they are set to."""
    key = f"recipe {draft.number}"
    written = _amount(draft.rest, key) | fields(Recipe, ["keep_originals"], key, draft.rest)
    with st.expander("Gates and seed"):
        st.markdown("**What a new row has to pass**")
        written["gates"] = _gates(draft.rest, key)
        written |= fields(Recipe, ["seed"], key, draft.rest)
    draft.rest = written


def _amount(now: dict[str, Any], key: str) -> dict[str, Any]:
    at = next((way for way in ("balance", "target_multiplier") if now.get(way)), "copies")
    way = st.radio("How many new rows", list(WAYS), list(WAYS).index(at), WAYS.__getitem__, key=f"{key} way")
    if way == "balance":
        return {"balance": True}
    if way == "copies":
        return fields(Recipe, ["copies"], key, now)
    multiple = st.number_input(
        "Times as many train rows",
        min_value=0.1,
        max_value=float(MAX_COPIES),
        value=now.get(way) or 2.0,
        step=0.5,
        key=f"{key} multiple",
        help=Recipe.model_fields[way].description,
    )
    return {way: multiple}


def _gates(now: dict[str, Any], key: str) -> list[dict[str, Any]]:
    chosen = {gate["use"]: gate for gate in now.get("gates", ())}
    written = []
    for name, gate in gates().items():
        if name == ALWAYS:
            st.caption(gate.summary)
        elif st.toggle(gate.title, value=name in chosen, help=gate.summary, key=f"{key} gate {name}"):
            settings = fields(gate, list(gate.model_fields), f"{key} gate {name}", chosen.get(name))
            written.append({"use": name, **settings})
    return written

"""The form of a fine-tuning run: what is trained on which columns, how, and what it will take."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.config import parse_config
from core.data.workspace import Version
from core.errors import CorpusLabError
from core.finetuning.config import FinetuneConfig
from pages.ui.forms import fields
from pages.ui.run_panel import start
from pages.ui.words import plain

NEAREST = ("epochs", "learning_rate", "batch_size")
MODEL = ("model", "strategy")
WITH_STRATEGY = {"freeze layers": "frozen_layers", "LoRA": "lora_rank"}
COLUMNS = {"text_column": "text", "label_column": "label"}
DATA = (*COLUMNS, "label_separator")
OURS = ("id", "split", "origin", "parent_id", "operator")


def form(version: Version) -> None:
    """Draw the form; Train starts a run."""
    with st.container(border=True):
        values = _row(NEAREST)
        values |= _row(MODEL)
        extra = WITH_STRATEGY.get(values["strategy"])
        values |= _row([extra]) if extra else {}
        with st.expander("Columns and labels"):
            values |= _columns(version)
        with st.expander("Advanced settings"):
            shown = {*NEAREST, *MODEL, *WITH_STRATEGY.values(), *DATA, "version"}
            rest = [name for name in FinetuneConfig.model_fields if name not in shown]
            for place in range(0, len(rest), 3):
                values |= _row(rest[place : place + 3], width=3)
        config = _checked(version, values)
        if st.button("Train", type="primary", disabled=config is None) and config:
            st.query_params.pop("run", None)
            start("finetune", f"BERT on {version.label}", config, (version.id,))


def _row(names: Sequence[str], width: int = 0) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column, name in zip(st.columns(width or len(names)), names, strict=False):
        with column:
            values |= fields(FinetuneConfig, [name], "finetuning")
    return values


def _columns(version: Version) -> dict[str, Any]:
    values: dict[str, Any] = {}
    places = st.columns(3)
    choices = [name for name in version.columns if name not in OURS]
    for place, (name, own) in zip(places, COLUMNS.items(), strict=False):
        field = FinetuneConfig.model_fields[name]
        chosen = place.selectbox(
            field.title or name,
            choices,
            index=choices.index(own),
            help=field.description,
            key=f"finetuning {name} {version.id}",
        )
        values[name] = None if chosen == own else chosen
    with places[2]:
        return values | fields(FinetuneConfig, ["label_separator"], "finetuning")


def _checked(version: Version, values: dict[str, Any]) -> FinetuneConfig | None:
    try:
        return parse_config(FinetuneConfig, {"version": version.id, **values})
    except CorpusLabError as error:
        st.error(plain(error))
        return None

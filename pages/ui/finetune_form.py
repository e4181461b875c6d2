"""The form of a fine-tuning run: what is trained on which columns, how, and what it will take."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.config import parse_config
from core.data.workspace import Version
from core.errors import CorpusLabError
from core.finetuning.config import EMBEDDED, FinetuneConfig
from core.finetuning.estimate_apart import estimate_apart
from core.finetuning.estimating import Estimate, needs
from core.finetuning.pretrained import Pretrained, find_pretrained, require_open
from core.text.pretrained import folder_of
from pages.ui import session
from pages.ui.forms import fields
from pages.ui.run_panel import start
from pages.ui.words import duration, errors_as_sentences, plain

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
        with st.container(horizontal=True):
            train = st.button("Train", type="primary", disabled=config is None)
            asked = st.button(
                "Estimate memory and time",
                disabled=config is None,
                help="Loads the model and tries three steps on your texts, which takes some seconds.",
            )
        if config and train:
            st.query_params.pop("run", None)
            start("finetune", f"BERT on {version.label}", config, (version.id,))
        if config:
            with errors_as_sentences():  # below the buttons: one that moves under the finger misses its press
                _what_it_takes(config, asked)


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
        config = parse_config(FinetuneConfig, {"version": version.id, **values})
        if session.private_workspaces():
            require_open(config.model)
        return config
    except CorpusLabError as error:
        st.error(plain(error))
        return None


def _what_it_takes(config: FinetuneConfig, asked: bool) -> None:
    """Say what a training with these settings needs, and once that was asked for, what it was measured to take."""
    needed = needs(config, _found(config.model))
    settings = config.model_dump_json()
    if asked:
        st.session_state["finetuning estimated"] = settings
    measured = st.session_state.get("finetuning estimated") == settings
    found = _estimated(settings) if measured else needed
    if isinstance(found, Estimate):
        names = ("Weights", "Of these trained", "Memory", "Time")
        memory = f"{found.memory.total / 1e9:.1f} GB"
        seconds = "not tried" if found.seconds is None else duration(found.seconds)
        values = (f"{found.parameters / 1e6:,.2f} million", f"{found.trained / 1e6:,.2f} million", memory, seconds)
        for place, name, value in zip(st.columns(4), names, values, strict=True):
            place.metric(name, value)
        said = [f"{found.steps:,} steps.", *map(plain, found.notes)]
    else:
        said = [
            f"The model has {found.parameters / 1e6:,.2f} million weights, of which {found.trained / 1e6:,.2f} million "
            f"are trained, and its training needs up to {found.memory.total / 1e9:.1f} GB of memory."
        ]
    if found.warning:
        st.warning(plain(found.warning))
    if found.memory.remembered > 0.05e9:
        size = f"{found.memory.remembered / 1e9:.1f} GB"
        said.append(f"Up to {size} of the memory hold the outputs of the frozen layers, which are computed once.")
    if found.available is not None:
        said.append(f"{found.available / 1e9:.1f} GB of memory are free here.")
    if config.learning_rate is None:
        said.append(f"The learning rate suits what is trained: up to {found.learning_rate:g}.")
    st.caption(" ".join(said))


def _found(model: str) -> Pretrained:
    """Return the model; the hub is not asked again at every click."""
    hub_only = session.private_workspaces()
    if model == EMBEDDED or (not hub_only and folder_of(model)):
        return find_pretrained(model)
    found = _of_hub(model, hub_only)
    if isinstance(found, CorpusLabError):
        raise found
    return found


@st.cache_data(max_entries=20, ttl="5m", show_spinner="Asking the hub for the model")
def _of_hub(model: str, hub_only: bool) -> Pretrained | CorpusLabError:
    try:
        return find_pretrained(model, hub_only)
    except CorpusLabError as error:
        return error


@st.cache_data(max_entries=20, ttl="1h", show_spinner="Trying three steps")
def _estimated(settings: str) -> Estimate:
    config = FinetuneConfig.model_validate_json(settings)
    return estimate_apart(config, session.workspace())

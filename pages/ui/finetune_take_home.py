"""The tab Take home: the model as a zip archive, the three lines that use it, and its model card."""

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.config import parse_config
from core.data.workspace import Version
from core.errors import NotFound
from core.finetuning import scored_rows
from core.finetuning.config import FinetuneConfig
from core.finetuning.judging import Judgement
from core.finetuning.model_card import USE, card_text, model_card
from core.finetuning.prediction import MODEL
from core.finetuning.take_home import pack
from core.runs.store import Run
from pages.ui import session
from pages.ui.downloads import Content, download_button
from pages.ui.finetune_runs import judged
from pages.ui.words import plain

EXAMPLE = "I love this movie!"


def take_home_tab(run: Run) -> None:
    """Draw the tab."""
    name = re.sub(r"[^\w]+", "-", run.name).strip("-").lower() or "model"
    told, folder = _told(run), run.folder

    size = sum(path.stat().st_size for path in (folder / MODEL).iterdir())
    st.write(
        f"The zip archive holds the weights (safetensors), the tokenizer, the configuration and the model card, "
        f"{size / 1e6:,.0f} MB in all. It works wherever transformers is installed, without Corpus Lab."
    )
    download_button(
        "Download the model",
        lambda: Content(pack(folder, model_card(*told), name)),
        f"{name}.zip",
        f"take home {run.id}",
        icon=":material/download:",
        type="primary",
    )
    st.markdown("#### Use it")
    st.caption("Unpack the archive, then, in the folder it is in:")
    st.code(USE.format(folder=name, example=EXAMPLE), language="python")
    with st.expander("The model card"):
        # A page has its own headings above those of the card.
        st.markdown(re.sub("^#", "####", card_text(*told, _letters), flags=re.MULTILINE))


def _told(run: Run) -> tuple[str, FinetuneConfig, Mapping[str, Any], list[Version], list[Judgement]]:
    """Return what the card is made of."""
    config = parse_config(FinetuneConfig, run.config)
    parts = reversed(scored_rows.available(run.folder))
    return run.name, config, run.result or {}, _lineage(config.version), [judged(run, part) for part in parts]


def _letters(text: object) -> str:
    return plain(" ".join(str(text).split()))


def _lineage(version_id: str) -> list[Version]:
    """Return the version and those it was made from, the first one first; nothing where it was deleted."""
    found: list[Version] = []
    workspace, wanted = session.workspace(), version_id
    while wanted:
        try:
            found.insert(0, workspace.version(wanted))
        except NotFound:
            break
        wanted = found[0].parent_id or ""
    return found

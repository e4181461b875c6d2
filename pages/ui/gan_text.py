"""The tab Text of the GANs page: a GAN learns the rows of the dataset in use, writes new ones, and is judged."""

from typing import Any

import streamlit as st

from core.config import parse_config
from core.data.workspace import Version
from core.gan.text.config import GanTextConfig
from core.runs.store import Run
from pages.ui import session
from pages.ui.forms import fields
from pages.ui.gan_text_result import text_result
from pages.ui.gan_text_samples import notices, samples
from pages.ui.panels import panels_for
from pages.ui.run_choice import run_choice
from pages.ui.run_panel import run_panel, start
from pages.ui.start_here import needed

KIND = "gan_text"
NEAREST = ("mode", "rows", "adversary", "max_minutes")
LEFT_OUT = ("version", "make_version")


def text_tab() -> None:
    """Draw the tab."""
    version = needed()
    _form(version)
    run = _chosen([run for run in session.runs().runs() if run.kind == KIND and _is_about(run, version)])
    if run is None:
        st.caption(
            "The generator fills blanks that are cut into real rows; the discriminator tells written words from real "
            "ones, word by word. What passes the gates can become training rows. Press Make new rows."
        )
        return
    run = run_panel(run.id, panels_for(KIND))
    with st.expander("What the curves say"):
        st.write(
            "The loss of the words says how surprised the generator is by the real word at a blank; lower is better, "
            "and a validation loss that rises means learning by heart. In the game, the reward is how real the "
            "discriminator holds the written words: near 0.5 it cannot tell them from real ones. Diversity is the "
            "share of different pairs of words in rows of one seed; where it falls, the generator repeats itself. "
            "After the game, the model from before it learns on from real rows alone, for as long as the game took. "
            "That is what the GAN has to beat; its curves are called Alone. The "
            "Fréchet distance compares the meanings of written and real rows; lower is better."
        )
    notices(run)
    samples(run)
    if run.state == "finished":
        text_result(run)


def _is_about(run: Run, version: Version) -> bool:
    """Whether a run has read this version, or the version was made of its rows."""
    made = version.params.get("run") == run.id or (run.result or {}).get("version") == version.id
    return made or version.id in run.inputs


def _form(version: Version) -> None:
    with st.form("gan text", border=True):
        values = _grid(NEAREST, 4)
        with st.expander("Advanced settings"):
            values |= _grid([name for name in GanTextConfig.model_fields if name not in (*NEAREST, *LEFT_OUT)], 2)
        if st.form_submit_button("Make new rows", type="primary"):
            config = parse_config(GanTextConfig, {"version": version.id, **values})
            st.query_params.pop("run", None)
            start(KIND, f"Text GAN on {version.label}", config, (version.id,))


def _grid(names: Any, columns: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for first in range(0, len(names), columns):
        row = st.columns(columns, vertical_alignment="bottom")
        for name, column in zip(names[first : first + columns], row, strict=False):
            with column:
                values |= fields(GanTextConfig, [name], "gan text")
    return values


def _chosen(runs: list[Run]) -> Run | None:
    """Draw the choice among the runs, if there are several, and return the one to show: the link's, else the newest."""
    if not runs:
        return None
    run = next((run for run in runs if run.id == st.query_params.get("run")), runs[0])
    run_choice("Run", "text", runs, run, lambda run: run.name)
    return run

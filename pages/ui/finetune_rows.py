"""Rows that a model was scored on, as a table to read: their texts come from the dataset version by their ids."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.errors import NotFound
from core.finetuning.judging import Judgement
from core.finetuning.row_texts import lengths, texts
from core.finetuning.scored_rows import named
from core.runs.store import Run
from pages.ui import session
from pages.ui.finetune_runs import trained_on

SHOWN = 200
HEIGHT = 400


@st.cache_data(max_entries=20, ttl="1h", show_spinner="Looking the rows up")
def _texts(version_id: str, ids: tuple[str, ...], column: str | None) -> dict[str, str]:
    return texts(session.workspace().version(version_id), ids, column)


@st.cache_data(max_entries=4, ttl="1h", show_spinner="Measuring the texts")
def text_lengths(version_id: str, part: str, run_id: str, column: str | None, _ids: Sequence[str]) -> list[int]:
    """The characters of the texts of a run's validation or test rows, in their order."""
    found = lengths(session.workspace().version(version_id), _ids, column)
    return [found.get(row_id, 0) for row_id in _ids]


def row_table(
    run: Run, found: Judgement, rows: Sequence[int], key: str, extra: Mapping[str, Sequence[Any]] | None = None
) -> int | None:
    """Draw the rows at these places among the scored ones, at most 200; return the one that is chosen.

    `extra` are further columns, a value for each row.
    """
    shown = list(rows[:SHOWN])
    if not shown:
        st.caption("There are none.")
        return None
    try:
        version = trained_on(run)
    except NotFound:
        st.caption("The dataset version that the run learned from was deleted, so its texts cannot be shown.")
        return None
    scored, labels = found.scored, (run.result or {})["labels"]
    ids = [scored.ids[row] for row in shown]
    words = _texts(version.id, tuple(ids), run.config.get("text_column"))
    table = {
        "True label": [named(scored.targets[row], labels) for row in shown],
        "Answer": [named(scored.predicted[row], labels) for row in shown],
        "Probability": [_probability(found, row) for row in shown],
        "Text": [words.get(row_id, "") for row_id in ids],
        **{name: list(values[:SHOWN]) for name, values in (extra or {}).items()},
    }
    state = st.dataframe(
        table,
        hide_index=True,
        height="content" if len(shown) <= 10 else HEIGHT,
        column_config={
            "Probability": st.column_config.NumberColumn(format="%.1f %%", help="What the model gives its answer."),
            "Text": st.column_config.TextColumn(width="large"),
        },
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        alt="Rows with their true labels and the model's answers",
    )
    if len(rows) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(rows):,} are shown.")
    chosen = state["selection"]["rows"]
    return shown[chosen[0]] if chosen and chosen[0] < len(shown) else None


def text_of(run: Run, found: Judgement, row: int) -> str:
    """Return the text of one scored row (its first 2,000 characters)."""
    row_id = found.scored.ids[row]
    return _texts(run.config["version"], (row_id,), run.config.get("text_column")).get(row_id, "")


def _probability(found: Judgement, row: int) -> float:
    """Return the probability of the answer in percent; of several labels that of the least sure decision."""
    p = 100 * found.scored.probabilities[row]
    return float(np.maximum(p, 100 - p).min() if found.scored.multi_label else p.max())

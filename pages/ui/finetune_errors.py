"""The tab Errors: what the model gets wrong, by label and by length, and each mistake with the words that led to it."""

import streamlit as st

from core.errors import NotFound
from core.finetuning.judging import Judgement
from core.finetuning.mistakes import Mistake, by_label, by_length, mistakes
from core.finetuning.scored_rows import named
from core.runs.store import Run
from pages.ui.attributed_text import why
from pages.ui.figure import show
from pages.ui.finetune_charts import mistakes_by
from pages.ui.finetune_rows import row_table, text_lengths, text_of
from pages.ui.finetune_runs import judged, part_choice, trained_on
from pages.ui.words import plain

MOST_BARS = 30


def errors_tab(run: Run) -> None:
    """Draw the tab."""
    found = judged(run, part_choice(run, "errors"))
    wrong = mistakes(found.scored)
    if not wrong:
        st.success(f"All {len(found.scored):,} rows are labelled correctly.")
        return
    suspects = sum(mistake.suspect for mistake in wrong)
    st.write(
        f"{len(wrong):,} of {len(found.scored):,} rows are labelled wrongly. In {suspects:,} of these the label in the "
        "data may be the wrong one."
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### By label")
        _by_label(run, found)
    with right:
        st.markdown("#### By length")
        _by_length(run, found)
    _list(run, found, wrong)


def _by_label(run: Run, found: Judgement) -> None:
    labels: list[str] = (run.result or {})["labels"]
    ranked = sorted(
        zip(labels, by_label(found.scored), strict=True), key=lambda item: -item[1].wrong / max(item[1].rows, 1)
    )
    shown = {label: wrong for label, wrong in ranked if wrong.rows}
    show(mistakes_by(dict(list(shown.items())[:MOST_BARS]), "True label"), key=f"errors label {found.part} {run.id}")
    if len(shown) > MOST_BARS:
        st.caption(f"The {MOST_BARS} labels with the largest share of mistakes, of {len(shown)}.")


def _by_length(run: Run, found: Judgement) -> None:
    try:
        version = trained_on(run)
    except NotFound:
        st.caption("The dataset version that the run learned from was deleted, so the lengths are not known.")
        return
    column, scored = run.config.get("text_column"), found.scored
    groups = by_length(text_lengths(version.id, found.part, run.id, column, scored.ids), scored.right())
    named_groups = {f"{group.shortest:,} to {group.longest:,}": group.found for group in groups}
    show(mistakes_by(named_groups, "Characters"), key=f"errors length {found.part} {run.id}")


def _list(run: Run, found: Judgement, wrong: list[Mistake]) -> None:
    st.markdown("#### The mistakes, the most confident first")
    doubtful = st.toggle(
        "Only rows whose label may be wrong",
        key=f"errors doubtful {found.part} {run.id}",
        help="Confident learning (Northcutt et al. 2021): the model is as sure of another label as it usually is on "
        "rows of that label. Read them before you blame the model.",
    )
    shown = [mistake for mistake in wrong if mistake.suspect or not doubtful]
    extra = {"Label may be wrong": ["yes" if mistake.suspect else "" for mistake in shown]}
    rows = [mistake.row for mistake in shown]
    chosen = row_table(run, found, rows, f"mistakes {doubtful} {found.part} {run.id}", extra)
    if chosen is None:
        st.caption("Choose a row to see which words led the model to its answer.")
        return
    labels: list[str] = (run.result or {})["labels"]
    true, answer = (named(values[chosen], labels) for values in (found.scored.targets, found.scored.predicted))
    st.write(
        f"This row is labelled {plain(true or 'nothing')} in the data and {plain(answer or 'nothing')} by the model."
    )
    label = labels[int(found.scored.probabilities[chosen].argmax())]
    why(run, text_of(run, found, chosen), label, f"mistake {found.part} {chosen} {run.id}")

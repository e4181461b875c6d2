"""The tab Score: the verdict, measures with intervals, baselines, the confusion matrix, ranking and calibration."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.finetuning.baselines import TITLES
from core.finetuning.calibration import COLDEST, HOTTEST, Calibration
from core.finetuning.class_report import Interval
from core.finetuning.evaluation import score
from core.finetuning.judging import Judgement
from core.finetuning.ranking import ranking
from core.runs.store import Run
from pages.ui.figure import show
from pages.ui.finetune_charts import clickable_confusion, precision_recall, reliability, roc
from pages.ui.finetune_rows import row_table
from pages.ui.finetune_runs import judged, part_choice
from pages.ui.words import plain

BOXES = {"good": st.success, "caution": st.warning, "bad": st.error}
MEANINGS = {
    "Accuracy": "Share of the rows that got their label; where a row can have several, exactly its labels.",
    "Macro F1": "The mean over the labels of F1, so that a rare label counts as much as a frequent one.",
    "MCC": "Matthews correlation coefficient: 1 is perfect, 0 is no better than chance, whatever the labels' shares.",
    "Calibration error": "How far probabilities are off, on average (ECE): 2% means that of the answers given with "
    "90% about 88 or 92 of 100 are right.",
}


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix that was chosen: what is in it, and the places of its rows among the scored."""

    title: str
    rows: list[int]


def score_tab(run: Run) -> None:
    """Draw the tab."""
    found = judged(run, part_choice(run, "score"))
    labels: list[str] = (run.result or {})["labels"]
    BOXES[found.verdict.quality](plain(found.verdict.sentence))
    _measures(found)
    _over_seeds(run, found.part)
    st.markdown("#### Beside simpler methods")
    _baselines(found)
    left, right = st.columns([2, 3], gap="large")
    with left:
        cell = _confusion(run, found, labels)
    with right:
        st.markdown("#### Label by label")
        _labels(found)
    if cell is not None:
        st.markdown(f"**{plain(cell.title)}**")
        row_table(run, found, cell.rows, key=f"cell {found.part} {run.id}")
    _ranking(run, found, labels)
    _calibration(run, found)


def _measures(found: Judgement) -> None:
    report = found.report
    values = {"Accuracy": report.accuracy, "Macro F1": report.macro_f1, "MCC": report.mcc}
    places = st.columns(4)
    for place, (name, interval) in zip(places, values.items(), strict=False):
        with place:
            st.metric(name, f"{interval.value:.3f}", help=MEANINGS[name])
            st.caption(f"{interval.low:.3f} to {interval.high:.3f}")
    with places[3]:
        st.metric("Calibration error", f"{found.calibration.before.ece:.1%}", help=MEANINGS["Calibration error"])
        st.caption(f"of {found.report.rows:,} rows")
    st.caption("Below each measure stands its 95% interval (bootstrap): how far chance in the choice of rows reaches.")


def _over_seeds(run: Run, part: str) -> None:
    over = (run.result or {}).get("over_seeds")
    if over and part in over:
        accuracy = over[part]["accuracy"]
        st.caption(
            f"Over {len(run.config['seeds'])} seeds the accuracy on these rows is {accuracy['mean']:.3f} on average "
            f"(95% interval {accuracy['low']:.3f} to {accuracy['high']:.3f}); the numbers above are of the model "
            f"that is kept, of seed {(run.result or {}).get('seed')}."
        )


def _confusion(run: Run, found: Judgement, labels: list[str]) -> Cell | None:
    st.markdown("#### Where it is right and wrong")
    scored, key = found.scored, f"{found.part} {run.id}"
    matrix: Any = score(scored.logits, scored.targets).confusion
    names = labels
    if scored.multi_label:
        label = st.selectbox("Label", labels, key=f"confusion label {key}")
        chosen = labels.index(label)
        matrix, names = matrix[chosen], ["without it", "with it"]
        true, given = scored.targets[:, chosen], scored.predicted[:, chosen]
    else:
        true, given = scored.targets, scored.predicted
    cell = show(clickable_confusion(matrix.tolist(), names), key=f"confusion {key}", clickable=True)
    if cell is None and len(names) > 2:
        st.caption("Click on a cell to read its rows, or choose them here.")
    elif cell is None:
        st.caption("Click on a cell to read its rows.")
    if cell is None:
        with st.expander("Choose the rows to read"):
            picked = st.selectbox("True label", names, index=None, key=f"confusion true {key}")
            answered = st.selectbox("Predicted label", names, index=None, key=f"confusion given {key}")
        cell = (names.index(picked), names.index(answered)) if picked and answered else None
    if cell is None:
        return None
    rows = ((true == cell[0]) & (given == cell[1])).nonzero()[0].tolist()
    return Cell(f"{len(rows):,} rows of {names[cell[0]]} that were labelled {names[cell[1]]}", rows)


def _baselines(found: Judgement) -> None:
    gaps = ("The model's lead in points", "Only the model right", "Only this right", "p (McNemar)")
    rows = [{"Method": "This model", "Accuracy": f"{found.report.accuracy.value:.1%}", **dict.fromkeys(gaps, "")}]
    for name, rival in found.rivals.items():
        gap = rival.difference
        rows.append(
            {
                "Method": TITLES[name],
                "Accuracy": f"{rival.accuracy:.1%}",
                "The model's lead in points": f"{100 * gap.accuracy.value:+.1f} ({100 * gap.accuracy.low:+.1f} to "
                f"{100 * gap.accuracy.high:+.1f})",
                "Only the model right": f"{gap.only_model:,}",
                "Only this right": f"{gap.only_rival:,}",
                "p (McNemar)": "< 0.0001" if gap.p_value < 1e-4 else f"{gap.p_value:.4f}",
            }
        )
    st.dataframe(rows, hide_index=True, alt="The model beside simpler methods on the same rows")
    st.caption("All were trained on the same rows. p is how often chance alone would make as large a difference.")


def _labels(found: Judgement) -> None:
    rows = [
        {
            "Label": label.label,
            "Rows": label.rows,
            "Precision": _interval(label.precision),
            "Recall": _interval(label.recall),
            "F1": _interval(label.f1),
        }
        for label in found.report.labels
    ]
    st.dataframe(rows, hide_index=True, alt="Precision, recall and F1 by label with 95% intervals")
    st.caption("Precision: of the rows given the label, the share that has it. Recall: of its rows, the share found.")


def _ranking(run: Run, found: Judgement, labels: list[str]) -> None:
    st.markdown("#### How well its probabilities rank the rows")
    key = f"{found.part} {run.id}"
    label = st.selectbox(
        "Label to find", labels, index=len(labels) - 1, key=f"ranking {key}", help="This label against all others."
    )
    curves = ranking(found.scored, labels.index(label))
    if curves is None:
        st.caption("All of these rows have this label, or none has it, so there is nothing to rank.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"ROC, area under the curve **{curves.auc:.3f}**")
        show(roc(curves, label), key=f"roc {key}")
    with right:
        st.markdown(f"Precision and recall, average precision **{curves.average_precision:.3f}**")
        show(precision_recall(curves, label), key=f"pr {key}")
    st.caption("Each point is a threshold: the label is given to all rows whose probability reaches it.")


def _calibration(run: Run, found: Judgement) -> None:
    st.markdown("#### Whether its probabilities mean what they say")
    fit = found.calibration
    where = (
        "The temperature was fitted on the validation rows and is judged here on the test rows."
        if fit.fitted_on_others
        else "There are no test rows to judge it on: each fifth of these rows is judged with the temperature that was "
        "fitted on the other four (cross-fitting)."
    )
    left, right = st.columns(2, gap="large")
    with left:
        show(reliability(fit), key=f"calibration {found.part} {run.id}")
    with right:
        st.dataframe(
            {
                "Probabilities": ["As trained", f"With temperature {fit.temperature:.2f}"],
                "Calibration error (ECE)": [f"{curve.ece:.1%}" for curve in (fit.before, fit.after)],
                "Loss (nats)": [f"{curve.nll:.4f}" for curve in (fit.before, fit.after)],
            },
            hide_index=True,
            alt="Calibration before and after temperature scaling",
        )
        st.write(_sureness(fit))
        st.caption(f"All logits are divided by the temperature, which changes no answer, only how sure it is. {where}")


def _sureness(fit: Calibration) -> str:
    temperature = fit.temperature
    if fit.at_edge:
        return (
            f"The temperature is {temperature:.2f}, at the edge of what was searched ({COLDEST:g} to {HOTTEST:g}): a "
            "better one may lie beyond."
        )
    if temperature > 1.05:
        return f"The best temperature is {temperature:.2f}, above 1: the model is too sure of itself."
    if temperature < 0.95:
        return f"The best temperature is {temperature:.2f}, below 1: the model is less sure than it could be."
    return f"The best temperature is {temperature:.2f}, about 1: the model is as sure as it should be."


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"

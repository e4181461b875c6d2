"""The tab Compare: the fine-tuning runs of a dataset side by side, in scores, settings and curves."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.config import Config
from core.data.workspace import Version
from core.errors import NotFound
from core.finetuning.config import FinetuneConfig
from core.runs.store import Run
from pages.ui import session
from pages.ui.finetune_runs import curves_and_clock, runs_on
from pages.ui.live_chart import live_chart
from pages.ui.panels import View, lay_out
from pages.ui.words import ago, duration

MOST = 6
COMPARED = ("Loss", "Validation scores")


def compare_tab(version: Version, shown: Run) -> None:
    """Draw the tab; the run that is shown is among those that are compared at first."""
    runs = {name: run for name, run in runs_on(version).items() if run.state == "finished"}
    if len(runs) < 2:
        st.caption("There is one finished run on this dataset. Train another, and they are compared here.")
        return
    names = list(runs)
    own = [name for name, run in runs.items() if run.id == shown.id]
    chosen = st.multiselect(
        "Runs to compare",
        names,
        default=[*own, *[name for name in names if name not in own]][:3],
        max_selections=MOST,
        key=f"compare {shown.id}",
        help="All finished runs on this dataset, whatever its version, numbered from the first on.",
    )
    if not chosen:
        return
    picked = {name: runs[name] for name in sorted(chosen, key=names.index)}
    st.markdown("#### Scores")
    st.dataframe([_scores(name, run) for name, run in picked.items()], hide_index=True, alt="Scores of the runs")
    st.caption(
        "In brackets stands the 95% interval: with one seed that of chance in the choice of rows, with several that of "
        "chance in the seeds. Runs on different versions may have been scored on different rows: compare such scores "
        "with care."
    )
    _settings(picked)
    st.markdown("#### Curves")
    earlier = {name: curves_and_clock(run)[0] for name, run in picked.items()}
    panels = [panel for panel in lay_out("finetune", {}, View(earlier=earlier)) if panel.title in COMPARED]
    live_chart(f"compare {' '.join(picked)} {version.dataset_id}", panels)


def _scores(name: str, run: Run) -> dict[str, Any]:
    result = run.result or {}
    tested = bool(result.get("test"))
    part = result["test"] if tested else result
    over_seeds = result.get("over_seeds", {}).get("test" if tested else "validation")

    def measured(key: str) -> str:
        if key not in part:
            return "not measured"
        if over_seeds:
            return _with_interval(**over_seeds[key]) if key in over_seeds else "not averaged"
        return _with_interval(part[key], *part.get("intervals", {}).get(key, ()))

    baselines = part.get("baselines", {})
    return {
        "Run": name,
        "Scored on": "test" if tested else "validation",
        "Mean over": f"{len(result['seeds'])} seeds" if over_seeds else "1 seed",
        "Accuracy": measured("accuracy"),
        "Macro F1": measured("macro_f1"),
        "MCC": measured("mcc"),
        "TF-IDF with logistic regression": f"{baselines['tfidf']['accuracy']:.3f}" if "tfidf" in baselines else "",
        "Took": duration(run.seconds),
        "Finished": ago(run.ended or 0),
    }


def _with_interval(mean: float, low: float | None = None, high: float | None = None) -> str:
    return f"{mean:.3f}" if low is None else f"{mean:.3f} ({low:.3f} to {high:.3f})"


def _settings(picked: Mapping[str, Run]) -> None:
    table = {name: _described(run) for name, run in picked.items()}
    settings = list(dict.fromkeys(setting for values in table.values() for setting in values))
    differing = [setting for setting in settings if len({values.get(setting) for values in table.values()}) > 1]
    st.markdown("#### Settings that differ")
    if differing:
        _draw(differing, table, "Settings in which the runs differ")
    else:
        st.caption("All settings are the same: what differs between the scores is chance.")
    with st.expander("Settings that are the same"):
        _draw([setting for setting in settings if setting not in differing], table, "Settings that all runs share")


def _draw(settings: list[str], table: Mapping[str, Mapping[str, str]], alt: str) -> None:
    rows = [
        {"Setting": setting, **{name: values.get(setting, "") for name, values in table.items()}}
        for setting in settings
    ]
    st.dataframe(rows, hide_index=True, alt=alt)


def _in_words(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _described(run: Run) -> dict[str, str]:
    """Return a run's settings by their titles, as people read them."""
    kind: type[Config] = FinetuneConfig
    values = {}
    for name, field in kind.model_fields.items():  # a run from before a setting came in was trained with its default
        value = run.config.get(name, None if field.is_required() else field.get_default())
        values[field.title or name] = _in_words(value)
    try:
        values["Dataset version"] = session.workspace().version(run.config["version"]).label
    except NotFound:
        values["Dataset version"] = "deleted"
    return values

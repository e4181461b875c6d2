"""The fine-tuning runs of a dataset, and what is worked out of a finished one: once, then remembered by its folder."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.config import parse_config
from core.data.workspace import Version
from core.errors import NotFound
from core.finetuning import scored_rows
from core.finetuning.config import FinetuneConfig
from core.finetuning.judging import Judgement, judge
from core.finetuning.microscope import untrained
from core.finetuning.prediction import Classifier
from core.finetuning.scored_rows import Part
from core.runs.clock import Clock
from core.runs.curves import Curves, curves
from core.runs.store import Run
from pages.ui import session

PARTS = {"test": "Test rows", "validation": "Validation rows"}


@st.cache_resource(max_entries=2, show_spinner="Loading the model")
def classifier(folder: Path) -> Classifier:
    """A finished run's model, loaded once for every visitor who holds its folder's name."""
    return Classifier.load(folder)


@st.cache_resource(max_entries=1, show_spinner="Loading the model as it was before training")
def beginner(folder: Path, _run: Run) -> Classifier:
    """The model that a run began with: pretrained, with the head that its seed drew."""
    config = parse_config(FinetuneConfig, _run.config)
    return untrained(config, _run.result or {}, hub_only=session.private_workspaces())


@st.cache_resource(max_entries=8, ttl="1h", show_spinner="Judging the model")
def judgement(folder: Path, part: Part, labels: tuple[str, ...]) -> Judgement:
    """Everything that is said of a finished model's score; from files that never change."""
    return judge(folder, part, list(labels))


@st.cache_resource(max_entries=16, ttl="1h", show_spinner=False)
def ended_curves(run_id: str, owner: str, ended: float) -> tuple[Curves, Clock]:
    """The curves of a run that has ended, and when their points were measured; one that goes on may end again."""
    events = session.runs().events(run_id)
    clock = Clock()
    clock.extend(events)
    return curves(events), clock


def curves_and_clock(run: Run) -> tuple[Curves, Clock]:
    """Return the curves of an ended run, and when their points were measured."""
    return ended_curves(run.id, run.owner, run.ended or 0.0)


def judged(run: Run, part: Part) -> Judgement:
    """Return the judgement of a finished run. Raises NotFound where it has kept no predictions."""
    return judgement(run.folder, part, tuple((run.result or {})["labels"]))


def speaking_part(run: Run) -> Part:
    """Return the rows that speak for a model: test rows where there are some. Raises NotFound."""
    found = scored_rows.available(run.folder)
    if not found:
        raise NotFound("This run was made before predictions were kept.", "Train again to judge its model.")
    return found[-1]


def part_choice(run: Run, key: str) -> Part:
    """Draw the choice between test and validation rows, where there are both, and return it."""
    best, found = speaking_part(run), scored_rows.available(run.folder)
    if len(found) == 1:
        return best
    chosen = st.segmented_control(
        "Rows to judge by",
        list(reversed(found)),
        default=best,
        required=True,
        format_func=PARTS.__getitem__,
        key=f"{key} part {run.id}",
        help="Test rows were used once, after the training. Validation rows also chose the weights.",
    )
    return chosen or best


def trained_on(run: Run) -> Version:
    """Return the dataset version that a run read. Raises NotFound where it was deleted."""
    return session.workspace().version(run.config["version"])


def runs_on(version: Version) -> dict[str, Run]:
    """Return the fine-tuning runs on all versions of a dataset by the names they go by there, the newest first."""
    versions = {other.id for other in session.workspace().versions(version.dataset_id)}
    found: Sequence[Run] = [
        run for run in session.runs().runs() if run.kind == "finetune" and versions & set(run.inputs)
    ]
    return {f"Run {len(found) - place}": run for place, run in enumerate(found)}

"""Augment: new training rows from the ones there are, seen first on the user's own sentences."""

import json

import streamlit as st

from core.augmentation.operator import Row
from core.augmentation.pipeline import AugmentConfig, files_folder
from core.augmentation.preview import (
    Make,
    Previewed,
    preview,
    preview_steps,
    rows_to_show,
    seconds_per_thousand,
)
from core.augmentation.recipe import Recipe
from core.augmentation.recipe_file import dump_recipe
from core.config import parse_config
from core.data.workspace import Version
from core.errors import CorpusLabError
from core.runs.store import Run
from pages.ui import session
from pages.ui.augment_report import report
from pages.ui.changes import changed_texts
from pages.ui.frame import begin
from pages.ui.recipe_amounts import amounts
from pages.ui.recipe_draft import draft
from pages.ui.recipe_files import admitted, load, uploads_of
from pages.ui.recipe_steps import steps
from pages.ui.run_panel import latest_run, run_panel, start
from pages.ui.start_here import needed
from pages.ui.words import duration, errors_as_sentences, plain

SHOWN = 5
MOST_OWN = 20
TIMED = 100
FIRST_TIME = "Getting the steps ready; the first time, some take about ten seconds"
UNCHANGED = "Left as it is: no step found anything to change."


@st.cache_resource(max_entries=8, show_spinner=FIRST_TIME)
def built(steps: str, version_id: str, uploaded: str) -> Make:
    """The steps of a recipe (JSON) on a version, built once: some read a thesaurus or a model.

    `uploaded` tells apart uploaded files of the same name.
    """
    workspace = session.workspace()
    return preview_steps(Recipe.model_validate_json(steps), workspace.version(version_id), files_folder(workspace))


def tried(recipe: Recipe, version: Version, own: list[str], turn: int) -> tuple[list[Previewed], float]:
    """Texts before and after, and the seconds that a thousand rows take; kept until something else is asked."""
    settings = json.dumps(recipe.model_dump(mode="json", include={"seed", "steps"}))
    asked = (settings, version.id, uploads_of(recipe), own, turn)
    kept = st.session_state.get("augment tried")
    if not kept or kept[0] != asked:
        try:
            outcome = _tried(built(*asked[:3]), version, own, turn)
        except CorpusLabError as error:  # kept too: asking a hub out of reach takes seconds
            outcome = error
        kept = st.session_state["augment tried"] = (asked, outcome)
    if isinstance(kept[1], CorpusLabError):
        raise kept[1]
    return kept[1]


def _tried(make: Make, version: Version, own: list[str], turn: int) -> tuple[list[Previewed], float]:
    rows = rows_to_show(version, turn * SHOWN, TIMED)
    # A sentence of one's own borrows the label of a row, for steps that look for others of its label.
    labels = [row.label for row in rows] or [None]
    typed = [Row(f"own {i}", line, labels[i % len(labels)]) for i, line in enumerate(own)]
    shown = preview(make, typed, 1 + turn) if typed else preview(make, rows[:SHOWN])
    timed = rows or typed
    return shown, seconds_per_thousand(make, timed) if timed else 0.0


def try_out(recipe: Recipe, version: Version) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("#### What it does to your sentences")
        if st.button("Show me others", help="Other rows, or other changes of your own sentences."):
            st.session_state["augment turn"] = st.session_state.get("augment turn", 0) + 1
    written = st.text_area(
        "Your own sentences, one a line",
        height=80,
        key="augment own",
        placeholder="The cat is on the mat.",
        persist_state="session",
    )
    own = [line for line in written.splitlines() if line.strip()][:MOST_OWN]
    shown, seconds = tried(recipe, version, own, st.session_state.get("augment turn", 0))
    if not shown:
        st.info("This version has no train rows to show. Write a sentence of your own.")
        return
    changed_texts([(p.before, p.after, "" if p.before != p.after else UNCHANGED) for p in shown], "augmented")
    st.caption(
        "Inserted text is underlined, deleted text is struck through, and replaced text is both. "
        f"A thousand rows take about {f'{seconds:.2g} s' if seconds < 10 else duration(seconds)} here."
    )


def run_or_save(recipe: Recipe, version: Version) -> None:
    text = dump_recipe(recipe)
    with st.container(horizontal=True):
        if st.button("Make the new rows", type="primary"):
            config = parse_config(AugmentConfig, {"version": version.id, "recipe": recipe.model_dump(mode="json")})
            st.query_params.pop("run", None)
            start("augment", f"Augment {version.label}", config, (version.id,))
        st.download_button(
            "Save the recipe", text, "recipe.yaml", "application/yaml", icon=":material/download:", on_click="ignore"
        )
    with st.expander("The recipe as text"):
        st.code(text, language="yaml")
        st.caption("Run it on a file without a browser:")
        st.code("python -m core augment --recipe recipe.yaml --input rows.csv --output more.csv", language="bash")


def run_shown(version: Version) -> Run | None:
    """The run of the link, else this session's latest, else the latest: of those that read or made this version."""
    named = [run for run in session.runs().runs() if run.kind == "augment"]
    about = [run for run in named if version.id in (*run.inputs, (run.result or {}).get("version"))]
    asked = st.query_params.get("run")
    mine = latest_run("augment")
    first = (lambda run: run.id == asked, lambda run: mine is not None and run.id == mine.id, lambda run: True)
    return next((run for chosen in first for run in about if chosen(run)), None)


begin(
    "Augment",
    "Make new training rows out of the ones there are. Each remembers the row it came from and what changed it.",
)
with errors_as_sentences():
    version = needed()
    now = draft(version.language)
    left, right = st.columns([2, 3], gap="large")
    with left:
        steps(now, version.language)
        amounts(now)
        load(now)
    recipe = None
    with right, errors_as_sentences():
        recipe = admitted(parse_config(Recipe, now.written()))
        run_or_save(recipe, version)
        preview_place = st.container()  # below the buttons: one that moves under the finger misses its press
    run = run_shown(version)
    if run is None:
        st.query_params.pop("run", None)
    else:
        st.query_params["run"] = run.id
        st.subheader(plain(run.name))
        run = run_panel(run.id)
        if run.result:
            report(run)
            st.page_link("pages/finetuning.py", label="Train on it", icon=":material/model_training:")
    if recipe is not None:  # last, since getting steps ready may take a while
        with preview_place, errors_as_sentences():
            try_out(recipe, version)

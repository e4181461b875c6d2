"""Augment: new training rows from the ones there are, seen first on the user's own sentences."""

import json

import streamlit as st

from core.augmentation.operator import Row
from core.augmentation.pipeline import AugmentConfig
from core.augmentation.preview import preview, preview_steps
from core.augmentation.recipe import Recipe
from core.augmentation.recipe_file import dump_recipe
from core.config import parse_config
from core.data.explore import rows_page
from core.data.workspace import Version
from pages.ui import session
from pages.ui.augment_report import report
from pages.ui.changes import changed_texts
from pages.ui.recipe_steps import amount, chosen_gates, steps
from pages.ui.run_panel import latest_run, run_panel, start
from pages.ui.start_here import needed
from pages.ui.words import errors_as_sentences, plain

SHOWN = 5
TIMED = 100


@st.cache_resource(max_entries=8, show_spinner="Getting the operators ready")
def built(recipe: str, version_id: str) -> object:
    """The steps of a recipe (JSON) on a version, built once: some read a thesaurus or a model."""
    return preview_steps(Recipe.model_validate_json(recipe), session.workspace().version(version_id))


@st.cache_data(max_entries=20, show_spinner=False)
def rows_from(version_id: str, offset: int) -> list[Row]:
    """Rows to look at; a version never changes, so its id is the key."""
    page = rows_page(session.workspace().version(version_id), offset=offset, limit=TIMED)
    return [Row(row["id"], row["text"], row["label"]) for row in page.rows.to_pylist()]


def try_out(recipe: Recipe, version: Version) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("#### What it does to your sentences")
        if st.button("Show me others"):
            st.session_state.augment_offset = st.session_state.get("augment_offset", 0) + SHOWN
    own = st.text_area("Your own sentences, one a line", height=80, placeholder="The cat is on the mat.")
    offset = st.session_state.get("augment_offset", 0) % max(1, version.rows - version.rows % SHOWN)
    rows = [Row(f"own {i}", line) for i, line in enumerate(own.splitlines()) if line.strip()]
    rows = rows or rows_from(version.id, offset)
    settings = json.dumps(recipe.model_dump(mode="json"))
    shown, seconds = preview(built(settings, version.id), rows)
    changed_texts([(p.before, p.after, "") for p in shown[:SHOWN]], "augmented")
    st.caption("Inserted text is underlined and deleted text is struck through.")
    st.caption(f"A thousand such rows take about {seconds:.2g} s.")


st.title("Augment")
st.write("Make new training rows out of the ones there are. Each remembers the row it came from and what changed it.")
with errors_as_sentences():
    version = needed()
    left, right = st.columns([2, 3], gap="large")
    with left:
        written = {"steps": steps(version.language)}
        with st.expander("Amount, gates and seed"):
            written |= amount()
            st.markdown("**Gates: what a new row has to pass**")
            written["gates"] = chosen_gates()
            written["seed"] = st.number_input("Seed", 0, 2**32 - 1, 0, help="Another seed makes other rows.")
    with right, errors_as_sentences():
        recipe = parse_config(Recipe, written)
        try_out(recipe, version)
        with st.container(horizontal=True):
            if st.button("Make the new rows", type="primary"):
                config = parse_config(AugmentConfig, {"version": version.id, "recipe": recipe.model_dump(mode="json")})
                start("augment", f"Augment {version.label}", config, (version.id,))
            st.download_button("Save the recipe", dump_recipe(recipe), "recipe.yaml", on_click="ignore")
    latest = latest_run("augment")
    if latest and {version.id, version.parent_id} & set(latest.inputs):
        run = run_panel(latest.id)
        if run.result:
            report(run.result["report"], run.id)
            st.page_link("pages/finetuning.py", label=plain("Train on it"), icon=":material/model_training:")

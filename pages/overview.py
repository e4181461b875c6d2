"""Overview: the way through the work, and how far the dataset in use has come on it."""

import streamlit as st

from core.data.explore import Facets, facets
from core.data.workspace import Version
from core.runs.store import Run
from pages.ui import dataset, session
from pages.ui.charts import bars
from pages.ui.figure import show
from pages.ui.frame import begin
from pages.ui.start_here import needed
from pages.ui.words import errors_as_sentences, plain

WAY = {
    "1. Data": "Load a sample, import a file, or choose one of the well-known open datasets of the hub.",
    "2. Judge": "Read the rows, search them, and see how labels, lengths and words are distributed.",
    "3. Extend": "Make new rows from those you have, and follow what became of each.",
    "4. Train": "Fit language models, teach a pretrained BERT your labels, and watch them learn.",
    "5. Compare": "See the score of every run beside the settings that made it.",
}
STEPS = len(WAY)


@st.cache_data(max_entries=50, show_spinner=False)
def facts(version_id: str) -> Facets:
    """What the dataset holds; a version never changes, so its id is the key."""
    return facets(session.workspace().version(version_id))


def step(title: str, sentence: str, links: dict[str, str]) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"#### {title}")
        st.write(sentence)
        for page, label in links.items():
            st.page_link(f"pages/{page}.py", label=label, icon=":material/arrow_forward:")


def data_sentence(version: Version, held: Facets) -> str:
    splits = {name for name, _ in held.splits.items if name}
    split = "split for training and validation" if {"train", "validation"} <= splits else "not split yet"
    return f"{version.rows:,} rows in version {version.number}, {split}."


def judge_sentence(held: Facets) -> str:
    labels = [(label, rows) for label, rows in held.labels.items if label]
    if not labels:
        return f"The rows have no labels. The longest text has {held.characters[1]:,} characters."
    largest = max(rows for _, rows in labels) / held.labels.total
    if len(labels) == 1:
        return "All labelled rows have one and the same label, so a classifier has nothing to tell apart."
    return f"{held.labels.distinct:,} labels. The most frequent one has {largest:.0%} of the rows."


def extend_sentence(held: Facets) -> str:
    rows = dict(held.origins.items)
    made = held.origins.total - rows.get("original", 0)
    if not made:
        return "Every row is original: none was augmented or generated."
    return f"{rows.get('augmented', 0):,} rows are augmented and {rows.get('generated', 0):,} generated."


def train_sentence(runs: list[Run]) -> str:
    if not runs:
        return "No classifier was trained on this dataset yet."
    if any(run.active for run in runs):
        return "A classifier is being trained on this dataset now."
    return f"Trainings of a classifier: {len(runs)}. Finished: {sum(r.state == 'finished' for r in runs)}."


def language_sentence(runs: list[Run]) -> str:
    made = sum(run.state == "finished" for run in runs)
    return f"Language models of this dataset: {made}." if made else "No language model was made of this dataset yet."


def compare_sentence(classifiers: list[Run], language_models: list[Run]) -> str:
    scores = [run.result["accuracy"] for run in classifiers if run.result and "accuracy" in run.result]
    if not scores and any(run.state == "finished" for run in language_models):
        return "The language models stand side by side on their page, under Comparison."
    if not scores:
        return "There is nothing to compare before a model is trained."
    if len(scores) == 1:
        return f"One model is scored: {scores[0]:.1%} of the validation rows are right."
    return f"{len(scores)} models are scored: from {min(scores):.1%} to {max(scores):.1%} right."


def first_look() -> None:
    """The way in five steps, for someone who has no dataset yet, and samples to begin with."""
    for column, (title, sentence) in zip(st.columns(STEPS), WAY.items(), strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"#### {title}")
            st.write(sentence)
    needed()


begin(
    "Overview",
    "Look into a text dataset, judge it, extend it, train on it, and find out by measurement what helped.",
)
with errors_as_sentences():
    if dataset.chosen() is None:
        first_look()
    version = needed()
    held = facts(version.id)
    family = {v.id for v in session.workspace().versions(version.dataset_id)}
    trained = [r for r in session.runs().runs() if r.lane != "data" and family.intersection(r.inputs)]
    language_models = [r for r in trained if r.kind in ("ngram", "arpa", "lm")]
    trained = [r for r in trained if r.kind == "finetune"]

    st.subheader(f"How far {plain(version.label)} has come")
    steps = [
        ("1. Data", data_sentence(version, held), {"datasets": "Datasets"}),
        ("2. Judge", judge_sentence(held), {"explore": "Explore"}),
        ("3. Extend", extend_sentence(held), {"augment": "Augment", "gans": "GANs"}),
        (
            "4. Train",
            f"{language_sentence(language_models)} {train_sentence(trained)}",
            {"language_models": "Language models", "finetuning": "Fine-tuning"},
        ),
        ("5. Compare", compare_sentence(trained, language_models), {"runs": "Runs"}),
    ]
    for column, content in zip(st.columns(STEPS), steps, strict=True):
        with column:
            step(*content)

    labels = [(label, rows) for label, rows in held.labels.items if label]
    if labels:
        st.subheader("Rows by label")
        shown = labels[:20]
        chart = bars([label for label, _ in shown], [rows for _, rows in shown], x_title="Label", y_title="Rows")
        show(chart, key="labels")

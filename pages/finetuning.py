"""Fine-tuning: the embedded BERT learns the labels of the dataset in use, live."""

from pathlib import Path

import streamlit as st

from core.config import parse_config
from core.data.workspace import Version
from core.finetuning.config import FinetuneConfig
from core.finetuning.prediction import Classifier
from core.runs.store import Run
from pages.ui import session
from pages.ui.charts import bars, confusion
from pages.ui.figure import show
from pages.ui.forms import fields
from pages.ui.panels import panels_for
from pages.ui.run_panel import latest_run, run_panel, samples_of, start
from pages.ui.start_here import needed
from pages.ui.words import duration, errors_as_sentences, plain

NEAREST = ("epochs", "learning_rate", "batch_size")


@st.cache_resource(max_entries=2, show_spinner="Loading the model")
def classifier(folder: Path) -> Classifier:
    """A finished run's model, loaded once for every visitor who holds its folder's name."""
    return Classifier.load(folder)


def form(version: Version) -> None:
    with st.form("finetuning", border=True):
        values = {}
        columns = st.columns(len(NEAREST))
        for column, name in zip(columns, NEAREST, strict=True):
            with column:
                values |= fields(FinetuneConfig, [name], "finetuning")
        with st.expander("Advanced settings"):
            rest = [name for name in FinetuneConfig.model_fields if name not in (*NEAREST, "version")]
            for left, right in zip(rest[::2], [*rest[1::2], None], strict=False):
                for column, name in zip(st.columns(2), (left, right), strict=True):
                    if name:
                        with column:
                            values |= fields(FinetuneConfig, [name], "finetuning")
        if st.form_submit_button("Train", type="primary"):
            config = parse_config(FinetuneConfig, {"version": version.id, **values})
            st.query_params.pop("run", None)
            start("finetune", f"BERT on {version.label}", config, (version.id,))


def run_shown(version: Version) -> Run | None:
    """The run of the link, else this session's latest, else the latest on this dataset version."""
    if "run" in st.query_params:
        return session.runs().run(st.query_params["run"])
    mine = latest_run("finetune")
    if mine and version.id in mine.inputs:
        return mine
    return next((r for r in session.runs().runs() if r.kind == "finetune" and version.id in r.inputs), None)


def results(run: Run) -> None:
    left, right = st.columns(2)
    with left:
        st.subheader("Where it is right and wrong")
        samples = samples_of(run.id)
        for name, data in samples.items():
            if name.startswith("confusion"):
                show(confusion(data["matrix"], data["labels"]), key=f"{name} {run.id}")
    with right:
        st.subheader("Try a sentence")
        text = st.text_area("Sentence", key=f"try {run.id}", placeholder="I love this movie!", height=80)
        if text.strip():
            model = classifier(run.folder)
            prediction = model.predict([text])[0]
            probability = prediction.probabilities[prediction.label]
            st.write(f"The model says **{plain(prediction.label)}**, with a probability of {probability:.1%}.")
            ranked = sorted(prediction.probabilities.items(), key=lambda item: -item[1])[:10]
            chart = bars([k for k, _ in ranked], [v for _, v in ranked], x_title="Label", y_title="Probability")
            show(chart, key=f"probabilities {run.id}")


st.title("Fine-tuning")
st.write("A BERT that has read a great deal of English learns your labels from your examples, and is scored on others.")
with errors_as_sentences():
    version = needed()
    form(version)
    run = run_shown(version)
    if run is None:
        st.caption("The model is inside the app: 22.7 million parameters, no download. Press Train to begin.")
    else:
        st.query_params["run"] = run.id
        st.subheader(plain(run.name))
        run = run_panel(run.id, panels_for(run.kind))
        if run.state == "finished":
            st.caption(f"It took {duration(run.seconds)}.")
            results(run)

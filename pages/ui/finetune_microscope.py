"""The tab Microscope: what the model reads of one sentence, and what it computes, before and after training."""

import streamlit as st

from core.finetuning.evaluation import predicted
from core.finetuning.microscope import loss, multi_label_loss, reading
from core.finetuning.prediction import Classifier
from core.finetuning.scored_rows import named
from core.runs.store import Run
from pages.ui.finetune_runs import beginner, classifier
from pages.ui.words import plain

EXAMPLE = "I love this movie!"


def microscope_tab(run: Run) -> None:
    """Draw the tab."""
    left, right = st.columns([3, 1])
    text = left.text_input("Sentence to look at", EXAMPLE, key=f"microscope {run.id}", max_chars=2_000)
    if not text.strip():
        st.caption("Type a sentence.")
        return
    trained = classifier(run.folder)
    with right:
        target = _target(run, trained)
    st.markdown("#### What the model reads")
    read = reading(trained, text)
    st.dataframe(
        {"Token": read.tokens, "Id": read.ids, "Attention mask": read.attention_mask},
        hide_index=True,
        height=240,
        alt="The tokens of the sentence with their ids and the attention mask",
    )
    st.caption(
        "A word that the vocabulary lacks is cut into parts that begin with ##. [CLS] and [SEP] mark beginning and "
        "end. [PAD] fills the sentence up as beside longer ones, and the mask of 0 keeps the model from reading it."
    )
    before, after = st.columns(2, gap="large")
    with before:
        st.markdown("#### Before training")
        st.caption("The pretrained model with a new, random classifier on top.")
        _computed(beginner(run.folder, run), text, target, f"before {run.id}")
    with after:
        st.markdown("#### After training")
        st.caption("The model that this run has left.")
        _computed(trained, text, target, f"after {run.id}")


def _target(run: Run, trained: Classifier) -> list[str]:
    if trained.multi_label:
        return st.multiselect("Labels it should have", trained.labels, key=f"microscope labels {run.id}")
    chosen = st.selectbox(
        "Label it should have", trained.labels, index=len(trained.labels) - 1, key=f"microscope label {run.id}"
    )
    return [chosen]


def _computed(model: Classifier, text: str, target: list[str], key: str) -> None:
    logits = model.logits([text])
    answer = named(predicted(logits, model.multi_label)[0], model.labels)
    values = logits[0].tolist()
    found = (
        multi_label_loss(values, model.labels, target) if model.multi_label else loss(values, model.labels, target[0])
    )
    st.metric("Loss against the label", f"{found.value:.4f} nats")
    st.write(f"Its answer: **{plain(answer or 'none of the labels')}**")
    columns = list(found.rows[0])
    st.dataframe(
        list(found.rows),
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="%.4f") for name in columns if name != "Label"},
        key=f"microscope table {key}",
        alt="Logits and probabilities of each label",
    )
    for number, step in enumerate(found.steps, 1):
        st.write(f"{number}\\. {plain(step)}")

"""Text that a model writes, and the rows of the dataset that its n-grams come from."""

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.data.workspace import Version
from core.errors import NotFound
from core.neural_lm.model import LanguageModel
from core.ngram.model import NgramModel
from core.ngram.sampling import sample
from core.ngram.vocabulary import BEGIN_WORD, END_WORD
from core.precision import torch_threads
from core.runs.store import Run
from core.text.tokenizers import TOKENIZERS
from pages.ui import lm_cache
from pages.ui.lm_explorer import tokens_of
from pages.ui.words import plain

BEFORE, SHOWN = 30, 160  # characters of a row that are shown around an n-gram
SHORTEST_SOURCE = 2  # words of an n-gram whose rows are offered


def ngram_writing(run: Run, model: NgramModel, version: Version) -> None:
    """Draw the settings of sampling, the text drawn, and where its n-grams come from."""
    asked = _settings(run, top_p=False)
    prompt = tokens_of(model, asked.pop("prompt"))
    drawn = sample(model, prompt, max_tokens=asked.pop("tokens"), **asked)
    written = [*prompt, *drawn.tokens]
    _text(TOKENIZERS[model.settings.tokenizer].join(written, model.settings.language))
    if not drawn.ended:
        st.caption("The text was cut off at the number of tokens asked for.")
    if model.is_counted:
        _sources(run, model, version, [BEGIN_WORD, *written, *([END_WORD] if drawn.ended else [])])


def neural_writing(run: Run, model: LanguageModel) -> None:
    """Draw the settings of sampling and the text drawn."""
    asked = _settings(run, top_p=True)
    with torch_threads(1):  # several would wait for each other where a training takes the cores
        text = model.generate(asked.pop("prompt"), **asked)
    _text(text)


def _settings(run: Run, top_p: bool) -> dict[str, Any]:
    """Draw the form and return what it is at."""
    with st.form(f"lm writing {run.id}", border=False):
        prompt = st.text_input("How the text begins", placeholder="Leave it empty to let the model begin.")
        columns = st.columns(5 if top_p else 4)
        values: dict[str, Any] = {
            "prompt": prompt,
            "tokens": columns[0].number_input("Tokens", 1, 500, 60, help="How many tokens follow, at most."),
            "temperature": columns[1].number_input(
                "Temperature", 0.05, 5.0, 1.0, 0.05, help="Below 1 prefers likely words, above 1 evens them out."
            ),
            "top_k": columns[2].number_input(
                "Top-k", 1, 100_000, None, placeholder="all", help="Draw only from that many of the likeliest words."
            ),
        }
        if top_p:
            values["top_p"] = columns[3].number_input(
                "Top-p", 0.05, 1.0, 1.0, 0.05, help="Draw only from the likeliest words that add up to this share."
            )
        values["seed"] = columns[-1].number_input("Seed", 0, 2**31 - 1, 0, help="The same seed, the same text.")
        st.form_submit_button("Write", type="primary")
    return values


def _text(text: str) -> None:
    if text:
        st.code(text, language=None, wrap_lines=True)
    else:
        st.info("The model ended the text before its first word. Try another seed.")


def _sources(run: Run, model: NgramModel, version: Version, written: Sequence[str]) -> None:
    """Draw the n-grams of a text; a click on one, or one that is typed, shows the training rows that contain it."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown("#### Where it comes from")
        typed = st.text_input(
            "An n-gram", key=f"lm typed {run.id}", placeholder="Type one, or click the box of one below."
        )
        length = min(max(model.order, SHORTEST_SOURCE), len(written))
        windows = [written[start : start + length] for start in range(len(written) - length + 1)]
        ngrams = list(dict.fromkeys(map(tuple, windows)))
        event = st.dataframe(
            {
                "N-gram": [" ".join(ngram) for ngram in ngrams],
                "Count": [model.count(ngram) if len(ngram) <= model.order else None for ngram in ngrams],
            },
            hide_index=True,
            height=300,
            on_select="rerun",
            selection_mode="single-row",
            key=f"lm ngrams {run.id} {hash(tuple(written))}",
            alt="The n-grams of the text and how often the training text has them",
        )
    rows = event["selection"]["rows"]
    ngram = tuple(tokens_of(model, typed)) or ngrams[rows[0] if rows else 0]
    with right:
        st.markdown("#### Training rows that contain it")
        _source_rows(run, version, ngram)


def _source_rows(run: Run, version: Version, ngram: tuple[str, ...]) -> None:
    found = lm_cache.sources(run, version, ngram)
    if not found.ids:
        st.info(f"No row that the model has learned from contains {plain(' '.join(ngram))}.")
        return
    texts = lm_cache.texts(version.id, found.ids)
    words = [word for word in ngram if word not in (BEGIN_WORD, END_WORD)]
    st.caption(f"Occurrences of {plain(' '.join(ngram))}: {found.occurrences:,}. The first rows that contain it:")
    st.dataframe(
        {"Text": list(texts.values()), "Around it": [around(t, words) for t in texts.values()], "Row": list(texts)},
        hide_index=True,
        column_order=["Around it", "Text", "Row"],
        column_config={
            "Around it": st.column_config.TextColumn(width="large"),
            "Text": st.column_config.TextColumn("The whole row", width="medium"),
        },
        alt="Rows that contain the n-gram",
    )


def around(text: str, words: Sequence[str]) -> str:
    """Return the part of `text` in which `words` stand in a row, or its beginning where they are not found."""
    found = re.search(r"[^\w]*".join(map(re.escape, words)), text, re.IGNORECASE) if words else None
    start = max(0, found.start() - BEFORE) if found else 0
    return f"{'…' if start else ''}{text[start : start + SHOWN]}"


def surprising(run: Run, version: Version) -> None:
    """Draw the held-out rows that the model finds most surprising."""
    rows = (run.result or {}).get("surprising", [])
    if not rows:
        st.info("No row was found: the rows are too short, or they were not looked for.")
        return
    texts = lm_cache.texts(version.id, tuple(row["id"] for row in rows))
    st.caption(
        "The rows that a model which has not learned from them predicts worst. They may be damaged, in another "
        "language, or simply unlike the others: a sign to look into, not a verdict."
    )
    event = st.dataframe(
        {
            "Text": [texts.get(row["id"], "") for row in rows],
            "Bits per token": [row["bits_per_token"] for row in rows],
            "Tokens": [row["tokens"] for row in rows],
            "Unknown": [row["unknown"] for row in rows],
            "Probability 0": [row["zero_probability"] for row in rows],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"lm surprising {run.id}",
        column_config={
            "Text": st.column_config.TextColumn(width="large"),
            "Bits per token": st.column_config.NumberColumn(format="%.1f"),
        },
        alt="The most surprising rows",
    )
    if event["selection"]["rows"]:
        chosen = rows[event["selection"]["rows"][0]]["id"]
        if chosen not in texts:
            raise NotFound("This row is no longer in the version.", "Choose another one.")
        st.page_link("pages/explore.py", label="Read the row in Explore", query_params={"row": chosen})

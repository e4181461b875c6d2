"""Any text under a model, token by token: how likely each is, and why."""

import math
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.neural_lm.model import LanguageModel
from core.ngram.evaluation import TokenScore, token_scores
from core.ngram.model import NgramModel
from core.ngram.vocabulary import BEGIN_WORD, END_WORD, UNKNOWN_WORD
from core.precision import torch_threads
from core.runs.store import Run
from pages.ui.words import plain

LONGEST = 20_000  # characters
MOST_SHOWN = 1_000  # tokens
INFREQUENT = 5
SURPRISE = "Surprise (bits)"

Columns = Mapping[str, Sequence[object]]


def ngram_tokens(run: Run, model: NgramModel) -> None:
    """Draw the field for a text and what the n-gram model makes of each token."""

    def columns(text: str) -> Columns:
        scores = token_scores(model, text)
        counted = {
            "count(h)": [score.history_count for score in scores],
            "count(h, w)": [score.count for score in scores],
            "count(w)": [score.word_count for score in scores],
        }
        return {
            "Token": [score.token for score in scores],
            "Probability": [score.probability for score in scores],
            SURPRISE: [score.bits for score in scores],
            "Order": [score.order for score in scores],
            "After": [" ".join(score.history) for score in scores],
            **(counted if model.is_counted else {}),
            "Why": [why(model, score) for score in scores],
        }

    _draw(run, next(iter((run.result or {}).get("texts", [])), ""), columns)


def neural_tokens(run: Run, model: LanguageModel, example: str) -> None:
    """Draw the field for a text, with `example` in it, and what the neural model makes of each token."""

    def columns(text: str) -> Columns:
        with torch_threads(1):
            scores = model.token_table(text)
        return {
            "Token": [score.token for score in scores],
            "Probability": [score.probability for score in scores],
            SURPRISE: [-math.log2(score.probability) if score.probability > 0 else None for score in scores],
            "It expected": [score.likeliest for score in scores],
            "Known": ["yes" if score.known else "no, scored as the unknown word" for score in scores],
        }

    _draw(run, example, columns)


def why(model: NgramModel, score: TokenScore) -> str:
    """Return in a sentence or two where the probability of a token comes from."""
    if score.order == 0:
        return "The words before it were never seen in a row."
    if score.word == UNKNOWN_WORD:
        return "Not in the vocabulary: scored as the unknown word."
    sentences = []
    if score.count == 0:
        sentences.append("It never followed these words.")
    elif score.order == model.order or score.history[:1] == (BEGIN_WORD,):
        sentences.append("Seen after all the words the model looks at.")
    elif score.order == 1:
        sentences.append("Never seen after the word before it.")
    else:
        sentences.append("Seen after these words, not after more.")
    if score.word_count is not None and score.word_count <= INFREQUENT:
        sentences.append("An infrequent word.")
    return " ".join(sentences)


def _draw(run: Run, example: str, columns: Callable[[str], Columns]) -> None:
    text = st.text_area(
        "Any text", value=example, key=f"lm text {run.id}", height=80, max_chars=LONGEST, persist_state="session"
    )
    found = columns(text) if text.strip() else {}
    probabilities = [float(value) for value in found.get("Probability", ())]  # type: ignore[arg-type]
    if not probabilities:
        st.caption("Write something to see how likely the model holds each token.")
        return
    logs = [math.log(value) for value in probabilities if value > 0]
    if logs:
        perplexity = math.exp(-sum(logs) / len(logs))
        st.write(f"The perplexity of this text is **{perplexity:,.1f}** on {len(probabilities):,} tokens.")
    if len(logs) < len(probabilities):
        st.caption(f"Left aside, because their probability is 0: {len(probabilities) - len(logs):,} tokens.")
    bits = [value for value in found[SURPRISE] if isinstance(value, float)]
    st.dataframe(
        {name: values[:MOST_SHOWN] for name, values in found.items()},
        hide_index=True,
        column_config={
            "Token": st.column_config.TextColumn(width=110),
            "Probability": st.column_config.NumberColumn(format="%.5f"),
            SURPRISE: st.column_config.ProgressColumn(
                format="%.1f", min_value=0, max_value=max(bits, default=1.0), help="-log2 of the probability."
            ),
            "Order": st.column_config.NumberColumn(help="The length of the n-gram that gave the probability."),
            "count(h)": st.column_config.NumberColumn(help="How often the words in the column After were seen."),
            "count(h, w)": st.column_config.NumberColumn(help="How often the token followed them."),
            "count(w)": st.column_config.NumberColumn(help="How often the token was seen in all."),
            "Why": st.column_config.TextColumn(
                width="large", help=f"A word is infrequent if the training text has it at most {INFREQUENT} times."
            ),
        },
        alt="Every token with its probability",
    )
    st.caption(f"Each sentence ends with the token {plain(END_WORD)}, which is scored too.")

"""The next-word explorer: what follows a history, by the counts and by the smoothed model."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from core.ngram.model import HistoryCounts, NgramModel
from core.ngram.sampling import next_words
from core.ngram.vocabulary import BEGIN_WORD, END_WORD, UNKNOWN, UNKNOWN_WORD
from core.runs.store import Run
from core.text.tokenizers import TOKENIZERS
from pages.ui.chart_text import shorten
from pages.ui.figure import LABEL_COLUMNS, Chart, lay_out_bars, places, show
from pages.ui.words import plain

WORDS = 20
BARS = 12
COUNT, RATIO = "count(h, w)", "Count ratio"
COLUMNS = {
    RATIO: st.column_config.NumberColumn(
        format="%.4f", help="count(h, w) / count(h), the maximum likelihood estimate."
    ),
    "Model": st.column_config.NumberColumn(format="%.5f", help="The probability that the model gives the word."),
}


def tokens_of(model: NgramModel, text: str) -> list[str]:
    """Return the tokens of what was typed, cut as the training text was."""
    return [token for sequence in model.corpus([text]).sequences() for token in sequence]


def explorer(run: Run, model: NgramModel) -> None:
    """Draw the field for a history and what may follow it."""
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    typed = left.text_input(
        "The words before",
        value=_beginning(run, model),
        key=f"lm history {run.id}",
        help="The model of order n looks at the last n - 1 of them.",
    )
    word = middle.text_input("Next word", key=f"lm next {run.id}", placeholder="the likeliest")
    begins = right.toggle("They begin a sentence", key=f"lm begins {run.id}", help="Nothing stands before them.")
    before = [*([BEGIN_WORD] if begins else []), *tokens_of(model, typed)]
    history = before[max(0, len(before) - model.order + 1) :]
    likely = [found.word for found in next_words(model, history, WORDS)]
    asked = tokens_of(model, word)[:1] or likely[:1]
    unknown = [one for one in [*history, *asked] if one not in (BEGIN_WORD, END_WORD) and is_unknown(model, one)]
    if unknown:
        named = ", ".join(map(plain, unknown))
        st.caption(f"Not in the vocabulary, so read as the unknown word {plain(UNKNOWN_WORD)}: {named}.")
    if not asked:
        st.info("Nothing follows these words in the training text, and this estimator knows no shorter history.")
        return
    words = list(dict.fromkeys([*asked, *likely]))
    distribution = model.distribution(history)
    smoothed = [float(distribution[model.vocabulary.word(one)]) for one in words]
    if not model.is_counted:
        st.caption("A model from an ARPA file has probabilities but no counts.")
        ratios: list[float | None] = [None] * len(words)
        columns = {"Next word": words, "Model": smoothed}
    else:
        found = [model.counts(history, one) for one in words]
        ratios = [one.count / one.history_count if one.history_count else None for one in found]
        _numbers(found[0], smoothed[0])
        columns = {"Next word": words, COUNT: [one.count for one in found], RATIO: ratios, "Model": smoothed}
    table, chart = st.columns([3, 2], gap="medium")
    with table:
        st.dataframe(
            columns,
            hide_index=True,
            height=min(458, 38 + 35 * len(words)),
            column_config=COLUMNS,
            alt="The likeliest next words with their counts and probabilities",
        )
        st.caption(f"{plain(END_WORD)} is the end of the sentence, {plain(UNKNOWN_WORD)} any unknown word.")
    with chart:
        rows = sorted(zip(words, ratios, smoothed, strict=True), key=lambda row: -row[2])
        show(_bars(rows[:BARS]), key=f"lm next words {run.id}")
    if model.is_counted and history:
        _shorter(model, history, asked[0])


def is_unknown(model: NgramModel, word: str) -> bool:
    """Return whether the vocabulary does not have this token of a text."""
    return model.vocabulary.ids.get(word, UNKNOWN) == UNKNOWN


def _beginning(run: Run, model: NgramModel) -> str:
    """Return words to begin with: the first of a text written by the model that were seen in a row."""
    drawn = next(iter((run.result or {}).get("texts", [])), "")
    tokens = [token for token in tokens_of(model, drawn) if not is_unknown(model, token)]
    length = min(len(tokens), model.order - 1)
    stretches = [tokens[start : start + length] for start in range(len(tokens) - length + 1)]
    seen = (one for one in stretches if not model.is_counted or model.count(one))
    tokens = next(seen, tokens[:1])
    return TOKENIZERS[model.settings.tokenizer].join(tokens, model.settings.language)


def _numbers(found: HistoryCounts, probability: float) -> None:
    ratio = f"{found.count / found.history_count:.4f}" if found.history_count else "0 / 0"
    said = st.columns(4)
    said[0].metric("count(h)", f"{found.history_count:,}", help="How often the words before were seen in a row.")
    said[1].metric(COUNT, f"{found.count:,}", help=f"How often the word followed them: {plain(found.word)}.")
    said[2].metric("count(h, w) / count(h)", ratio, help="P(w|h), the maximum likelihood estimate of the word.")
    said[3].metric("The model's P(w|h)", f"{probability:.4g}", help="The same with the smoothing of its estimator.")
    if not found.history:
        st.caption("No word before: the frequencies of single words, where count(h) is the number of all tokens.")
    elif not found.history_count:
        st.caption("These words were never seen in a row, so the count ratio is 0 / 0, and fewer words have to do.")


def _shorter(model: NgramModel, history: Sequence[str], word: str) -> None:
    """Draw the counts of the history and of its shorter ends, to which a smoothed model turns."""
    st.caption("The same word after fewer and fewer of the words before:")
    found = [model.counts(history[start:], word) for start in range(len(history) + 1)]
    st.dataframe(
        {
            "Words before": [" ".join(one.history) or "none" for one in found],
            "Next word": [one.word for one in found],
            "count(h)": [one.history_count for one in found],
            COUNT: [one.count for one in found],
            RATIO: [one.count / one.history_count if one.history_count else None for one in found],
        },
        hide_index=True,
        column_config=COLUMNS,
        alt="Counts of the words before and of their shorter ends",
    )


def _bars(rows: Sequence[tuple[str, float | None, float]]) -> Chart:
    """Return two bars a word, its count ratio and the model's probability."""
    words = [word for word, _, _ in rows]
    figure = go.Figure()
    for name, values in (("Model", [row[2] for row in rows]), ("Count ratio", [row[1] or 0.0 for row in rows])):
        figure.add_bar(
            y=places(words),
            x=values,
            name=name,
            orientation="h",
            text=[f"{value:.3f}" for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{text}<extra>" + name + "</extra>",
        )
    lay_out_bars(figure, words, "Next word", "Probability", True, "")
    highest = max((max(row[1] or 0.0, row[2]) for row in rows), default=0.0)
    figure.update_xaxes(range=[0, (highest or 1.0) * 1.25], dtick=None)
    figure.update_layout(height=96 + 34 * len(rows), showlegend=True)
    top = shorten(words[0], LABEL_COLUMNS) if words else "none"
    return Chart(figure, f"Bar chart of the probability of the next word: the likeliest is {top}.")

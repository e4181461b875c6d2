"""A text with its words marked by what they add to a label: by colour, by the kind of line, and in a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.finetuning.attribution import Attribution, attribute
from core.runs.store import Run
from pages.ui.finetune_runs import classifier
from pages.ui.words import errors_as_sentences, plain

MOST_WORDS = 12

_CSS = """
.corpus-lab-attributed p { border: 1px solid var(--st-border-color); border-radius: 0.375rem; line-height: 2;
  margin: 0; overflow-wrap: anywhere; padding: 0.5rem 0.75rem; white-space: pre-wrap; }
.corpus-lab-attributed mark { border-radius: 0.2rem; color: inherit; padding: 0.05rem 0;
  text-decoration-line: underline; text-decoration-thickness: var(--thickness); text-underline-offset: 0.25rem; }
.corpus-lab-attributed mark.for { background: color-mix(in srgb, #0072b2 var(--strength), transparent);
  text-decoration-color: #3a9bd9; text-decoration-style: solid; }
.corpus-lab-attributed mark.against { background: color-mix(in srgb, #d55e00 var(--strength), transparent);
  text-decoration-color: #d55e00; text-decoration-style: dashed; }
"""

_component = st.components.v2.component(
    "corpus_lab_attributed",
    html='<div class="corpus-lab-attributed" role="group"></div>',
    css=_CSS,
    js=(Path(__file__).parent / "attributed_text.js").read_text(encoding="utf-8"),
)


@st.cache_data(max_entries=50, ttl="1h", show_spinner="Asking each word what it adds")
def attribution(folder: Path, text: str, label: str) -> Attribution:
    """What the words of a text add to a label under a finished run's model; by the folder's name, which is secret."""
    return attribute(classifier(folder), text, label)


def why(run: Run, text: str, label: str, key: str) -> None:
    """Draw which words of `text` speak for `label` and which against it."""
    labels: list[str] = (run.result or {})["labels"]
    chosen = st.selectbox("Which words speak for", labels, index=labels.index(label), key=f"why {key}")
    with errors_as_sentences():
        found = attribution(run.folder, text, chosen)
        marked_text(found, key)
        st.caption(
            "Solid lines and blue: the word speaks for the label. Dashed lines and orange: it speaks against it. "
            "The stronger, the thicker the line."
        )
        with st.expander("The numbers"):
            _numbers(found)


def marked_text(found: Attribution, key: str) -> None:
    """Draw the text with its marks."""
    strongest = max((abs(piece.score) for piece in found.pieces if piece.score is not None), default=0.0) or 1.0
    pieces = [
        {
            "text": piece.text,
            "score": piece.score,
            "strength": abs(piece.score or 0.0) / strongest,
            "title": "" if piece.score is None else f"{piece.score:+.3f}",
        }
        for piece in found.pieces
    ]
    marked_pieces(pieces, _description(found), key)


def marked_pieces(pieces: Sequence[Mapping[str, Any]], description: str, key: str) -> None:
    """Draw pieces of a text: `text`, `score` (above 0 solid, below dashed, None unmarked), `strength`, `title`."""
    _component(key=f"marked {key}", data={"pieces": list(pieces), "description": description})


def _description(found: Attribution) -> str:
    ranked = sorted((piece for piece in found.pieces if piece.score), key=lambda piece: -abs(piece.score or 0))[:5]
    words = ", ".join(f"{piece.text} {piece.score:+.2f}" for piece in ranked)
    return f"The words that move the label {found.label} the most: {words}."


def _numbers(found: Attribution) -> None:
    words = [piece for piece in found.pieces if piece.score is not None]
    ranked = sorted(words, key=lambda piece: -abs(piece.score or 0))[:MOST_WORDS]
    st.dataframe(
        {"Word": [piece.text for piece in ranked], "Adds": [piece.score for piece in ranked]},
        hide_index=True,
        column_config={"Adds": st.column_config.NumberColumn(format="%+.3f")},
        alt="The words that move the label the most",
    )
    st.write(
        f"The log-odds of {plain(found.label)} are {found.log_odds:+.3f} on this text and {found.at_baseline:+.3f} on "
        f"padding alone. All words together add {sum(piece.score or 0 for piece in words):+.3f}, the marks of "
        f"beginning and end {found.special:+.3f}; {found.error:+.3f} is the error of the sum."
    )
    st.caption(
        "Integrated gradients on the word embeddings (Sundararajan, Taly and Yan 2017), with captum. Log-odds are "
        "ln(p / (1 - p)) of the label's probability p."
    )

"""Which words of a text speak for a label and which against it: integrated gradients on the word embeddings."""

from dataclasses import dataclass
from typing import Any

from core.errors import InputError
from core.finetuning.prediction import Classifier, Tokens

STEPS = 50  # Sundararajan et al. (2017), section 5: 20 to 300 are enough
AT_ONCE = 1_000  # tokens of interpolated texts that are computed together


@dataclass(frozen=True)
class Piece:
    """A stretch of the text; `score` is what it adds to the log-odds of the label, None where nothing was read."""

    text: str
    score: float | None


@dataclass(frozen=True)
class Attribution:
    """The text in pieces (joined they are the text), and what the label's log-odds are made of.

    Completeness: `at_baseline` plus all scores, those of the pieces and `special` of [CLS] and [SEP], is
    `log_odds` but for `error`.
    """

    label: str
    pieces: tuple[Piece, ...]
    log_odds: float  # ln(p / (1 - p)) of the label on the text
    at_baseline: float  # the same on a text as long that says nothing: padding between [CLS] and [SEP]
    special: float
    error: float


def attribute(classifier: Classifier, text: str, label: str) -> Attribution:
    """Return how far each word of `text` moves the log-odds of `label`.

    Integrated gradients (Sundararajan, Taly and Yan 2017, ICML) of the label's log-odds along the straight line from
    the embeddings of padding to those of the text, summed over each word's embedding. Raises InputError where the
    model reads no word of the text.
    """
    import torch
    from captum.attr import IntegratedGradients

    tokens = classifier.tokens(text)
    if all(start == end for start, end in tokens.spans):
        raise InputError("There is no word in this text that the model could read.", "Type a sentence.")
    model, number = classifier.model, classifier.labels.index(label)
    embeddings = model.get_input_embeddings()
    ids = torch.tensor([tokens.ids], device=model.device)  # (1, T)
    special = torch.tensor([[start == end for start, end in tokens.spans]], device=model.device)
    nothing = torch.where(special, ids, torch.full_like(ids, classifier.tokenizer.pad_token_id))

    def log_odds(vectors: Any) -> Any:  # (B, T, D) -> (B)
        mask = torch.ones(vectors.shape[:2], dtype=torch.long, device=vectors.device)
        logits = model(inputs_embeds=vectors, attention_mask=mask).logits.float()  # (B, C)
        if classifier.multi_label:
            return logits[:, number]
        others = [c for c in range(len(classifier.labels)) if c != number]
        return logits[:, number] - torch.logsumexp(logits[:, others], dim=1)

    with torch.no_grad():
        vectors, baseline = embeddings(ids), embeddings(nothing)
        reached, began = float(log_odds(vectors)), float(log_odds(baseline))
    # Not LayerIntegratedGradients: it puts hooks into the model, which others use at the same moment.
    gradients = IntegratedGradients(log_odds).attribute(
        vectors, baseline, n_steps=STEPS, internal_batch_size=max(1, AT_ONCE // len(tokens.ids))
    )
    scores = gradients.sum(dim=-1)[0].tolist()  # (T)
    outside = sum(score for score, (start, end) in zip(scores, tokens.spans, strict=True) if start == end)
    error = reached - began - sum(scores)
    return Attribution(label, _pieces(text, tokens, scores), reached, began, outside, error)


def _pieces(text: str, tokens: Tokens, scores: list[float]) -> tuple[Piece, ...]:
    """Return the text in pieces: the parts of one word ("##ing") together, and what stands between words."""
    pieces: list[Piece] = []
    done = 0
    for score, (start, end) in zip(scores, tokens.spans, strict=True):
        if start == end:
            continue
        if start > done or not pieces:
            pieces += [Piece(text[done:start], None)] * (start > done)
            pieces.append(Piece(text[start:end], score))
        elif _one_word(text, start):
            last = pieces.pop()
            pieces.append(Piece(last.text + text[start:end], (last.score or 0.0) + score))
        else:
            pieces.append(Piece(text[start:end], score))
        done = end
    return (*pieces, Piece(text[done:], None)) if done < len(text) else tuple(pieces)


def _one_word(text: str, at: int) -> bool:
    """Return whether the characters on both sides of `at` belong to one word; Chinese characters are words alone."""
    return all(character.isalnum() and ord(character) < 0x2E80 for character in text[at - 1 : at + 1])

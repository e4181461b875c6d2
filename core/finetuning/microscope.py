"""One sentence under the microscope: what the model reads, what it computes, and what the loss makes of it."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.finetuning.config import FinetuneConfig
from core.finetuning.evaluation import probabilities
from core.finetuning.model import load_pretrained
from core.finetuning.prediction import Classifier, Tokens
from core.finetuning.pretrained import find_pretrained

PADDED_TO = 8  # so that padding and its mask can be seen


@dataclass(frozen=True)
class Reading:
    """A text as the model gets it: tokens, their ids, and the mask that is 1 on tokens and 0 on padding."""

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    attention_mask: tuple[int, ...]


@dataclass(frozen=True)
class Loss:
    """The loss against chosen labels: a line a label, its columns by name, then how it follows in sentences."""

    rows: tuple[dict[str, Any], ...]
    steps: tuple[str, ...]
    value: float  # nats


def untrained(config: FinetuneConfig, result: Mapping[str, Any], hub_only: bool = False) -> Classifier:
    """Return the classifier that a run began with: the pretrained model and the head that its seed drew.

    `result` is the run's, and `hub_only` is as in `find_pretrained`. Raises InputError and MissingResource as loading
    the pretrained model does.
    """
    seed = int(result.get("seed", config.seed))
    found = find_pretrained(config.model, hub_only)
    model, tokenizer = load_pretrained(found, result["labels"], seed, config.multi_label)
    tokenizer.model_max_length = result["max_length"]
    return Classifier(model.eval(), tokenizer)


def reading(classifier: Classifier, text: str) -> Reading:
    """Return what the model reads of `text`, padded to a multiple of 8 tokens as it would be beside longer texts."""
    tokens: Tokens = classifier.tokens(text)
    n = len(tokens.ids)
    padding = -n % PADDED_TO
    pad_id = int(classifier.tokenizer.pad_token_id)
    return Reading(
        (*tokens.names, *[classifier.tokenizer.pad_token] * padding),
        (*tokens.ids, *[pad_id] * padding),
        (*[1] * n, *[0] * padding),
    )


def loss(logits: list[float], labels: list[str], target: str) -> Loss:
    """Return the cross-entropy of softmax(logits) against the label `target`, with every number on the way to it."""
    exponentials = [math.exp(z - max(logits)) for z in logits]
    total = sum(exponentials)
    rows = tuple(
        {"Label": label, "Logit z": z, "exp(z - largest z)": e, "Probability": e / total}
        for label, z, e in zip(labels, logits, exponentials, strict=True)
    )
    e = exponentials[labels.index(target)]
    # -ln(e / total), but exact where e is too small for a float
    value = math.log(total) - (logits[labels.index(target)] - max(logits))
    steps = (
        f"The exponentials add up to {total:.4f}.",
        f"The probability of {target} is {e:.4f} / {total:.4f} = {e / total:.4f}.",
        f"The loss is -ln({e / total:.4f}) = {value:.4f} nats.",
        f"A model that knows nothing gives each of {len(labels)} labels the same probability: "
        f"its loss is ln({len(labels)}) = {math.log(len(labels)):.4f} nats.",
    )
    return Loss(rows, steps, value)


def multi_label_loss(logits: list[float], labels: list[str], targets: Collection[str]) -> Loss:
    """Return the mean binary cross-entropy of sigmoid(logits) against the labels in `targets`, with every number."""
    p = probabilities(np.array([logits]), multi_label=True)[0].tolist()
    losses = [float(np.logaddexp(0, -z if label in targets else z)) for label, z in zip(labels, logits, strict=True)]
    rows = tuple(
        {"Label": label, "Logit z": z, "Probability": share, "Has the label": label in targets, "Loss": part}
        for label, z, share, part in zip(labels, logits, p, losses, strict=True)
    )
    value = sum(losses) / len(labels)
    steps = (
        "Each probability is 1 / (1 + exp(-z)): a text can have several labels, so they need not add up to 1.",
        "The loss of a label that the text has is -ln(p), of one that it has not -ln(1 - p).",
        f"The loss is their mean: {sum(losses):.4f} / {len(labels)} = {value:.4f} nats.",
        f"A model that knows nothing gives every label even odds: its loss is ln(2) = {math.log(2):.4f} nats.",
    )
    return Loss(rows, steps, value)

"""The losses of a classifier: cross-entropy where a row has one label, one binary cross-entropy a label where several.

Importing this module imports torch.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from core.finetuning.config import FinetuneConfig
from core.finetuning.examples import Targets

Loss = Callable[..., Any]


def loss_for(config: FinetuneConfig, targets: Targets, labels: int) -> Loss:
    """Return the loss that `config` asks for, its class weights from the training rows' `targets`.

    It is called by Trainer as `loss(outputs, labels, num_items_in_batch)`, with `outputs.logits` (B, C) and `labels`
    (B) of label numbers or (B, C) of 0 and 1, and gives the mean over the rows in nats, for several labels over the
    rows and labels. A large step is computed in parts: each part's sum is divided by the items of the whole step.
    """
    weights = balanced(np.asarray(targets), labels) if config.class_weights == "balanced" else None
    weight = None if weights is None else torch.tensor(weights, dtype=torch.float32)
    sum_of = several_labels if config.multi_label else one_label

    def loss(outputs: Any, targets: Any, num_items_in_batch: Any = None) -> Any:
        logits = outputs.logits.float()
        on_device = None if weight is None else weight.to(logits.device)
        total = sum_of(logits, targets, on_device, config.label_smoothing)
        return total / (targets.numel() if num_items_in_batch is None else num_items_in_batch)

    return loss


def one_label(logits: Any, targets: Any, weight: Any, smoothing: float) -> Any:
    """Return the sum over the rows of the cross-entropy of `logits` (B, C) against label numbers (B).

    Smoothing: Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7.
    """
    return torch.nn.functional.cross_entropy(logits, targets, weight=weight, label_smoothing=smoothing, reduction="sum")


def several_labels(logits: Any, targets: Any, weight: Any, smoothing: float) -> Any:
    """Return the sum over rows and labels of the binary cross-entropy of `logits` (B, C) against 0 and 1 (B, C)."""
    smooth = targets.to(logits.dtype) * (1 - smoothing) + smoothing / 2
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, smooth, pos_weight=weight, reduction="sum")


def balanced(targets: Any, labels: int) -> Any:
    """Return a weight for each of C labels, so that all count alike.

    One label a row, `targets` (N): rows / (C * rows of the label), whose mean over the rows is 1 (King and Zeng 2001,
    "Logistic Regression in Rare Events Data", section 4.2). Several, (N, C): what a present label counts against an
    absent one, absences / presences.
    """
    if targets.ndim == 1:
        return len(targets) / (labels * np.bincount(targets, minlength=labels))
    present = targets.sum(axis=0)
    return (len(targets) - present) / present

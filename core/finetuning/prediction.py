"""Predicting with a fine-tuned model, in batches of texts of about the same length."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import NotFound
from core.finetuning.encoding import CHARACTERS_PER_TOKEN, TokenIds, pad, tokenize
from core.finetuning.evaluation import predicted, probabilities
from core.finetuning.model import load_finetuned
from core.finetuning.scored_rows import named

BATCH_ROWS = 32
FEWEST_BATCHES = 8  # of few texts of very different lengths one batch would be mostly padding
MODEL = "model"  # the folder in a run's folder that holds the finished model


@dataclass(frozen=True)
class Prediction:
    """What a text was labelled: its likeliest label, or several with commas between them ("" for none).

    The probabilities of all labels add up to 1, unless a text can have several.
    """

    label: str
    probabilities: dict[str, float]


@dataclass(frozen=True)
class Tokens:
    """A text as the model reads it, T tokens with the special ones at its ends (the longest texts are cut off).

    `spans` are where each token stands in the text, (from, to) in characters; (0, 0) for a special token.
    """

    ids: list[int]
    names: list[str]
    spans: list[tuple[int, int]]


class Classifier:
    """A fine-tuned model that labels texts. It computes in float32, so a text gets the same answer everywhere."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self._lock = threading.Lock()
        self.max_length = int(tokenizer.model_max_length)
        self.labels = [model.config.id2label[number] for number in range(model.config.num_labels)]
        self.multi_label = model.config.problem_type == "multi_label_classification"

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Return the classifier that the fine-tuning run with this folder made.

        Raises NotFound when the run has made none (yet), InputError when its files cannot be loaded.
        """
        if not (folder / MODEL).is_dir():
            raise NotFound("This run has no finished model.", "Choose a run that has finished, or resume this one.")
        return cls(*load_finetuned(folder / MODEL))

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, in order."""
        logits = self.logits(texts)
        answers, shares = predicted(logits, self.multi_label), probabilities(logits, self.multi_label)
        return [
            Prediction(named(answer, self.labels), dict(zip(self.labels, row.tolist(), strict=True)))
            for answer, row in zip(answers, shares, strict=True)
        ]

    def tokens(self, text: str) -> Tokens:
        """Return the tokens of one text."""
        with self._lock:
            encoded = self.tokenizer(
                text[: CHARACTERS_PER_TOKEN * self.max_length],
                truncation=True,
                max_length=self.max_length,
                return_offsets_mapping=True,
            )
            ids = list(encoded["input_ids"])
            return Tokens(ids, self.tokenizer.convert_ids_to_tokens(ids), list(encoded["offset_mapping"]))

    def logits(
        self, texts: Sequence[str], tick: Callable[[int], object] = lambda done: None
    ) -> npt.NDArray[np.float32]:
        """Return the model's scores before softmax, (texts, labels). `tick` hears how many texts are done."""
        with self._lock:  # a tokenizer in use by another thread raises "Already borrowed"
            tokens = tokenize(self.tokenizer, texts, self.max_length)
        return predict_logits(self.model, tokens, self.tokenizer.pad_token_id, tick)


def predict_logits(
    model: Any,
    tokens: Sequence[TokenIds],
    pad_id: int,
    tick: Callable[[int], object] = lambda done: None,
) -> npt.NDArray[np.float32]:
    """Return the logits (N, C) of N tokenised texts under `model`, which is put into evaluation mode.

    `tick(done)` is called after every batch; what it raises ends the work.
    """
    import torch

    model.eval()
    logits = np.zeros((len(tokens), model.config.num_labels), np.float32)
    order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
    size = max(1, min(BATCH_ROWS, len(order) // FEWEST_BATCHES))
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        inputs = pad([tokens[i] for i in rows], pad_id)
        with torch.inference_mode():
            output = model(**{name: tensor.to(model.device) for name, tensor in inputs.items()}).logits
        logits[rows] = output.float().cpu().numpy()
        tick(start + len(rows))
    return logits

"""What the frozen first part of a model makes of a text: computed once, and remembered for the next epochs.

Word vectors and first layers that are not trained make the same of a text whenever it is read, as long as nothing is
dropped out in them; so nothing is, which also suits what is learned by nobody. Only what lies above is computed anew.

Importing this module imports torch.
"""

import itertools
from typing import Any

import torch

from core.finetuning.memory_needed import REMEMBERED_BYTES
from core.finetuning.shape import QUICK_TYPES
from core.finetuning.strategies import layers_of


class FrozenPart:
    """Stands in for the embeddings of a model, and for its first layers, none of whose weights is trained."""

    def __init__(self, embeddings: Any, layers: list[Any], pad_id: int, room: int) -> None:
        self._modules = [embeddings, *layers]
        self._forwards = [module.forward for module in self._modules]
        self._pad_id, self._room = pad_id, room
        self._known: dict[bytes, Any] = {}
        embeddings.forward = self
        for layer in layers:
            layer.forward = lambda hidden, *unused, **settings: hidden

    def __call__(self, input_ids: Any, **inputs: Any) -> Any:
        """Return what the part makes of `input_ids` (B, T): (B, T, D), or (B, 1, D) where all layers are frozen."""
        longest = input_ids.shape[1]
        lengths = longest - (input_ids.flip(1) != self._pad_id).int().argmax(1)  # (B,)
        texts = [row[:length] for row, length in zip(input_ids.numpy(), lengths.tolist(), strict=True)]
        keys = [text.tobytes() for text in texts]
        if any(key not in self._known for key in keys):
            hidden = self._computed(input_ids, torch.arange(longest) >= lengths[:, None], inputs)
            for key, text, row in zip(keys, texts, hidden, strict=True):
                self._remember(key, row[: len(text)])
            return hidden
        known = [self._known[key] for key in keys]
        hidden = known[0].new_zeros(len(known), longest if len(known[0]) > 1 else 1, known[0].shape[1])
        for place, row in zip(hidden, known, strict=True):
            place[: len(row)] = row
        return hidden

    def _computed(self, input_ids: Any, padding: Any, inputs: dict[str, Any]) -> Any:
        for module in self._modules:
            module.eval()
        embed, *layers = self._forwards
        mask = torch.zeros(padding.shape).masked_fill(padding, torch.finfo(torch.float32).min)[:, None, None]
        with torch.no_grad():
            hidden = embed(input_ids, **inputs)
            for forward in layers:
                hidden = forward(hidden, mask)
        return hidden

    def _remember(self, key: bytes, states: Any) -> None:
        if key not in self._known and states.nbytes <= self._room:
            self._known[key] = states.clone()
            self._room -= states.nbytes


def remember_frozen(model: Any, pad_id: int, room: int = REMEMBERED_BYTES) -> FrozenPart | None:
    """Let `model`, quickened and on a processor, remember up to `room` bytes of what its frozen first part makes.

    None where it has no such part of at least a layer, or one whose parts are not known.
    """
    base = model.base_model
    if model.config.model_type not in QUICK_TYPES or hasattr(base, "embeddings_project") or _learns(base.embeddings):
        return None
    layers = list(itertools.takewhile(lambda layer: not _learns(layer), layers_of(model)))
    return FrozenPart(base.embeddings, layers, pad_id, room) if layers else None


def _learns(module: Any) -> bool:
    return any(parameter.requires_grad for parameter in module.parameters())

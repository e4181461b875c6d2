"""What the frozen first part of a model makes of a text: computed once, and remembered for the next epochs.

Word vectors and first layers that are not trained make the same of a text whenever it is read, as long as nothing is
dropped out in them; so nothing is, which also suits what is learned by nobody. Only what lies above is computed anew.

Importing this module imports torch.
"""

import itertools
from collections.abc import Iterable
from typing import Any

import torch

from core.finetuning.memory_needed import REMEMBERED_BYTES
from core.finetuning.shape import QUICK_TYPES
from core.finetuning.strategies import layers_of


class FrozenPart:
    """Stands in for the embeddings of a model, and for its first layers, none of whose weights is trained."""

    def __init__(self, embeddings: Any, layers: Iterable[Any], pad_id: int, room: int) -> None:
        self._embeddings, self._embed = embeddings, embeddings.forward
        self._layers: list[Any] = []
        self._forwards: list[Any] = []
        self._pad_id, self._room = pad_id, room
        self._known: dict[bytes, tuple[int, Any]] = {}  # by a text's tokens: after how many layers, and what came out
        embeddings.forward = self
        self.grow(layers)

    def grow(self, layers: Iterable[Any]) -> None:
        """Stand in for the next `layers` too."""
        for layer in layers:
            self._layers.append(layer)
            self._forwards.append(layer.forward)
            layer.forward = lambda hidden, *unused, **settings: hidden

    def __call__(self, input_ids: Any, **inputs: Any) -> Any:
        """Return what the part makes of `input_ids` (B, T): (B, T, D), or (B, 1, D) where all layers are frozen."""
        longest = input_ids.shape[1]
        lengths = longest - (input_ids.flip(1) != self._pad_id).int().argmax(1)  # (B,)
        texts = [row[:length] for row, length in zip(input_ids.numpy(), lengths.tolist(), strict=True)]
        keys = [text.tobytes() for text in texts]
        depths = {self._known[key][0] if key in self._known else None for key in keys}
        depth = depths.pop() if len(depths) == 1 else None
        with torch.no_grad():
            if depth is None:
                self._embeddings.eval()
                hidden = self._embed(input_ids, **inputs)
            else:
                hidden = _padded([self._known[key][1] for key in keys], longest)
            if depth == len(self._layers):
                return hidden
            hidden = self._through(depth or 0, hidden, torch.arange(longest) >= lengths[:, None])
        for key, text, row in zip(keys, texts, hidden, strict=True):
            self._remember(key, row[: len(text)])
        return hidden

    def _through(self, depth: int, hidden: Any, padding: Any) -> Any:
        """Return what the layers from number `depth` on make of `hidden` (B, T, D); `padding` (B, T) says where."""
        mask = torch.zeros(padding.shape).masked_fill(padding, torch.finfo(torch.float32).min)[:, None, None]
        for layer, forward in zip(self._layers[depth:], self._forwards[depth:], strict=True):
            layer.eval()
            hidden = forward(hidden, mask)
        return hidden

    def _remember(self, key: bytes, states: Any) -> None:
        _, old = self._known.pop(key, (0, None))
        self._room += 0 if old is None else old.nbytes
        if states.nbytes <= self._room:
            self._known[key] = len(self._layers), states.clone()
            self._room -= states.nbytes


def _padded(texts: list[Any], longest: int) -> Any:
    """Return `texts`, N of (T, D), or of (1, D), as one of (N, `longest`, D), or (N, 1, D), filled up with 0."""
    hidden = texts[0].new_zeros(len(texts), longest if len(texts[0]) > 1 else 1, texts[0].shape[1])
    for place, row in zip(hidden, texts, strict=True):
        place[: len(row)] = row
    return hidden


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

"""The layers of a BERT, computed from its file of weights by torch alone: transformers takes four seconds to import.

Devlin et al. 2019, "BERT", section 3; Vaswani et al. 2017, "Attention Is All You Need", section 3. The test holds it
against transformers' BertModel. Importing this module imports torch.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from core.text.embedded_model import WEIGHTS

CONFIG = "config.json"


class Bert:
    """A pretrained encoder, for reading only: word numbers (B, T) and a mask become the last layer's states."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        self._weights = {name: weights for name, weights in load_file(folder / WEIGHTS).items() if weights.ndim < 3}
        self._heads, self._epsilon = config["num_attention_heads"], config["layer_norm_eps"]
        self._layers = [f"encoder.layer.{number}." for number in range(config["num_hidden_layers"])]

    def __call__(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the states (B, T, D) of word numbers `ids` (B, T) where the boolean `mask` (B, T) is true."""
        w, start = self._weights, "embeddings."
        places = w[start + "position_embeddings.weight"][: ids.shape[1]]
        kind = w[start + "token_type_embeddings.weight"][0]
        x = self._norm(F.embedding(ids, w[start + "word_embeddings.weight"]) + kind + places, start)
        seen = mask[:, None, None, :]  # (B, 1, 1, T): what every token may look at
        for layer in self._layers:
            attended = self._linear(
                self._attention(x, seen, layer + "attention.self."), layer + "attention.output.dense."
            )
            x = self._norm(attended + x, layer + "attention.output.")
            inner = F.gelu(self._linear(x, layer + "intermediate.dense."))
            x = self._norm(self._linear(inner, layer + "output.dense.") + x, layer + "output.")
        return x

    def _attention(self, x: torch.Tensor, seen: torch.Tensor, part: str) -> torch.Tensor:
        split = (*x.shape[:2], self._heads, -1)
        query, key, value = (
            self._linear(x, f"{part}{name}.").view(split).transpose(1, 2)  # (B, H, T, D / H)
            for name in ("query", "key", "value")
        )
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        return mixed.transpose(1, 2).reshape(x.shape)

    def _linear(self, x: torch.Tensor, part: str) -> torch.Tensor:
        return F.linear(x, self._weights[part + "weight"], self._weights[part + "bias"])

    def _norm(self, x: torch.Tensor, part: str) -> torch.Tensor:
        weight, bias = (self._weights[f"{part}LayerNorm.{name}"] for name in ("weight", "bias"))
        return F.layer_norm(x, weight.shape, weight, bias, self._epsilon)

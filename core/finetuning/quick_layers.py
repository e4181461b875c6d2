"""The layers of a BERT computed with less work on a processor: the same function, and the same weights.

- Of the last layer only the first token is read by the classifier, so only that one is computed: a sixth of six layers.
- Under autocast all that flows between the layers is bfloat16, where autocast alone turns it to float32 and back.
- Dropout draws 16 random bits a number, where torch draws 64.

Importing this module imports torch.
"""

from functools import partial
from typing import Any

import torch

from core.finetuning.shape import QUICK_TYPES
from core.finetuning.strategies import layers_of


def quicken(model: Any) -> None:
    """Let `model`, a classifier of transformers, compute its layers as this module does, where it knows their parts.

    Weights and their names stay as they are. Attention is written out in any case, with a mask to add: on a processor
    that is quicker than torch's own with dropout.
    """
    model.set_attn_implementation("eager")
    if model.config.model_type not in QUICK_TYPES:
        return
    layers = layers_of(model)
    for number, layer in enumerate(layers):
        layer.forward = partial(forward, layer, first_only=number == len(layers) - 1)


def forward(
    layer: Any, hidden: Any, attention_mask: Any = None, *unused: Any, first_only: bool = False, **settings: Any
) -> Any:
    """Return what a layer of BERT makes of `hidden` (B, T, D): (B, T, D), or (B, 1, D) of the first token.

    Vaswani et al. 2017, "Attention Is All You Need", section 3. `attention_mask` (B, 1, T, T) is added to the scores.
    """
    if torch.is_autocast_enabled(hidden.device.type):
        hidden = hidden.to(torch.get_autocast_dtype(hidden.device.type))
    part, training = layer.attention.self, layer.training
    asking = hidden[:, :1] if first_only else hidden  # (B, Q, D)
    rows, width, heads = len(hidden), part.attention_head_size, part.num_attention_heads
    query, key, value = (
        linear(tokens).view(rows, -1, heads, width).transpose(1, 2)  # (B, H, Q or T, D / H)
        for linear, tokens in ((part.query, asking), (part.key, hidden), (part.value, hidden))
    )
    scores = torch.matmul(query * part.scaling, key.transpose(2, 3))  # (B, H, Q, T)
    if attention_mask is not None:
        scores = scores + attention_mask[:, :, : asking.shape[1]].to(scores.dtype)
    weights = dropout(scores.softmax(dim=-1), part.dropout.p, training)
    context = torch.matmul(weights, value).transpose(1, 2).reshape(rows, asking.shape[1], heads * width)
    attended = _added(layer.attention.output, context, asking, training)
    return _added(layer.output, layer.intermediate(attended), attended, training)


def _added(part: Any, new: Any, old: Any, training: bool) -> Any:
    return part.LayerNorm(dropout(part.dense(new), part.dropout.p, training) + old)


def dropout(x: Any, p: float, training: bool) -> Any:
    """Return `x` with each number set to 0 with probability `p`, to a 65,536th, and the others divided by 1 - p.

    Srivastava et al. 2014, "Dropout", section 4. Draws from torch's generator of the processor.
    """
    if not training or p == 0:
        return x
    number = x.numel()
    bits = torch.empty(-(-number // 4), dtype=torch.int64).random_(-(2**63), None).view(torch.int16)
    kept = bits[:number].view(x.shape) >= round(p * 65_536) - 32_768
    return x * kept.to(x.dtype).mul_(1 / (1 - p))

"""The layers of a BERT computed with less work on a processor: the same function, and the same weights.

- Of the last layer only the first token is read by the classifier, so only that one is computed: a sixth of six layers.
  It asks all others, without the keys and values of any of them.
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
    attend = _of_first if first_only and type(part.key) is type(part.value) is torch.nn.Linear else _of_all
    asking = hidden[:, :1] if first_only else hidden  # (B, Q, D)
    context = attend(part, asking, hidden, attention_mask, training)
    attended = _added(layer.attention.output, context, asking, training)
    return _added(layer.output, layer.intermediate(attended), attended, training)


def _of_all(part: Any, asking: Any, hidden: Any, mask: Any, training: bool) -> Any:
    """Return what the tokens `asking` (B, Q, D) read in `hidden` (B, T, D): (B, Q, D)."""
    rows, width, heads = len(hidden), part.attention_head_size, part.num_attention_heads
    query, key, value = (
        linear(tokens).view(rows, -1, heads, width).transpose(1, 2)  # (B, H, Q or T, D / H)
        for linear, tokens in ((part.query, asking), (part.key, hidden), (part.value, hidden))
    )
    weights = _weights(torch.matmul(query * part.scaling, key.transpose(2, 3)), mask, part.dropout.p, training)
    return torch.matmul(weights, value).transpose(1, 2).reshape(asking.shape)


def _of_first(part: Any, asking: Any, hidden: Any, mask: Any, training: bool) -> Any:
    """Return the same where one token asks (Q = 1), with less work: no token's key and value is computed.

    The question is taken through the weights of the keys instead, and what was read through those of the values: the
    same matrix products in another order.
    """
    rows, width, heads = len(hidden), part.attention_head_size, part.num_attention_heads
    keys, values = (linear.weight.view(heads, width, -1) for linear in (part.key, part.value))  # (H, D / H, D)
    query = (part.query(asking) * part.scaling).view(rows, heads, width).transpose(0, 1)  # (H, B, D / H)
    scores = torch.matmul(torch.matmul(query, keys).transpose(0, 1), hidden.transpose(1, 2))  # (B, H, T)
    scores = scores + (query.transpose(0, 1) * part.key.bias.view(heads, width)).sum(dim=-1, keepdim=True)
    weights = _weights(scores[:, :, None], mask, part.dropout.p, training)[:, :, 0]
    read = torch.matmul(weights, hidden).transpose(0, 1)  # (H, B, D)
    context = torch.matmul(read, values.transpose(1, 2)).transpose(0, 1)  # (B, H, D / H)
    bias = weights.sum(dim=-1, keepdim=True) * part.value.bias.view(heads, width).to(context.dtype)
    return (context + bias).reshape(asking.shape)


def _weights(scores: Any, mask: Any, p: float, training: bool) -> Any:
    if mask is not None:
        scores = scores + mask[:, :, : scores.shape[2]].to(scores.dtype)
    return dropout(scores.softmax(dim=-1), p, training)


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

"""The softmax over the vocabulary, where most of the work of a word-level model is.

It is computed a slice of tokens at a time, loss and gradients at once, so that a slice's probabilities stay in the
processor's cache and take little memory.

The gradient of the cross-entropy is the probabilities less 1 at the target (Goodfellow et al. 2016, section 6.2.2.3).
Importing this module imports torch.
"""

from typing import Any

import torch

SLICE_LOGITS = 1 << 23  # logits computed at a time, 16 MB in bfloat16
LEAST_TOKENS = 128  # of a slice: each costs a pass over all weights
SMALLEST = 1e-38  # probability; a likelier word than this is nothing to a loss


def cross_entropy(hidden: Any, weight: Any, bias: Any, targets: Any, bfloat16: bool = False) -> Any:
    """Return the mean cross-entropy in nats of `targets` (N,) under softmax(`hidden` `weight`^T + `bias`).

    `hidden` is (N, D), `weight` (V, D), `bias` (V,). With `bfloat16` the products are computed in it, and all sums in
    float32. Gradients are computed at once, for one call of backward.
    """
    return _CrossEntropy.apply(hidden, weight, bias, targets, torch.bfloat16 if bfloat16 else torch.float32)


def slices(tokens: int, vocabulary_size: int) -> list[slice]:
    """Return slices that divide `tokens` so that each has about SLICE_LOGITS logits, and LEAST_TOKENS at least."""
    size = max(LEAST_TOKENS, SLICE_LOGITS // vocabulary_size)
    return [slice(start, start + size) for start in range(0, tokens, size)]


class _CrossEntropy(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(ctx: Any, hidden: Any, weight: Any, bias: Any, targets: Any, dtype: Any) -> Any:
        w = weight.to(dtype)
        h_one, w_bias = _beside(hidden, 1, dtype), _beside(weight, bias, dtype)
        share = 1 / len(targets)  # of each token in the mean
        h_share = (hidden * share).to(dtype)
        loss = hidden.new_zeros((), dtype=torch.float32)
        # The gradient of the logits is the probabilities, less 1 at the target: first the one part, then the other.
        d_hidden = torch.empty_like(hidden, dtype=torch.float32)  # (N, D)
        d_weight: Any = None  # (V, D), from the first slice on
        d_bias = torch.zeros_like(bias)
        for part in slices(len(targets), len(weight)):
            probabilities = (h_one[part] @ w_bias.T).softmax(1)  # (n, V)
            found = probabilities.gather(1, targets[part].unsqueeze(1)).float()
            loss -= found.clamp_min(SMALLEST).log().sum()
            d_hidden[part] = probabilities @ w
            product = probabilities.T @ h_share[part]
            d_weight = product.float() if d_weight is None else d_weight.add_(product)
            d_bias += (torch.ones_like(found, dtype=dtype).T @ probabilities).squeeze(0)  # quicker than a sum
        d_hidden.sub_(weight[targets]).mul_(share)
        d_weight.index_add_(0, targets, hidden.float(), alpha=-share)
        d_bias.sub_(torch.bincount(targets, minlength=len(bias))).mul_(share)
        ctx.save_for_backward(d_hidden, d_weight, d_bias)
        return loss * share

    @staticmethod
    def backward(ctx: Any, d_loss: Any) -> Any:
        gradients = ctx.saved_tensors
        if d_loss.is_cuda or d_loss != 1:  # a pass over all weights, and mostly for nothing; a graphics card is quick
            gradients = tuple(gradient.mul_(d_loss) for gradient in gradients)
        return (*gradients, None, None)


def _beside(matrix: Any, column: Any, dtype: Any) -> Any:
    """Return `matrix` (N, D) with one more column: a bias is added in the product then, not in a pass of its own."""
    both = matrix.new_empty((len(matrix), matrix.shape[1] + 1), dtype=dtype)
    both[:, :-1], both[:, -1] = matrix, column
    return both


def log_probabilities(hidden: Any, weight: Any, bias: Any, targets: Any, bfloat16: bool = False) -> Any:
    """Return the natural log-probability of each of `targets`, (N,) float32; no gradients. As in `cross_entropy`."""
    dtype = torch.bfloat16 if bfloat16 else torch.float32
    h, w = hidden.to(dtype), weight.to(dtype)
    found = []
    for part in slices(len(targets), len(weight)):
        logits = (h[part] @ w.T).float().add_(bias)  # (n, V)
        found.append(logits.gather(1, targets[part].unsqueeze(1)).squeeze(1) - logits.logsumexp(1))
    return torch.cat(found)


def highest(hidden: Any, weight: Any, bias: Any) -> Any:
    """Return the number of the likeliest word for each vector, (N, D) -> (N,)."""
    parts = slices(len(hidden), len(weight))
    return torch.cat([torch.addmm(bias, hidden[part], weight.T).argmax(1) for part in parts])

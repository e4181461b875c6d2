"""AdamW that does not touch the vectors of words which a step did not read.

Half of a small BERT is its table of word vectors, and a batch reads some hundred of its 30,000 rows. Plain AdamW
computes with all of them at every step, which takes longer than the arithmetic of the layers they feed.

Importing this module imports torch.
"""

from typing import Any

import torch


class SparseRowsAdamW(torch.optim.AdamW):  # type: ignore[misc]
    """AdamW (Loshchilov and Hutter 2019, algorithm 2) whose sparse gradients change only the rows they name.

    For those rows the moments, the bias correction and the decoupled weight decay are AdamW's; the moments of a row
    rest while it is not read, as in torch's SparseAdam. Dense gradients go to torch's own fused AdamW.
    """

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Any = None) -> Any:
        """Change the weights once; `closure` computes the loss again where it is given, and the loss is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        sparse = [
            (group, p)
            for group in self.param_groups
            for p in group["params"]
            if p.grad is not None and p.grad.is_sparse
        ]
        gradients = [p.grad.coalesce() for _, p in sparse]
        for _, p in sparse:
            p.grad = None
        super().step()
        for (group, p), gradient in zip(sparse, gradients, strict=True):
            self._step_rows(group, p, gradient.indices()[0], gradient.values())
        return loss

    def _step_rows(self, group: dict[str, Any], p: Any, rows: Any, gradient: Any) -> None:
        """Change `rows` (U) of `p` (V, D) by their `gradient` (U, D)."""
        state = self.state[p]
        if not state:
            state["step"] = torch.tensor(0.0)
            state["exp_avg"] = torch.zeros_like(p)
            state["exp_avg_sq"] = torch.zeros_like(p)
        state["step"] += 1
        step = state["step"].item()
        beta1, beta2 = group["betas"]
        lr = float(group["lr"])
        mean = state["exp_avg"][rows].lerp_(gradient, 1 - beta1)
        square = state["exp_avg_sq"][rows].mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        state["exp_avg"][rows] = mean
        state["exp_avg_sq"][rows] = square
        scale = square.div_(1 - beta2**step).sqrt_().add_(group["eps"])
        values = p[rows].mul_(1 - lr * group["weight_decay"])
        p[rows] = values.addcdiv_(mean, scale, value=-lr / (1 - beta1**step))


def clip(parameters: Any, longest: float) -> Any:
    """Return the length of all gradients together as a scalar tensor, and shorten them to `longest` where it is more.

    Sparse gradients count too, which torch's own function refuses.
    """
    gradients = []
    for p in parameters:
        if p.grad is not None:
            if p.grad.is_sparse:
                p.grad = p.grad.coalesce()
            gradients.append(p.grad.values() if p.grad.is_sparse else p.grad)
    length = torch.nn.utils.get_total_norm(gradients)
    if length > longest:
        torch._foreach_mul_(gradients, longest / (length + 1e-6))
    return length

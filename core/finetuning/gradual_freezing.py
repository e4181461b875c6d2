"""Layers that are left as they are from some epoch on.

Importing this module imports torch and transformers, which takes seconds; it is imported where training starts.
"""

from collections.abc import Sequence
from typing import Any

from transformers import TrainerCallback

from core.finetuning.frozen_part import remember_frozen
from core.finetuning.strategies import embeddings_of, layers_of


class GradualFreezing(TrainerCallback):  # type: ignore[misc]
    """Freezes the embeddings and ever more of a model's first layers, `by_epoch` many of them.

    The optimiser forgets them. On one processor (`remembers`) what the frozen part makes of a text is remembered.
    Several processes (`processes`) have agreed on which gradients they add up before the first epoch, so they go on
    with all of them and throw those of the frozen part away: the same training, in no less time.
    """

    def __init__(self, model: Any, pad_id: int, by_epoch: Sequence[int], remembers: bool, processes: int) -> None:
        self._model, self._pad_id, self._by_epoch = model, pad_id, by_epoch
        self._remembers, self._processes = remembers, processes
        self._frozen = by_epoch[0]
        self._unused: list[Any] = []
        self._part = remember_frozen(model, pad_id) if remembers else None

    @property
    def shortens(self) -> bool:
        """Whether something is remembered that the next epochs need not compute."""
        return self._part is not None

    def freeze(self, number: int, optimizer: Any) -> None:
        """Leave the embeddings and the first `number` layers as they are from now on, where there are more than now."""
        more = layers_of(self._model)[self._frozen : number]
        if not len(more):
            return
        self._frozen = number
        parameters = [p for module in (*embeddings_of(self._model), *more) for p in module.parameters()]
        if self._processes > 1:
            self._unused += parameters
            return
        for parameter in parameters:
            parameter.requires_grad_(False)
            parameter.grad = None
            optimizer.state.pop(parameter, None)
        if self._part:
            self._part.grow(more)
        elif self._remembers:
            self._part = remember_frozen(self._model, self._pad_id)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, optimizer: Any = None, **kwargs: Any) -> None:
        """Freeze what this epoch does not train; one that is resumed too."""
        self.freeze(self._by_epoch[state.global_step * len(self._by_epoch) // state.max_steps], optimizer)

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Throw away what the frozen part would learn."""
        for parameter in self._unused:
            parameter.grad = None

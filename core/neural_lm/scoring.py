"""What a network thinks of a text, token by token, and how it goes on with one. Importing this module imports torch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.neural_lm.networks import Tied
from core.neural_lm.sampling import Logits
from core.neural_lm.scores import LogProbabilities
from core.neural_lm.softmax import highest, log_probabilities
from core.neural_lm.vocabulary import END_ID, Ids

AT_ONCE = 4_096  # tokens


@dataclass(frozen=True)
class Window:
    """The tokens [start, stop) of a text are read together, and those from `scored` on are scored."""

    start: int
    scored: int
    stop: int


def windows(tokens: int, span: int, context: int) -> list[Window]:
    """Return windows of at most `span` tokens that together score each of `tokens` once.

    All but the first read `context` tokens before those they score, so that none is predicted out of the blue.
    """
    first = [Window(0, 0, min(span, tokens))]
    starts = range(span, tokens, span - context)
    return first + [Window(start - context, start, min(start - context + span, tokens)) for start in starts]


def evenly(everything: list[Window], number: int) -> list[Window]:
    """Return at least `number` windows, spread evenly over the text; all of them where there are not twice as many."""
    return everything[:: max(1, len(everything) // number)]


def score_windows(
    network: Tied, ids: Ids, chosen: Sequence[Window], bfloat16: bool = False
) -> Iterator[tuple[Ids, LogProbabilities]]:
    """Yield tokens scored and their natural log-probabilities, some windows at a time and in their order.

    `ids` (N,) is the text. With `bfloat16` the products are computed in it.
    """
    for targets, hidden in _read(network, ids, chosen, bfloat16):
        numbers = torch.from_numpy(targets.astype(np.int64)).to(hidden.device)
        with torch.inference_mode():
            found = log_probabilities(hidden, network.embedding.weight, network.bias, numbers, bfloat16)
        yield targets, found.double().cpu().numpy()


def likeliest(network: Tied, ids: Ids, chosen: Sequence[Window]) -> Ids:
    """Return the likeliest word number at the place of each token scored."""
    with torch.inference_mode():
        found = [highest(hidden, network.embedding.weight, network.bias) for _, hidden in _read(network, ids, chosen)]
    best: Ids = torch.cat(found).cpu().numpy().astype(np.int32)
    return best


def continued(network: Tied, ids: Sequence[int], tokens: int, choose: Callable[[Logits], int]) -> list[int]:
    """Return `tokens` further word numbers after `ids`; `choose` gets the logits (V,) of each."""
    network.eval()
    written: list[int] = []
    state, fresh = None, list(ids)
    for _ in range(tokens):
        if not network.recurrent:
            fresh = [*ids, *written][-network.span :]
        with torch.inference_mode():
            hidden, state = network(torch.tensor([fresh], device=network.bias.device), state)
            logits = network.embedding.weight @ hidden[0, -1] + network.bias  # (V,)
        written.append(choose(logits.double().cpu().numpy()))
        fresh = written[-1:]
    return written


def _read(network: Tied, ids: Ids, chosen: Sequence[Window], bfloat16: bool = False) -> Iterator[tuple[Ids, Any]]:
    """Yield tokens to score (n,) and the vectors from which they are predicted (n, D)."""
    network.eval()
    device = network.bias.device
    inputs = np.concatenate([np.array([END_ID], np.int32), ids[:-1]])  # a text begins where another one ended
    at_once = max(1, AT_ONCE // network.span)
    for first in range(0, len(chosen), at_once):
        group = chosen[first : first + at_once]
        longest = max(window.stop - window.start for window in group)
        padded = np.full((len(group), longest), END_ID, np.int64)  # (B, T); what is read after a token changes nothing
        scored = np.zeros((len(group), longest), bool)
        for row, window in enumerate(group):
            padded[row, : window.stop - window.start] = inputs[window.start : window.stop]
            scored[row, window.scored - window.start : window.stop - window.start] = True
        with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            hidden, _ = network(torch.from_numpy(padded).to(device))
            wanted = hidden[torch.from_numpy(scored).to(device)]
        yield np.concatenate([ids[window.scored : window.stop] for window in group]), wanted

"""The networks: an LSTM and a Transformer that turn tokens into a vector each, from which the next token is predicted.

The vectors are compared with the embeddings themselves (tied weights; Press and Wolf 2017, "Using the Output Embedding
to Improve Language Models"). Importing this module imports torch.
"""

from functools import cache
from typing import Any

import torch
from torch import nn

from core.neural_lm.config import LmSettings

State = tuple[Any, Any] | None
CONTEXT = 64  # tokens an LSTM reads before those it is scored on
SCORED = 448


class Tied(nn.Module):  # type: ignore[misc]
    """What both networks have: embeddings (V, D), which are the output weights too, and an output bias (V,).

    `span` is how many tokens are read at once when text is scored, `context` how many of those only as context.
    """

    span: int
    context: int
    recurrent: bool

    def __init__(self, vocabulary_size: int, width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, width)
        self.bias = nn.Parameter(torch.zeros(vocabulary_size))
        nn.init.normal_(self.embedding.weight, std=width**-0.5)


class Lstm(Tied):
    """An LSTM (Hochreiter and Schmidhuber 1997) with dropout before, between and after its layers."""

    recurrent = True

    def __init__(self, vocabulary_size: int, width: int, layers: int, dropout: float) -> None:
        super().__init__(vocabulary_size, width)
        self.dropout = LockedDropout(dropout)
        self.lstm = nn.LSTM(width, width, layers, dropout=dropout if layers > 1 else 0.0, batch_first=True)
        self.context, self.span = CONTEXT, CONTEXT + SCORED

    def forward(self, ids: Any, state: State = None) -> tuple[Any, State]:
        """Return a vector for every token, (B, T) -> (B, T, D), and the state after the last one.

        `state` is that after the text before, so that a stream can be read piece by piece.
        """
        x = self.dropout(self.embedding(ids) * self.embedding.embedding_dim**0.5)  # (B, T, D)
        device = x.device.type
        bfloat16 = torch.is_autocast_enabled(device) and has_bfloat16_lstm(device)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            x, state = self.lstm(x, state)
        return self.dropout(x), state


class LockedDropout(nn.Module):  # type: ignore[misc]
    """Dropout that hides the same numbers of a stream in all of a step (Gal and Ghahramani 2016, section 4).

    An LSTM learns better with it, and it draws fewer random numbers.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Any) -> Any:
        """Return `x` (B, T, D) with some of the D numbers hidden while learning, and the others made larger for it."""
        return x * nn.functional.dropout(torch.ones_like(x[:, :1]), self.rate, self.training)


@cache
def has_bfloat16_lstm(device: str) -> bool:
    """Return whether torch can train an LSTM in bfloat16 on this machine: processors without AVX-512 lack it."""
    try:
        with (
            torch.inference_mode(False),
            torch.enable_grad(),
            torch.random.fork_rng(),
            torch.autocast(device, torch.bfloat16),
        ):
            output, _ = nn.LSTM(8, 8, device=device)(torch.zeros(2, 1, 8, device=device))
            output.sum().backward()
    except RuntimeError:
        return False
    return True


class Transformer(Tied):
    """A decoder (Vaswani et al. 2017, section 3) that normalises first (Radford et al. 2019, section 2.3)."""

    recurrent = False

    def __init__(self, vocabulary_size: int, width: int, layers: int, heads: int, dropout: float, reach: int) -> None:
        super().__init__(vocabulary_size, width)
        self.positions = nn.Embedding(reach, width)
        nn.init.normal_(self.positions.weight, std=width**-0.5)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.span, self.context = reach, reach // 2

    def forward(self, ids: Any, state: State = None) -> tuple[Any, State]:
        """Return a vector for every token, (B, T) -> (B, T, D), T at most `span`; the state is always None."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = (self.embedding(ids) + self.positions(places)) * self.embedding.embedding_dim**0.5
        x = self.dropout(x)  # (B, T, D)
        for block in self.blocks:
            x = block(x)
        return self.norm(x), None


class Block(nn.Module):  # type: ignore[misc]
    """One layer of a Transformer: causal attention, then a feed-forward network of four times the width."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.rate = heads, dropout
        self.before_attention, self.before_feeding = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Any) -> Any:
        """Return what the layer makes of `x`, (B, T, D) -> (B, T, D)."""
        parts = self.queries_keys_values(self.before_attention(x)).chunk(3, dim=-1)
        queries, keys, values = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)  # (B, H, T, d)
        rate = self.rate if self.training else 0.0
        seen = nn.functional.scaled_dot_product_attention(queries, keys, values, dropout_p=rate, is_causal=True)
        x = x + self.dropout(self.projection(seen.transpose(1, 2).flatten(2)))
        return x + self.dropout(self.feed(self.before_feeding(x)))


def build(settings: LmSettings, vocabulary_size: int) -> Tied:
    """Return a new network with weights drawn from torch's random state."""
    width, layers, dropout = settings.width, settings.layers, settings.dropout
    if settings.architecture == "lstm":
        return Lstm(vocabulary_size, width, layers, dropout)
    return Transformer(vocabulary_size, width, layers, settings.heads, dropout, reach=settings.bptt)

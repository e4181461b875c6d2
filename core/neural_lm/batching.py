"""A long text as contiguous streams: what back-propagation through time (bptt) is cut from.

The text is divided into as many equal streams as a batch has rows, and each step reads the next `bptt` tokens of every
stream, so that an LSTM's state after a step is that before the next one.
"""

import numpy as np
import numpy.typing as npt

from core.neural_lm.vocabulary import END_ID, UNKNOWN_ID, Ids
from core.randomness import rng_for

LEAST_STEPS = 20  # an epoch, where the text is long enough: a small text needs many steps more than large ones


class Streams:
    """The training text `ids` (N,) as `rows` streams of `tokens` tokens, read in `steps` steps of `bptt` an epoch.

    A text too short to make LEAST_STEPS steps of `batch_size` streams is read in fewer streams. What the division
    leaves over, at least `bptt` tokens of a long text, is left out at its two ends, another part each epoch.
    """

    def __init__(self, ids: Ids, batch_size: int, bptt: int, seed: int) -> None:
        self._ids = np.concatenate([np.array([END_ID], np.int32), ids])  # a text begins where another one ended
        self._seed = seed
        self.rows = min(batch_size, max(1, len(ids) // (bptt * LEAST_STEPS)))
        self.tokens = (len(ids) - min(bptt, len(ids) // 10)) // self.rows
        self.steps = -(-self.tokens // bptt)
        counts = np.bincount(ids, minlength=2)
        counts[[UNKNOWN_ID, END_ID]] = 0
        self._once = counts[self._ids] == 1

    def expected_counts(self, words: int, unknown_share: float) -> npt.NDArray[np.float64]:
        """Return how often each of `words` word numbers is read in an epoch, on average."""
        counts = np.bincount(self._ids[1:], minlength=words).astype(float)
        counts[self._ids[self._once]] -= unknown_share
        counts[UNKNOWN_ID] += unknown_share * self._once.sum()
        return counts

    def epoch(self, number: int, unknown_share: float) -> Ids:
        """Return the streams of an epoch, (rows, tokens + 1): token t + 1 of a stream is what is predicted after t.

        Words that occur once are read as unknown with probability `unknown_share`, others each epoch (Dyer et al.
        2015, "Transition-Based Dependency Parsing with Stack Long Short-Term Memory", section 3.2).
        """
        rng = rng_for(self._seed, f"epoch {number}", "streams")
        hidden = self._once & (rng.random(len(self._ids)) < unknown_share)
        ids = np.where(hidden, np.int32(UNKNOWN_ID), self._ids)
        first = int(rng.integers(len(ids) - self.rows * self.tokens))
        starts = range(first, first + self.rows * self.tokens, self.tokens)
        return np.stack([ids[start : start + self.tokens + 1] for start in starts])

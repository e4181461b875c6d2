"""Which words of a row are cut out, to be filled anew (Fedus et al. 2018, "MaskGAN", section 3.1)."""

import numpy as np

from core.gan.text.vocabulary import Flags, Ids


def cut(lengths: Ids, width: int, least: float, most: float, longest_kept: int, rng: np.random.Generator) -> Flags:
    """Return which places of each row are blanks, (N, width), for rows of `lengths` (N,) words.

    A row's share of blanks is drawn between `least` and `most`; then more are cut, beyond `most` if it must be, until
    no more than `longest_kept` words stand side by side. Every row has a blank.
    """
    shares = rng.uniform(least, most, len(lengths))
    wanted = np.clip(np.rint(shares * lengths), 1, np.maximum(1, lengths)).astype(np.int64)
    keys = rng.random((len(lengths), width))
    keys[np.arange(width)[None, :] >= lengths[:, None]] = 2.0  # never among the first of a row
    places = keys.argsort(1).argsort(1)
    blanks: Flags = (places < wanted[:, None]) & (keys < 2.0)
    kept = np.zeros(len(lengths), np.int64)
    for place in range(width):
        kept = np.where(blanks[:, place] | (place >= lengths), 0, kept + 1)
        late = kept > longest_kept
        blanks[:, place] |= late
        kept[late] = 0
    return blanks

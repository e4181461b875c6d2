import numpy as np
import pytest

from core.gan.text.blanks import cut


def runs(kept):
    """The lengths of the runs of kept words."""
    return [len(run) for run in "".join("k" if word else " " for word in kept).split()]


@pytest.mark.parametrize("longest_kept", [1, 3, 50])
def test_no_run_is_too_long_and_every_row_has_a_blank_inside_it(longest_kept):
    lengths = np.array([1, 4, 5, 11, 20] * 40)
    blanks = cut(lengths, 21, 0.2, 0.6, longest_kept, np.random.default_rng(0))
    for row, length in zip(blanks, lengths, strict=True):
        assert 1 <= row.sum() <= length
        assert not row[length:].any()
        assert max(runs(~row[:length]), default=0) <= longest_kept
    if longest_kept == 50:  # nothing is cut beyond the share that was drawn
        shares = blanks[lengths == 20].sum(1) / 20
        assert 0.2 <= shares.min() < 0.3 and 0.5 < shares.max() <= 0.6


def test_the_same_generator_gives_the_same_blanks():
    lengths = np.array([7, 12])
    first, second = (cut(lengths, 13, 0.3, 0.5, 3, np.random.default_rng(5)) for _ in range(2))
    assert (first == second).all()

import numpy as np
import pytest

from core.neural_lm.batching import Streams
from core.neural_lm.vocabulary import END_ID, UNKNOWN_ID


def text(length):
    return np.arange(2, length + 2, dtype=np.int32)


def test_streams_are_contiguous_and_each_token_is_predicted_from_the_one_before():
    # 107 tokens, bptt 4: min(4, 10) = 4 may be left over; 107 // (4 * 20) = 1 stream of 103 tokens, 26 steps.
    streams = Streams(text(107), batch_size=8, bptt=4, seed=0)
    assert (streams.rows, streams.tokens, streams.steps) == (1, 103, 26)
    # 1,000 tokens: 1,000 // 80 = 12 streams, of which 8 are wanted; 996 // 8 = 124 tokens, 31 steps.
    streams = Streams(text(1_000), batch_size=8, bptt=4, seed=0)
    assert (streams.rows, streams.tokens, streams.steps) == (8, 124, 31)
    ids = streams.epoch(0, unknown_share=0.0)
    assert ids.shape == (8, 125)
    assert (np.diff(ids[:, 1:]) == 1).all()
    assert (ids[1:, 0] == ids[:-1, -1]).all()  # a stream begins with what the one before ended with


def test_an_epoch_leaves_out_other_tokens_each_time_and_over_the_epochs_none():
    streams = Streams(text(1_000), batch_size=8, bptt=4, seed=3)
    epochs = [streams.epoch(number, 0.0) for number in range(200)]
    assert {len(np.unique(ids[:, 1:])) for ids in epochs} == {8 * 124}
    assert len(np.unique(np.concatenate([ids[:, 1:] for ids in epochs]))) == 1_000
    assert epochs[0].tolist() == Streams(text(1_000), 8, 4, seed=3).epoch(0, 0.0).tolist()
    assert any(ids[0, 0] == END_ID for ids in epochs)  # the text begins where another one ended


def test_words_seen_once_are_read_as_unknown_at_their_share():
    ids = np.array([2, 2, *range(3, 1_003), 1], np.int32)
    streams = Streams(ids, batch_size=1, bptt=4, seed=0)
    counts = streams.expected_counts(1_003, 0.25)
    assert (counts[UNKNOWN_ID], counts[END_ID], counts[2], counts[3]) == (250, 1, 2, 0.75)
    read = [streams.epoch(number, 0.25)[:, 1:] for number in range(8)]
    shares = [(part == UNKNOWN_ID).mean() for part in read]
    assert np.mean(shares) == pytest.approx(0.25, abs=0.03)
    assert len({part.tobytes() for part in read}) == 8
    assert (streams.epoch(0, 1.0) != UNKNOWN_ID).sum() <= 4


@pytest.mark.parametrize("length", [1, 2, 3, 9, 10, 11, 33])
def test_a_text_shorter_than_a_step_is_read_in_one_stream(length):
    streams = Streams(text(length), batch_size=32, bptt=35, seed=0)
    assert (streams.rows, streams.steps) == (1, 1)
    assert streams.tokens == length - length // 10
    assert streams.epoch(0, 0.5).shape == (1, streams.tokens + 1)

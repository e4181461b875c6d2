import math

import numpy as np
import pytest
import torch

from core.neural_lm.config import LmSettings
from core.neural_lm.networks import build
from core.neural_lm.scoring import continued, evenly, likeliest, score_windows, windows
from core.neural_lm.vocabulary import END_ID

WORDS = 9
IDS = np.random.default_rng(0).integers(WORDS, size=700).astype(np.int32)


def network(architecture, **settings):
    torch.manual_seed(0)
    return build(LmSettings(architecture=architecture, width=16, heads=2, bptt=16, **settings), WORDS).eval()


def distributions(model, ids):
    """Log-probabilities (T, V) of what follows each of `ids` (T,), read at once."""
    with torch.inference_mode():
        hidden, _ = model(torch.tensor([list(map(int, ids))]))
        return torch.log_softmax(hidden[0] @ model.embedding.weight.T + model.bias, 1).double().numpy()


@pytest.mark.parametrize(
    ("tokens", "span", "context"), [(1, 16, 8), (16, 16, 8), (17, 16, 8), (700, 512, 64), (99, 2, 1)]
)
def test_windows_score_every_token_once_and_with_context(tokens, span, context):
    made = windows(tokens, span, context)
    assert [i for w in made for i in range(w.scored, w.stop)] == list(range(tokens))
    assert all(w.stop - w.start <= span for w in made)
    assert all(w.scored - w.start == context for w in made[1:])


def test_some_windows_stand_for_all():
    everything = windows(1_000, 10, 0)
    assert len(evenly(everything, 30)) == 34
    assert evenly(everything, 100) == evenly(everything, 1_000) == everything


@pytest.mark.parametrize("architecture", ["lstm", "transformer"])
def test_a_score_is_the_probability_of_the_token_after_those_before_it(architecture):
    model = network(architecture)
    chosen = windows(len(IDS), model.span, model.context)
    scored = list(score_windows(model, IDS, chosen))
    found = np.concatenate([part for _, part in scored])
    assert np.concatenate([targets for targets, _ in scored]).tolist() == IDS.tolist()
    inputs = [END_ID, *IDS[:-1]]
    for window in (chosen[0], chosen[1], chosen[-1]):
        expected = distributions(model, inputs[window.start : window.stop])
        assert np.exp(expected).sum(1) == pytest.approx(1)
        for place in range(window.scored, window.stop):
            assert found[place] == pytest.approx(expected[place - window.start, IDS[place]], abs=1e-4)
    guesses = likeliest(model, IDS, chosen)
    assert guesses[: len(inputs[: model.span])][0] == distributions(model, inputs[: model.span])[0].argmax()
    assert len(guesses) == len(IDS)


def test_an_lstm_scored_in_windows_scores_nearly_as_in_one_piece():
    model = network("lstm")
    found = np.concatenate([part for _, part in score_windows(model, IDS, windows(len(IDS), 512, 64))])
    whole = distributions(model, [END_ID, *IDS[:-1]])[np.arange(len(IDS)), IDS]
    assert found == pytest.approx(whole, abs=1e-3)


@pytest.mark.parametrize("architecture", ["lstm", "transformer"])
def test_a_text_is_continued_word_by_word(architecture):
    model = network(architecture)
    begun = [END_ID, 4, 5]
    written = continued(model, begun, 20, lambda logits: int(logits.argmax()))
    assert len(written) == 20
    for number in (0, 1, 7):
        ids = [*begun, *written[:number]][-16:] if architecture == "transformer" else [*begun, *written[:number]]
        assert written[number] == distributions(model, ids)[-1].argmax()
    assert not math.isnan(model.bias.sum().item())

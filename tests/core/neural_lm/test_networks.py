import pytest
import torch

from core.neural_lm.config import LmSettings
from core.neural_lm.networks import LockedDropout, build, has_bfloat16_lstm

WORDS = 11


def network(architecture, **settings):
    torch.manual_seed(0)
    small = {"width": 16, "layers": 2, "heads": 4, "bptt": 12, **settings}
    return build(LmSettings(architecture=architecture, **small), WORDS).eval()


@pytest.mark.parametrize("architecture", ["lstm", "transformer"])
def test_a_vector_depends_on_nothing_that_comes_later(architecture):
    model = network(architecture)
    ids = torch.randint(WORDS, (3, 9))
    changed = ids.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % WORDS
    before, after = model(ids)[0], model(changed)[0]
    assert before.shape == (3, 9, 16)
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert not torch.allclose(before[:, 5:], after[:, 5:])


@pytest.mark.parametrize("architecture", ["lstm", "transformer"])
def test_the_output_weights_are_the_embeddings(architecture):
    model = network(architecture)
    sized = [parameter.shape for parameter in model.parameters() if WORDS in parameter.shape]
    assert sized == [(WORDS,), (WORDS, 16)] or sized == [(WORDS, 16), (WORDS,)]


def test_an_lstm_goes_on_where_it_stopped():
    model = network("lstm")
    ids = torch.randint(WORDS, (2, 10))
    whole, _ = model(ids)
    first, state = model(ids[:, :4])
    second, _ = model(ids[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)


def test_a_transformer_sees_in_which_order_words_stand():
    model = network("transformer", layers=1)
    ids = torch.tensor([[1, 2, 3, 4], [2, 1, 3, 4]])
    vectors, _ = model(ids)
    assert not torch.allclose(vectors[0, -1], vectors[1, -1])
    with pytest.raises(IndexError):
        model(torch.zeros((1, 13), dtype=torch.long))


@pytest.mark.parametrize("architecture", ["lstm", "transformer"])
def test_dropout_hides_numbers_only_while_learning(architecture):
    model = network(architecture, dropout=0.5)
    ids = torch.randint(WORDS, (1, 6))
    assert torch.equal(model(ids)[0], model(ids)[0])
    model.train()
    assert not torch.equal(model(ids)[0], model(ids)[0])


def test_an_lstm_hides_the_same_numbers_in_all_of_a_step_and_keeps_their_sum():
    dropout = LockedDropout(0.4).train()
    torch.manual_seed(0)
    hidden = dropout(torch.ones(500, 6, 40))
    assert (hidden == hidden[:, :1]).all()  # the same at each of the 6 places
    assert (hidden == 0).float().mean().item() == pytest.approx(0.4, abs=0.02)
    assert hidden.mean().item() == pytest.approx(1, abs=0.03)
    assert torch.equal(dropout.eval()(torch.ones(2, 3, 4)), torch.ones(2, 3, 4))


def test_looking_for_a_bfloat16_lstm_disturbs_nothing():
    has_bfloat16_lstm.cache_clear()
    before = torch.get_rng_state()
    with torch.inference_mode():
        while_scoring = has_bfloat16_lstm("cpu")
    has_bfloat16_lstm.cache_clear()
    assert has_bfloat16_lstm("cpu") == while_scoring
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("architecture", ["lstm", "transformer"])
def test_bfloat16_gives_nearly_the_same_vectors(architecture):
    model = network(architecture)
    ids = torch.randint(WORDS, (2, 10))
    with torch.autocast("cpu", torch.bfloat16):
        half, _ = model(ids)
    torch.testing.assert_close(half.float(), model(ids)[0], rtol=0.05, atol=0.05)

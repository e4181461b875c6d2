import pytest
import torch

from core.neural_lm.config import LmSettings
from core.neural_lm.networks import build

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

import numpy as np
import pytest
import torch

from core.gan.text import losses
from core.gan.text.networks import Batch, Discriminator, Generator
from core.gan.text.sampling import draw
from core.gan.text.vocabulary import END, PAD, frequent

WORDS = 12


def batch(ids, blanks):
    ids, blanks = np.array(ids), np.array(blanks, bool)
    return Batch.of(ids, blanks, blanks, np.zeros(len(ids), np.int64))


@pytest.fixture
def generator():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Generator(WORDS, 2, 8, 16, 0.0, True).eval()


def test_words_are_drawn_as_often_as_the_softmax_says():
    logits = torch.tensor([[0.5, 0.2, 0.3]]).log().repeat(1_000, 1)
    found = draw(logits, torch.arange(1_000)[:, None] / 1_000)
    assert torch.bincount(found).tolist() == pytest.approx([500, 200, 300], abs=2)
    assert draw(torch.tensor([[0.0, -1e9]]), torch.tensor([[0.9999999]])).item() == 0


def test_a_vocabulary_counts_and_fills_up():
    words = frequent([["b", "a", "b"], ["a", "c"]], 2)
    assert words.words[4:] == ("a", "b")
    ids = words.encode([["b", "c"], ["a", "a", "a"]], 3)
    assert ids.tolist() == [[5, 1, 2], [4, 4, 4]]
    assert words.decode(ids[0].tolist()) == ["b", "<unk>"]


def test_only_the_blanks_are_filled_and_never_with_marks(generator):
    asked = batch([[4, 5, 6, 7, END, PAD], [8, 9, END, PAD, PAD, PAD]], [[0, 1, 0, 1, 0, 0], [1, 0, 0, 0, 0, 0]])
    for seed in range(20):
        uniform = torch.from_numpy(np.random.default_rng(seed).random((2, 6), np.float32))
        filled = generator.write(asked, uniform)
        assert torch.equal(filled[~asked.blanks], asked.ids[~asked.blanks])
        assert (filled[asked.blanks] >= 4).all()
        others = generator.write(asked, uniform, forbidden=asked.ids)
        assert (others[asked.blanks] != asked.ids[asked.blanks]).all()


def test_the_generator_looks_at_both_sides_but_not_behind_the_blanks(generator):
    places = torch.zeros(1, 5, dtype=torch.bool)
    places[0, 2] = True

    def logits(ids):
        return generator.logits(batch([ids], [[0, 0, 1, 1, 0]]), places)

    base = logits([4, 5, 6, 7, 8])
    assert torch.allclose(base, logits([4, 5, 9, 10, 8])), "the words that were cut out"
    assert not torch.allclose(base, logits([4, 5, 6, 7, 9])), "a word after the blanks"
    assert not torch.allclose(base, logits([9, 5, 6, 7, 8])), "a word before them"


def test_unconditional_rows_end_where_they_may(generator):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        alone = Generator(WORDS, 2, 8, 16, 0.0, False).eval()
    with torch.no_grad():
        alone.bias[END] = 50.0
    asked = batch([[4] * 6], [[1] * 6])
    rows = alone.write(asked, torch.full((1, 6), 0.5), may_end=torch.arange(6)[None] >= 2)
    assert rows[0, 2] == END and (rows[0, :2] >= 4).all() and (rows[0, 3:] == PAD).all()


def test_the_discriminator_scores_a_word_by_those_before_it():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        judge = Discriminator(WORDS, 2, 8, 8, 0.0)
    label = torch.zeros(1, dtype=torch.int64)
    first, second = judge(torch.tensor([[4, 5, 6, 7]]), label), judge(torch.tensor([[4, 5, 9, 7]]), label)
    assert torch.equal(first[0, :2], second[0, :2]) and not torch.isclose(first[0, 2:], second[0, 2:]).any()
    soft = torch.nn.functional.one_hot(torch.tensor([[4, 5, 6, 7]]), WORDS).float()
    assert torch.allclose(judge(soft, label), first, atol=1e-6)


def test_returns_worked_out_by_hand():
    rewards = torch.tensor([[1.0, 9.0, 3.0, 5.0]])
    blanks = torch.tensor([[True, False, True, True]])
    # From the end: 5; (3 + 5/2) / (1 + 1/2) = 11/3; (1 + (3 + 5/2) / 2) / (1 + 3/4) = 15/7.
    assert losses.returns(rewards, blanks, 0.5).tolist()[0] == pytest.approx([15 / 7, 0, 11 / 3, 5])


def test_a_rewarded_word_becomes_likelier(generator):
    made = batch([[4, 5, 6, 7, END]] * 2, [[0, 1, 0, 0, 0]] * 2)
    made.ids[1, 1] = 8
    rewards = torch.zeros(2, 5)
    rewards[0, 1], rewards[1, 1] = 1.0, -1.0
    before = generator.logits(made, made.judged).log_softmax(1)[0]
    losses.policy_gradient(generator, made, rewards, 0.9).backward()
    with torch.no_grad():
        for parameter in generator.parameters():
            if parameter.grad is not None:
                parameter -= 0.1 * parameter.grad
    after = generator.logits(made, made.judged).log_softmax(1)[0]
    assert after[5] > before[5] and after[8] < before[8]


def test_gradients_flow_through_softened_words(generator):
    asked = batch([[4, 5, 6, END]], [[0, 1, 1, 0]])
    soft = generator.soften(asked, torch.zeros(1, 4, WORDS), 1.0)
    assert torch.allclose(soft.sum(2), torch.ones(1, 4), atol=1e-5)
    assert torch.equal(soft.argmax(2)[~asked.blanks], asked.ids[~asked.blanks])
    (soft[..., 7] * asked.blanks).sum().backward()
    assert generator.bias.grad is not None and generator.bias.grad[7] > 0


def test_softened_rows_end_where_they_may_and_end_for_good(generator):
    asked = batch([[4, 5, 6, 7, 8, END]], [[1] * 6])
    noise = torch.zeros(1, 6, WORDS)
    noise[0, :, END] = 5.0  # it would end at once
    soft = generator.soften(asked, noise, 1.0, may_end=torch.arange(6)[None] >= 2)
    rows = soft.argmax(2)
    assert rows[0, 2] == END and (rows[0, :2] >= 4).all() and (rows[0, 3:] == PAD).all()
    soft[0, 3:].sum().backward(retain_graph=True)
    assert generator.bias.grad is None or not generator.bias.grad.any(), "what comes after the end is not written"
    soft[0, 2, END].backward()
    assert generator.bias.grad.any(), "that it ends is learned"


def test_losses_worked_out_by_hand():
    real, made = torch.tensor([2.0]), torch.tensor([-1.0, 1.0])
    expected = np.log1p(np.exp(-2)) + (np.log1p(np.exp(-1)) + np.log1p(np.exp(1))) / 2
    assert float(losses.discrimination(real, made)) == pytest.approx(expected)
    judged = torch.tensor([[True, False]])
    better, worse = torch.tensor([[3.0, 0.0]]), torch.tensor([[1.0, 50.0]])
    assert float(losses.relativistic(better, worse, judged)) == pytest.approx(np.log1p(np.exp(-2)))


def test_a_batch_without_a_word_to_learn_from_is_no_trouble(generator):
    nothing = batch([[4, 5, END]], [[0, 0, 0]])
    loss = losses.likelihood(generator, nothing)
    loss.backward()
    assert loss.item() == 0 and float(generator.bias.grad.abs().sum()) == 0
    empty = torch.zeros(0)
    assert float(losses.discrimination(empty, torch.zeros(1))) == pytest.approx(np.log(2))
    assert float(losses.relativistic(torch.ones(1, 2), torch.zeros(1, 2), torch.zeros(1, 2, dtype=torch.bool))) == 0

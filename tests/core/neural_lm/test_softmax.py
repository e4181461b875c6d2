import pytest
import torch
from torch.nn import functional

from core.neural_lm import softmax


@pytest.fixture
def problem():
    generator = torch.Generator().manual_seed(1)
    hidden = torch.randn(50, 8, generator=generator, requires_grad=True)
    weight = torch.randn(30, 8, generator=generator, requires_grad=True)
    bias = torch.randn(30, generator=generator, requires_grad=True)
    return hidden, weight, bias, torch.randint(30, (50,), generator=generator)


def gradients(loss, tensors):
    return torch.autograd.grad(loss, tensors)


@pytest.mark.parametrize("size", [1 << 22, 30 * 7, 1])
def test_loss_and_gradients_are_those_of_torch_however_it_is_cut(problem, monkeypatch, size):
    monkeypatch.setattr(softmax, "SLICE_LOGITS", size)
    monkeypatch.setattr(softmax, "LEAST_TOKENS", 1)
    hidden, weight, bias, targets = problem
    ours = 3 * softmax.cross_entropy(hidden, weight, bias, targets)
    theirs = 3 * functional.cross_entropy(hidden @ weight.T + bias, targets)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-6)
    for mine, yours in zip(gradients(ours, problem[:3]), gradients(theirs, problem[:3]), strict=True):
        torch.testing.assert_close(mine, yours, rtol=1e-4, atol=1e-6)


def test_bfloat16_is_near(problem):
    hidden, weight, bias, targets = problem
    ours = softmax.cross_entropy(hidden, weight, bias, targets, bfloat16=True)
    theirs = functional.cross_entropy(hidden @ weight.T + bias, targets)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-2)
    for mine, yours in zip(gradients(ours, problem[:3]), gradients(theirs, problem[:3]), strict=True):
        assert mine.dtype == torch.float32
        assert (mine - yours).norm() < 0.02 * yours.norm()


def test_slices_divide_all_tokens():
    parts = softmax.slices(1_000, softmax.SLICE_LOGITS // 400)
    assert [len(range(1_000)[part]) for part in parts] == [400, 400, 200]
    assert len(softmax.slices(300, 10 * softmax.SLICE_LOGITS)) == 3  # 128 tokens at least


def test_log_probabilities_and_the_likeliest_word(problem):
    hidden, weight, bias, targets = (tensor.detach() for tensor in problem)
    expected = torch.log_softmax(hidden @ weight.T + bias, 1)
    found = softmax.log_probabilities(hidden, weight, bias, targets)
    torch.testing.assert_close(found, expected[torch.arange(50), targets], rtol=1e-4, atol=1e-5)
    assert softmax.highest(hidden, weight, bias).tolist() == expected.argmax(1).tolist()

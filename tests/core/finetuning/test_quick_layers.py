import pytest
import torch

from core.finetuning.model import load_pretrained
from core.finetuning.quick_layers import dropout, quicken

IDS = torch.tensor([[101, 2023, 2003, 1037, 2204, 3185, 102], [101, 2919, 102, 0, 0, 0, 0]])
MASK = (IDS > 0).long()


def answers(model):
    """The logits and the gradients of a loss on them, without dropout."""
    model.eval().zero_grad()
    logits = model(input_ids=IDS, attention_mask=MASK).logits
    logits.square().sum().backward()
    return logits.detach(), {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("implementation", ["eager", "sdpa"])
def test_the_function_and_its_gradients_are_those_of_transformers(implementation):
    model, _ = load_pretrained("embedded", ["a", "b"], seed=0)
    model.set_attn_implementation(implementation)
    theirs, their_gradients = answers(model)
    quicken(model)
    ours, gradients = answers(model)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)
    assert gradients.keys() == their_gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, their_gradients[name], rtol=1e-3, atol=1e-5, msg=name)


def test_under_autocast_it_stays_near():
    model, _ = load_pretrained("embedded", ["a", "b"], seed=0)
    model.set_attn_implementation("eager")
    exact, _ = answers(model)
    quicken(model)
    with torch.autocast("cpu", torch.bfloat16):
        near = model(input_ids=IDS, attention_mask=MASK).logits.float()
    assert (near - exact).abs().max() < 0.02


def test_dropout_sets_a_share_to_0_and_keeps_the_mean():
    torch.manual_seed(0)
    x = torch.ones(100_001)
    dropped = dropout(x, 0.1, training=True)
    assert sorted(dropped.unique().tolist()) == pytest.approx([0, 1 / 0.9])
    # The standard deviation of the share is (0.1 * 0.9 / 100,001) ** 0.5, below 0.001.
    assert (dropped == 0).float().mean().item() == pytest.approx(0.1, abs=0.005)
    assert dropout(x, 0.1, training=False) is x
    assert dropout(x, 0.0, training=True) is x


def test_the_same_state_of_the_generator_drops_the_same():
    x = torch.ones(50, 7)
    torch.manual_seed(3)
    first = dropout(x, 0.5, training=True)
    torch.manual_seed(3)
    assert torch.equal(dropout(x, 0.5, training=True), first)

"""What is frozen is computed once for a text, and nothing comes out differently for it."""

import pytest
import torch

from core.finetuning.config import FinetuneConfig
from core.finetuning.frozen_part import remember_frozen
from core.finetuning.model import load_pretrained
from core.finetuning.quick_layers import quicken
from core.finetuning.strategies import choose_trained

SHORT = [[101, 2919, 102], [101, 2919, 3185, 102]]
LONG = [[101, 2023, 2003, 1037, 2204, 3185, 102], [101, 2919, 102, 0, 0, 0, 0]]  # [PAD] is 0
FROZEN = {"freeze layers": 2, "head only": 6}


def padded(texts):
    ids = torch.zeros(len(texts), max(map(len, texts)), dtype=torch.long)
    for row, text in zip(ids, texts, strict=True):
        row[: len(text)] = torch.tensor(text)
    return {"input_ids": ids, "attention_mask": (ids > 0).long()}


def model_for(strategy, room=None):
    """The embedded model, and how often its word vectors are looked up; it remembers unless `room` is None."""
    model, _ = load_pretrained("embedded", ["a", "b"], seed=0)
    choose_trained(model, FinetuneConfig(version="v", strategy=strategy, frozen_layers=2))
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    looked_up = []
    model.bert.embeddings.word_embeddings.register_forward_hook(lambda *unused: looked_up.append(1))
    quicken(model)
    if room is not None:
        assert remember_frozen(model, pad_id=0, room=room)
    return model.train(), looked_up


def answers(model, texts):
    model.zero_grad()
    logits = model(**padded(texts)).logits
    logits.square().sum().backward()
    return logits.detach(), {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("strategy", FROZEN)
@pytest.mark.parametrize("room", [1 << 20, 3 * 4 * 384])  # bytes: for all, and for hardly a text
def test_answers_and_gradients_are_the_same_however_often_a_text_is_read(strategy, room):
    model, _ = model_for(strategy)
    remembering, _ = model_for(strategy, room)
    for texts in (SHORT, LONG, SHORT, LONG, [LONG[0], SHORT[0]], [SHORT[1], SHORT[0]]):
        theirs, their_gradients = answers(model, texts)
        ours, gradients = answers(remembering, texts)
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)
        assert gradients.keys() == their_gradients.keys()
        for name, gradient in gradients.items():
            torch.testing.assert_close(gradient, their_gradients[name], rtol=1e-3, atol=1e-6, msg=name)


@pytest.mark.parametrize("strategy", FROZEN)
def test_what_is_known_is_not_computed_again(strategy):
    model, looked_up = model_for(strategy, 1 << 20)
    for texts, computed in ((SHORT, 1), (LONG, 2), (SHORT, 2), ([LONG[0], SHORT[1]], 2), ([[101, 102], LONG[0]], 3)):
        answers(model, texts)
        assert len(looked_up) == computed
    small, looked_up = model_for(strategy, room=0)
    for _ in range(3):
        answers(small, SHORT)
    assert len(looked_up) == 3


def test_a_part_that_grows_goes_on_from_what_it_knows():
    model, _ = model_for("freeze layers")
    model.bert.encoder.layer[2].requires_grad_(False)
    batches = (SHORT, LONG[:1], [LONG[0], SHORT[0]])
    theirs = [answers(model, texts)[0] for texts in batches]
    model, looked_up = model_for("freeze layers")
    part = remember_frozen(model, pad_id=0, room=1 << 20)
    answers(model, SHORT)
    answers(model, LONG[:1])
    third = model.bert.encoder.layer[2]
    third.requires_grad_(False)
    computed = []
    third.intermediate.register_forward_hook(lambda *unused: computed.append(1))
    part.grow([third])
    ours = [answers(model, texts)[0] for texts in batches]
    assert (len(looked_up), len(computed)) == (2, 2)  # word vectors once a text, the third layer once a text too
    for their, our in zip(theirs, ours, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-4, atol=1e-6)


def test_texts_known_after_different_numbers_of_layers_are_computed_anew():
    model, looked_up = model_for("freeze layers", None)
    part = remember_frozen(model, pad_id=0, room=1 << 20)
    answers(model, [SHORT[0]])
    third = model.bert.encoder.layer[2]
    third.requires_grad_(False)
    part.grow([third])
    answers(model, [SHORT[1]])
    expected, _ = answers(model, SHORT)
    assert len(looked_up) == 3
    again, _ = answers(model, SHORT)
    assert len(looked_up) == 3
    torch.testing.assert_close(again, expected, rtol=1e-4, atol=1e-6)


def test_what_was_read_in_an_evaluation_can_be_learned_from():
    model, looked_up = model_for("freeze layers", 1 << 20)
    model.eval()
    with torch.inference_mode():
        model(**padded(LONG))
    model.train()
    _, gradients = answers(model, LONG)
    assert len(looked_up) == 1
    assert gradients["bert.encoder.layer.2.attention.self.query.weight"].abs().sum() > 0


def test_nothing_is_dropped_out_of_what_is_frozen():
    model, _ = model_for("head only", 0)
    for module in model.bert.encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.5
    assert torch.equal(model(**padded(LONG)).logits, model(**padded(LONG)).logits)


@pytest.mark.parametrize("strategy", ["full", "freeze embeddings", "LoRA"])
def test_a_model_that_learns_from_its_first_layer_on_remembers_nothing(strategy):
    model, _ = load_pretrained("embedded", ["a", "b"], seed=0)
    choose_trained(model, FinetuneConfig(version="v", strategy=strategy))
    quicken(model)
    assert remember_frozen(model, pad_id=0) is None

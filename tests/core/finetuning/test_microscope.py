import math

import numpy as np
import pytest
import torch

from core.finetuning.config import FinetuneConfig
from core.finetuning.microscope import loss, multi_label_loss, reading, untrained
from core.finetuning.model import load_pretrained
from tests.core.finetuning.tiny_model import tiny_classifier


def test_what_the_model_reads():
    found = reading(tiny_classifier(["a", "b"]), "I love this movie!")
    assert found.tokens == ("[CLS]", "i", "love", "this", "movie", "!", "[SEP]", "[PAD]")
    assert found.ids == (101, 1045, 2293, 2023, 3185, 999, 102, 0)
    assert found.attention_mask == (1, 1, 1, 1, 1, 1, 1, 0)


def test_padding_changes_nothing_that_is_computed():
    classifier = tiny_classifier(["a", "b"])
    found = reading(classifier, "I love this movie!")
    with torch.no_grad():
        logits = classifier.model(
            input_ids=torch.tensor([found.ids]), attention_mask=torch.tensor([found.attention_mask])
        ).logits
    assert logits.numpy() == pytest.approx(classifier.logits(["I love this movie!"]), abs=1e-5)


def test_the_loss_worked_out_by_hand():
    # exp(0 - ln 3) = 1/3 and exp(0) = 1: together 4/3, so that the probabilities are 1/4 and 3/4.
    found = loss([0.0, math.log(3)], ["no", "yes"], "no")
    assert found.value == pytest.approx(math.log(4))
    assert [row["Probability"] for row in found.rows] == pytest.approx([0.25, 0.75])
    assert found.steps[:3] == (
        "The exponentials add up to 1.3333.",
        "The probability of no is 0.3333 / 1.3333 = 0.2500.",
        "The loss is -ln(0.2500) = 1.3863 nats.",
    )


def test_the_loss_is_that_of_torch():
    logits = np.random.default_rng(0).normal(0, 3, 4)
    labels = ["a", "b", "c", "d"]
    for number, label in enumerate(labels):
        theirs = torch.nn.functional.cross_entropy(torch.tensor(logits)[None], torch.tensor([number]))
        assert loss(logits.tolist(), labels, label).value == pytest.approx(float(theirs))
    theirs = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(logits), torch.tensor([1.0, 0, 0, 1]))
    ours = multi_label_loss(logits.tolist(), labels, {"a", "d"})
    assert ours.value == pytest.approx(float(theirs))
    assert sum(row["Loss"] for row in ours.rows) / 4 == pytest.approx(ours.value)


def test_a_hopeless_label_has_a_loss_and_no_overflow():
    assert loss([0.0, 2_000.0], ["no", "yes"], "no").value == 2_000
    assert multi_label_loss([-2_000.0], ["yes"], {"yes"}).value == 2_000


def test_before_training_is_the_pretrained_model_with_the_head_of_the_seed():
    config = FinetuneConfig(version="v", seeds=(3, 4))
    result = {"labels": ["bad", "good"], "max_length": 32, "seed": 4}
    found = untrained(config, result)
    model, _ = load_pretrained("embedded", ["bad", "good"], 4)
    assert found.max_length == 32
    assert torch.equal(found.model.classifier.weight, model.classifier.weight)
    assert not torch.equal(
        found.model.classifier.weight, load_pretrained("embedded", ["a", "b"], 3)[0].classifier.weight
    )
    p = found.predict(["I love this movie!"])[0].probabilities
    assert 0.2 < p["good"] < 0.8, "a new head knows nothing yet"

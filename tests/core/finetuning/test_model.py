import torch

from core.finetuning.model import load_pretrained
from core.text.embedded_model import NAME


def test_the_head_is_new_and_depends_on_the_seed_alone():
    first, tokenizer = load_pretrained("embedded", ["bad", "good", "so-so"], seed=1)
    torch.rand(3)
    again, _ = load_pretrained("embedded", ["bad", "good", "so-so"], seed=1)
    other, _ = load_pretrained("embedded", ["bad", "good", "so-so"], seed=2)
    assert first.classifier.weight.shape == (3, 384)
    assert torch.equal(first.classifier.weight, again.classifier.weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
    assert first.config.id2label == {0: "bad", 1: "good", 2: "so-so"}
    assert first.config._name_or_path == tokenizer.name_or_path == NAME

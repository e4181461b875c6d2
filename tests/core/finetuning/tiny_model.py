"""A BERT with random weights that is small enough for a test, with the embedded model's own tokenizer."""

from pathlib import Path

import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from core.finetuning.prediction import MODEL, Classifier
from core.text.embedded_model import embedded_model


def tiny_classifier(labels: list[str], multi_label: bool = False, max_length: int = 64) -> Classifier:
    """Return a classifier of two layers of width 32; its weights are drawn from seed 0, wide enough to matter."""
    tokenizer = AutoTokenizer.from_pretrained(embedded_model(), local_files_only=True)
    tokenizer.model_max_length = max_length
    config = BertConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        initializer_range=0.3,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        problem_type="multi_label_classification" if multi_label else "single_label_classification",
    )
    torch.manual_seed(0)
    return Classifier(BertForSequenceClassification(config).eval(), tokenizer)


def save(classifier: Classifier, folder: Path) -> None:
    """Write the classifier into a run's folder, as a training leaves it."""
    classifier.model.save_pretrained(folder / MODEL)
    classifier.tokenizer.save_pretrained(folder / MODEL)

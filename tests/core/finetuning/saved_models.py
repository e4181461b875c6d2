"""Models of a few thousand weights, saved by the tests, that learn from a few rows in a second."""

from collections.abc import Iterable
from pathlib import Path

import torch
from transformers import BertConfig, BertForMaskedLM, BertTokenizerFast, DistilBertConfig, DistilBertForMaskedLM

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SHAPE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}


def save_tokenizer(folder: Path, words: Iterable[str]) -> int:
    """Write the tokenizer of a vocabulary into `folder` and return how many tokens it has."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = [*SPECIAL, *dict.fromkeys(words)]
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in vocabulary), "utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), do_lower_case=True).save_pretrained(folder)
    (folder / "vocab.txt").unlink()
    return len(vocabulary)


def save_bert(folder: Path, words: Iterable[str], **shape: int) -> Path:
    """Write a BERT that has not learned anything into `folder`, as one that was pretrained on words is written."""
    size = save_tokenizer(folder, words)
    torch.manual_seed(0)
    BertForMaskedLM(BertConfig(vocab_size=size, max_position_embeddings=64, **{**SHAPE, **shape})).save_pretrained(
        folder
    )
    return folder


def save_distilbert(folder: Path, words: Iterable[str]) -> Path:
    """Write a DistilBERT that has not learned anything into `folder`."""
    size = save_tokenizer(folder, words)
    torch.manual_seed(0)
    config = DistilBertConfig(vocab_size=size, max_position_embeddings=64, dim=32, n_layers=2, n_heads=4, hidden_dim=64)
    DistilBertForMaskedLM(config).save_pretrained(folder)
    return folder

"""Tiny models of random weights, saved as transformers does: a BERT that fills masks, and Marian models."""

import io
import json
from pathlib import Path

import torch

CONTENT = ["film", "movie", "story", "actor", "plays", "sings", "bright", "dark", "old", "young", "house", "garden"]
OTHER = ["the", "is", "and", "not", "never", "three", "2020", "!", ".", ",", "a", "b"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TEXTS = ["the film plays in a house", "an old actor sings a song", "young people dance in the garden", "what a story"]


def save_bert(path: Path) -> str:
    """Save a BERT that knows CONTENT and OTHER, and return its folder."""
    from transformers import BertConfig, BertForMaskedLM, BertTokenizerFast

    path.mkdir()
    pieces = ["##s", "##film", "##ing"]
    (path / "vocab.txt").write_text("\n".join([*SPECIAL, *OTHER, *CONTENT, *pieces]))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(SPECIAL + OTHER + CONTENT + pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    BertForMaskedLM(config).save_pretrained(path)
    BertTokenizerFast(str(path / "vocab.txt")).save_pretrained(path)
    return str(path)


def save_marian(path: Path, seed: int) -> str:
    """Save a model that knows the words of TEXTS, and return its folder; sentencepiece has to be installed."""
    import sentencepiece
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    path.mkdir()
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS * 20), model_writer=written, vocab_size=48, hard_vocab_limit=False, minloglevel=2
    )
    for name in ("source.spm", "target.spm"):
        (path / name).write_bytes(written.getvalue())
    pieces = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    words = [pieces.id_to_piece(i) for i in range(3, pieces.get_piece_size())]  # after <unk>, <s>, </s>
    tokens = ["</s>", "<unk>", *words, ">>xx<<", "<pad>"]
    (path / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    MarianTokenizer.from_pretrained(path).save_pretrained(path)
    torch.manual_seed(seed)
    config = MarianConfig(
        vocab_size=len(tokens),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        pad_token_id=len(tokens) - 1,
        decoder_start_token_id=len(tokens) - 1,
        eos_token_id=0,
        forced_eos_token_id=0,
        init_std=0.5,
    )
    model = MarianMTModel(config)
    model.final_logits_bias[0, 0] = 6.0  # so that sentences come to an end
    model.final_logits_bias[0, 1] = -50.0  # and hold no unknown words
    model.final_logits_bias[0, -2] = -50.0
    model.save_pretrained(path)
    return str(path)

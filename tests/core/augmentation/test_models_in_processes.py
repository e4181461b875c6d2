"""Operators with models of transformers make the same in one process as in two, which load the models themselves."""

from collections import Counter

import pytest

from tests.core.augmentation.tiny_models import CONTENT, save_bert, save_marian

pytest.importorskip("sentencepiece", reason="sentencepiece, which Marian's tokenizer needs, is absent")


def test_one_process_and_two_make_the_same(tmp_path, rows_file, recipe, extended, monkeypatch):
    monkeypatch.setattr("core.augmentation.rounds.TEXTS_A_PROCESS", 5)
    monkeypatch.setattr("core.augmentation.candidates.CHUNK_TEXTS", 8)
    monkeypatch.setattr("core.augmentation.writing.PAIRS", 0)
    source = rows_file(
        [{"text": f"the {CONTENT[i % 12]} is {CONTENT[i % 7]} and {CONTENT[i % 5]} ."} for i in range(40)]
    )
    there, back = (save_marian(tmp_path / name, seed) for seed, name in enumerate(("there", "back"), 1))
    chosen = recipe(
        {"use": "masked_lm", "model": save_bert(tmp_path / "bert"), "rate": 0.4},
        {"use": "back_translation", "forward": there, "backward": back, "temperature": 1.5},
        copies=2,
    )
    alone, _ = extended(source, chosen)
    side_by_side, _ = extended(source, chosen, workers=2)
    assert side_by_side == alone
    changed_by = Counter(row["operator"] for row in alone)
    assert changed_by["masked_lm"] > 10
    assert changed_by["masked_lm+back_translation"] > 10

import shutil

import pytest
import torch

from core.augmentation.pretrained import load_model
from core.errors import InputError
from core.text.embedded_model import embedded_model

MASK = ("fill-mask model", "AutoModelForMaskedLM")
MARIAN = ("Marian translation model", "MarianMTModel")


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no model that can be loaded"):
        load_model(str(tmp_path), *MASK)
    (tmp_path / "config.json").write_text("{ this is no JSON")
    with pytest.raises(InputError, match="holds no model that can be loaded"):
        load_model(str(tmp_path), *MASK)
    (tmp_path / "config.json").write_text('{"model_type": "something-unheard-of"}')
    with pytest.raises(InputError, match="holds no model that can be loaded"):
        load_model(str(tmp_path), *MASK)


def test_no_pickle_is_read(tmp_path):
    from transformers import BertConfig, BertForMaskedLM

    model = BertForMaskedLM(BertConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=1))
    model.config.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(InputError, match="holds no model that can be loaded") as caught:
        load_model(str(tmp_path), *MASK)
    assert "safetensors" in caught.value.remedy


def test_no_code_of_the_models_is_run(tmp_path):
    (tmp_path / "config.json").write_text(
        '{"model_type": "new", "auto_map": {"AutoConfig": "evil.Config", "AutoModelForMaskedLM": "evil.Model"}}'
    )
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(InputError):
        load_model(str(tmp_path), *MASK)
    assert not (tmp_path / "ran").exists()


def test_damaged_weights_are_refused(tmp_path):
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        if (embedded_model() / name).is_file():
            shutil.copy(embedded_model() / name, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"these are no weights")
    with pytest.raises(InputError, match="holds no model that can be loaded"):
        load_model(str(tmp_path), *MASK)


def test_a_model_of_another_kind_is_refused():
    with pytest.raises(InputError, match="is no Marian translation model: it is of the type 'bert'"):
        load_model(str(embedded_model()), *MARIAN)
    with pytest.raises(InputError, match="was not made as a fill-mask model"):  # its weights have no such head
        load_model(str(embedded_model()), *MASK)

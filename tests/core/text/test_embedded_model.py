import json
import sys

import pytest

from core.errors import MissingResource
from core.text.embedded_model import PACKAGE, SHA256, embedded_model, quiet, sha256


@pytest.fixture
def unchecked():
    embedded_model.cache_clear()
    yield
    embedded_model.cache_clear()


def test_the_embedded_model_is_the_published_one(unchecked):
    folder = embedded_model()
    assert sha256(folder / "model.safetensors") == SHA256
    assert json.loads((folder / "config.json").read_text())["num_hidden_layers"] == 6


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


def test_quiet_is_over_after_the_block():
    from transformers.utils import logging

    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    with pytest.raises(ZeroDivisionError), quiet():
        assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == (logging.ERROR, False)
        raise ZeroDivisionError
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before

"""Where a pretrained model is, told without torch; the hub is a port that nobody listens on, or one of our own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import ModelInfo

from core.errors import CorpusLabError, InputError, MissingResource
from core.text.pretrained import locate, model_errors

ROOT = Path(__file__).parents[3]
CLIENT = """
import sys
from core.errors import CorpusLabError
from core.text.pretrained import locate
try:
    locate("acme/bert")
except CorpusLabError as error:
    print(type(error).__name__, error)
print("torch" in sys.modules)
"""


def test_a_folder_and_its_files(tmp_path):
    (tmp_path / "config.json").touch()
    place = locate(f" {tmp_path} ")
    assert (place.reference, place.is_folder, place.files, place.offline) == (
        str(tmp_path),
        True,
        ("config.json",),
        True,
    )


@pytest.mark.parametrize(
    "reference", ["../no/such/folder", "/nowhere", "a b", "", "acme/bert/extra", "https://x.org/y"]
)
def test_what_is_neither_a_folder_nor_an_id_is_refused(reference):
    with pytest.raises(InputError, match="There is no folder"):
        locate(reference)


@pytest.mark.parametrize("reference", ["~nobody-of-that-name", "~", "/etc", "nowhere/at/all", "./here", "here/../here"])
def test_who_may_name_no_folder_hears_the_same_of_each(tmp_path, monkeypatch, reference):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    with pytest.raises(InputError) as caught:
        locate(reference, hub_only=True)
    problem = "cannot be the id of a model on the hub, and the folders of this server are not yours."
    assert caught.value.problem == f"{reference!r} {problem}"


def test_a_hub_id_is_one_also_where_a_folder_has_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme" / "bert").mkdir(parents=True)
    asked = []

    def answer(self, model_id, timeout):
        asked.append(model_id)
        return ModelInfo(id=model_id, siblings=[{"rfilename": "config.json"}])

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", answer)
    assert locate("acme/bert").is_folder
    for name in ("acme/bert", "acme"):
        place = locate(name, hub_only=True)
        assert (place.reference, place.is_folder, place.files) == (name, False, ("config.json",))
    assert asked == ["acme/bert", "acme"]


def test_a_home_of_nobody_is_no_folder():
    with pytest.raises(InputError, match="There is no folder '~nobody-of-that-name'"):
        locate("~nobody-of-that-name")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [({"HF_HUB_OFFLINE": "1"}, "switched off by HF_HUB_OFFLINE"), ({}, "The hub cannot be reached")],
)
def test_a_hub_out_of_reach_is_said(tmp_path, setting, sentence):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"}
    environment |= {"PYTHONPATH": str(ROOT), **setting}
    done = subprocess.run([sys.executable, "-c", CLIENT], env=environment, capture_output=True, text=True, timeout=100)
    assert done.stdout.startswith("MissingResource "), done.stdout + done.stderr
    assert sentence in done.stdout
    assert "'acme/bert' is not on this machine" in done.stdout
    assert done.stdout.endswith("False\n")


@pytest.mark.parametrize(
    ("raised", "kind", "sentence"),
    [
        (
            ConnectionError("no route"),
            MissingResource,
            "The hub cannot be reached, and the model 'acme/bert' is not on",
        ),
        (ImportError("sentencepiece is absent"), MissingResource, "needs a package that is not installed: sentence"),
        (ValueError("no such type"), InputError, "The model 'acme/bert' of the hub cannot be loaded"),
    ],
)
def test_what_goes_wrong_with_a_model_of_the_hub_is_a_sentence(raised, kind, sentence):
    with pytest.raises(kind, match=sentence), model_errors("acme/bert", is_folder=False):
        raise raised


def test_our_own_sentences_and_defects_pass_through():
    with pytest.raises(CorpusLabError, match="Ours"), model_errors("m", is_folder=True):
        raise CorpusLabError("Ours.", "Stay.")
    with pytest.raises(ZeroDivisionError), model_errors("m", is_folder=True):
        raise ZeroDivisionError

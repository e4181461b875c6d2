"""Models of the hub, fetched from a stand-in on this machine that speaks the part of its HTTP interface they need."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch

from core.errors import InputError, MissingResource
from core.finetuning.model import load_pretrained
from core.finetuning.pretrained import find_pretrained
from tests.core.data.sources.hub_stand_in import SHA, Answering, digest
from tests.core.finetuning.saved_models import save_bert

ID = "acme/bert"
UNWANTED = ("pytorch_model.bin", "modeling_strange.py", "onnx/model.onnx", "other/model.safetensors")


class Hub(ThreadingHTTPServer):
    """A hub with the one model `ID`; `requests` is what was asked for."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.files |= dict.fromkeys(UNWANTED, b"nobody wants this")
        self.requests: list[str] = []


class Handler(Answering):
    server: Hub

    def log_message(self, format: str, *args: Any) -> None:
        self.server.requests.append(self.path)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        files, path = self.server.files, self.path.partition("?")[0]
        if path in (f"/api/models/{ID}", f"/api/models/{ID}/revision/main"):
            siblings = [{"rfilename": name} for name in files]
            return self.answer_json({"id": ID, "sha": SHA, "siblings": siblings})
        if path == f"/api/models/{ID}/tree/{SHA}":
            entries = [
                {"type": "file", "path": name, "size": len(files[name]), "oid": digest(files[name])} for name in files
            ]
            return self.answer_json(entries)
        name = path.rpartition(f"/{ID}/resolve/")[2].partition("/")[2]
        if name in files:
            return self.answer(200, files[name], X_Repo_Commit=SHA, ETag=f'"{digest(files[name])}"')
        return self.answer(404, X_Error_Code="EntryNotFound" if ID in path else "RepoNotFound")


@pytest.fixture
def hub(tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub that the libraries ask, with nothing fetched from it yet; the current folder is an empty one."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    huggingface_hub.close_session()
    with Hub(tiny_bert) as server:
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        for name, value in {
            "ENDPOINT": endpoint,
            "HUGGINGFACE_CO_URL_TEMPLATE": f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}",
            "HF_HUB_CACHE": str(tmp_path / "cache"),
            "HF_HUB_OFFLINE": False,
        }.items():
            monkeypatch.setattr(huggingface_hub.constants, name, value)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
    huggingface_hub.close_session()


def leave(hub: Hub) -> None:
    """Let the hub be out of reach from here on."""
    hub.shutdown()
    hub.server_close()
    huggingface_hub.close_session()


def words_of(model: Any) -> torch.Tensor:
    return model.state_dict()["bert.embeddings.word_embeddings.weight"]


def test_a_hub_id_is_no_folder_for_a_visitor_who_has_none_here(hub: Hub, tiny_bert: Path) -> None:
    save_bert(Path(ID), ["another"], hidden_size=16)
    found = find_pretrained(ID, hub_only=True)
    assert (found.place.is_folder, found.name, found.shape.width) == (False, ID, 32)
    model, tokenizer = load_pretrained(found, ["a", "b"], seed=0)
    theirs, _ = load_pretrained(tiny_bert, ["a", "b"], seed=0)
    assert torch.equal(words_of(model), words_of(theirs))
    assert tokenizer.tokenize("awful film") == ["awful", "film"]
    assert find_pretrained(ID).shape.width == 16, "where the machine is one's own, a folder comes first"


def test_only_what_is_needed_is_fetched_and_it_is_there_without_the_hub(hub: Hub) -> None:
    load_pretrained(ID, ["a", "b"], seed=0)
    asked = " ".join(hub.requests)
    assert "model.safetensors" in asked
    assert not [name for name in UNWANTED if f"/{name}" in asked]
    leave(hub)
    found = find_pretrained(ID)
    assert found.place.offline
    load_pretrained(found, ["a", "b"], seed=0)


def test_a_model_whose_weights_were_not_fetched_needs_the_hub(hub: Hub) -> None:
    found = find_pretrained(ID)
    leave(hub)
    for asked in (found, ID):
        with pytest.raises(MissingResource, match=f"The hub cannot be reached, and the model '{ID}' is not on this"):
            load_pretrained(asked, ["a", "b"], seed=0)


def test_a_model_that_the_hub_does_not_have_is_a_sentence(hub: Hub) -> None:
    with pytest.raises(InputError, match="There is no public model 'acme/brt' on the hub"):
        find_pretrained("acme/brt")

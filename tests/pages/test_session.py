"""Who sees what: when workspaces are private, and that a stranger's link then shows nothing of theirs."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from core.data.importing import ImportConfig, import_dataset
from core.data.workspace import Workspace
from core.finetuning.prediction import MODEL
from core.jobs import run
from core.runs.store import RunStore
from pages.ui.session import private_workspaces
from tests.core.finetuning.tiny_model import save, tiny_classifier
from tests.pages.reading import clean, widget

ADDRESS = "server.address"
OWN, THEIRS = "a" * 43, "b" * 43
KINDS = {
    "runs": "finetune",
    "finetuning": "finetune",
    "augment": "augment",
    "gans": "gan_digits",
    "language_models": "ngram",
    "explore": "",
    "history": "",
    "prepare": "",
    "overview": "",
    "datasets": "",
}


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str | None], None]]:
    """`listen(address)` makes it the address that the server listens on; nothing in the environment decides."""
    monkeypatch.delenv("CORPUS_LAB_PRIVATE", raising=False)
    kept = config.get_option(ADDRESS)
    yield lambda address: config.set_option(ADDRESS, address)
    config.set_option(ADDRESS, kept)


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.168.1.20", "lab.example.org"])
def test_workspaces_are_private_where_others_can_reach_the_server(listen, address: str | None) -> None:
    listen(address)
    assert private_workspaces()


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "::1"])
def test_one_person_on_their_own_machine_needs_no_privacy(listen, address: str) -> None:
    listen(address)
    assert not private_workspaces()


def test_what_is_deployed_leaves_the_address_to_who_starts_the_server(listen) -> None:
    assert config.get_option(ADDRESS) is None
    assert private_workspaces()


@pytest.mark.parametrize(
    ("chosen", "address", "private"),
    [
        ("1", "localhost", True),
        ("0", None, False),
        ("no", "0.0.0.0", False),
        ("", "localhost", False),
        ("", None, True),
    ],
)
def test_the_environment_decides_before_the_address(
    listen, monkeypatch: pytest.MonkeyPatch, chosen: str, address: str | None, private: bool
) -> None:
    listen(address)
    monkeypatch.setenv("CORPUS_LAB_PRIVATE", chosen)
    assert private_workspaces() is private


def own(home: Path, token: str, word: str) -> tuple[str, dict[str, str]]:
    """Give the holder of a token a dataset, and a run of each kind, whose names have a word in them.

    Return the ids of the version and of the runs.
    """
    workspace = Workspace(home, hashlib.sha256(token.encode()).hexdigest()[:32])
    (home / f"{word}.csv").write_text(f"text,label\nThe {word} reads well.,x\nIt does not.,y\n", "utf-8")
    version = run(import_dataset(ImportConfig(source=str(home / f"{word}.csv")), workspace, home, False))["version"]
    store, ids = RunStore(home, workspace.owner), {}
    for kind in filter(None, dict.fromkeys(KINDS.values())):
        ids[kind] = store.submit(kind, f"{kind} {word}", {"version": version, "data": "digits"}, (version,)).id
        store.request_cancel(ids[kind])
    return version, ids


def test_a_strangers_link_shows_nothing_of_theirs(
    home: Path, synonyms_at_home: None, open_app: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    version, runs = own(home, THEIRS, "zebrafish")
    own(home, OWN, "quokka")
    for token, word, other in ((THEIRS, "zebrafish", "quokka"), (OWN, "quokka", "zebrafish")):
        monkeypatch.setenv("CORPUS_LAB_PRIVATE", "0")
        app = open_app("overview")
        monkeypatch.setenv("CORPUS_LAB_PRIVATE", "1")
        app.session_state["owner_token"], app.session_state["owner_is_new"] = token, False
        for page, kind in KINDS.items():
            app.query_params.clear()
            app.query_params["version"] = version
            if kind:
                app.query_params["run"] = runs[kind]
            app.switch_page(f"pages/{page}.py").run()
            shown = repr(app) + "".join(frame.value.to_string() for frame in app.dataframe)
            assert not app.exception, page
            assert word in shown, f"{page} of their own"
            assert other not in shown, f"{page} of a stranger"


def test_visitors_of_a_public_server_cannot_name_its_folders(
    home: Path, tmp_path: Path, open_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def unreachable(self, model_id, timeout):
        asked.append(model_id)
        raise ConnectionError("no route to host")

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", unreachable)
    monkeypatch.chdir(tmp_path)
    save(tiny_classifier(["x", "y"]), tmp_path)
    model = tmp_path / MODEL
    shutil.copytree(model, "acme/bert")
    rows = [f"{text} {i},{text}" for i in range(10) for text in ("good", "bad")]
    (tmp_path / "rows.csv").write_text("\n".join(["text,label", *rows]), "utf-8")
    theirs = Workspace(home, hashlib.sha256(THEIRS.encode()).hexdigest()[:32])
    run(import_dataset(ImportConfig(source=str(tmp_path / "rows.csv"), name="things"), theirs, tmp_path, False))
    page = open_app("overview")
    monkeypatch.setenv("CORPUS_LAB_PRIVATE", "1")
    page.session_state["owner_token"], page.session_state["owner_is_new"] = THEIRS, False
    clean(page.switch_page("pages/finetuning.py").run())
    for path in (str(model), str(tmp_path / "nothing"), "./acme/bert", "acme/bert/", "~", "~root", ".."):
        widget(page.text_input, "Model").set_value(path).run()
        [error] = page.error
        assert error.value.replace("\\", "").startswith(f"'{path}' cannot be the id of a model on the hub, and the")
        assert widget(page.button, "Train").disabled and not asked
    clean(widget(page.text_input, "Model").set_value("embedded").run())
    widget(page.text_input, "Model").set_value(str(model))
    widget(page.button, "Train").click().run()
    assert page.error and not RunStore(home, theirs.owner).runs(), "a path and a click sent at once"
    widget(page.text_input, "Model").set_value("acme/bert").run()
    assert asked == ["acme/bert"], "a folder of that name here is not looked at"
    assert "The hub cannot be reached" in page.error[0].value

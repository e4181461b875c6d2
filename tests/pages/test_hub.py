"""Two ways to a dataset of the hub on the page Datasets: by its id, and out of the catalogue, from a stand-in."""

import socket
from collections.abc import Callable, Iterator

import datasets.config
import huggingface_hub.constants
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from core.data.catalogue import catalogue
from core.data.workspace import Workspace
from core.runs.workers import Worker
from tests.core.data.sources.hub_datasets import STRING, class_label, parquet
from tests.core.data.sources.hub_stand_in import running_hub
from tests.pages.conftest import closing
from tests.pages.reading import clean, said, widget

Open = Callable[[str], AppTest]
Wait = Callable[[AppTest], AppTest]

LINES = b'{"satz": "Guten Tag, wie geht es?", "n": 1}\n{"satz": "Auf Wiedersehen!", "n": 2}\n'


@pytest.fixture(scope="module", autouse=True)
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """This process and its workers know only a hub with two datasets; the libraries have read their settings before."""
    features = {"sentence": STRING, "text": STRING, "label": class_label("negative", "positive")}
    reviews = parquet(features, sentence=["a dull film", "a fine film"], text=["not this", "nor this"], label=[0, 1])
    home = tmp_path_factory.mktemp("hf")
    with running_hub() as hub, pytest.MonkeyPatch.context() as patch:
        hub.add("stanfordnlp/sst2", {"data/train-0.parquet": reviews})
        hub.add("acme/greetings", {"train.jsonl": LINES, "test.jsonl": LINES})
        for name, value in {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(home), "NO_PROXY": "*"}.items():
            patch.setenv(name, value)
        template = huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE
        of_stand_in = template.replace(huggingface_hub.constants.ENDPOINT, hub.endpoint)
        patch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", of_stand_in)
        patch.setattr(huggingface_hub.constants, "ENDPOINT", hub.endpoint)
        patch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(home / "hub"))
        patch.setattr(datasets.config, "HF_ENDPOINT", hub.endpoint)
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", home / "datasets")
        yield


@pytest.fixture(scope="module")
def workers(stand_in: None) -> Iterator[dict[str, Worker]]:
    """Workers that know only the stand-in."""
    with closing({}) as kept:
        yield kept


def opened(open_app: Open, way: str) -> AppTest:
    app = open_app("datasets")
    app.button_group(key="way").set_value(way).run()
    return clean(app)


def choose(app: AppTest, place: int) -> None:
    """Click the box of the row at this place of the catalogue."""
    app.session_state["catalogue"] = {"selection": {"rows": [place], "columns": [], "cells": []}}
    clean(app.run())


def rows(workspace: Workspace, *columns: str) -> list[tuple[object, ...]]:
    [version] = workspace.latest()
    table = pq.read_table(version.path)
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


def test_a_dataset_is_looked_at_and_imported_by_its_id(open_app: Open, until_quiet: Wait, workspace: Workspace) -> None:
    app = opened(open_app, "Hub")
    assert widget(app.button, "Look at it").disabled
    widget(app.text_input, "Hub id").set_value("acme/greetings").run()
    widget(app.text_input, "Split").set_value("test")
    widget(app.number_input, "Rows at most").set_value(1)
    widget(app.button, "Look at it").click().run()
    assert clean(app).dataframe[0].value["satz"].tolist() == ["Guten Tag, wie geht es?"]
    assert "German" in said(app)
    assert widget(app.selectbox, "Text column").value == "satz"
    widget(app.button, "Import").click().run()
    assert "Imported 1 row as greetings" in said(clean(until_quiet(app)))
    assert rows(workspace, "text", "n") == [("Guten Tag, wie geht es?", 1)]


def test_the_catalogue_is_filtered_and_the_chosen_dataset_is_imported(
    open_app: Open, until_quiet: Wait, workspace: Workspace
) -> None:
    app = opened(open_app, "Catalogue")

    def found() -> list[str]:
        return list(clean(app).dataframe[0].value["Name"])

    assert found() == [entry.name for entry in catalogue()]
    widget(app.selectbox, "Language").select("English").run()
    widget(app.selectbox, "Domain").select("Reviews").run()
    assert found() == ["SST-2", "IMDb reviews", "Yelp reviews (five stars)"]
    widget(app.text_input, "Words").set_value("sst2").run()
    assert found() == ["SST-2"]
    assert f"1 of {len(catalogue())} well-known open datasets." in said(app)
    widget(app.selectbox, "Task").select("Emotion").run()
    assert found() == []
    widget(app.selectbox, "Task").set_value(None).run()

    assert "Import from the hub" not in [button.label for button in app.button]
    choose(app, 0)
    assert "#### SST-2" in said(app)
    widget(app.number_input, "Rows at most").set_value(1)
    widget(app.button, "Import from the hub").click().run()
    assert "Imported 1 row as SST-2" in said(clean(until_quiet(app)))
    assert rows(workspace, "text", "label") == [("a dull film", "negative")]


def test_a_dataset_of_the_catalogue_with_terms_says_so(open_app: Open) -> None:
    app = opened(open_app, "Catalogue")
    choose(app, [entry.gated for entry in catalogue()].index(True))
    assert "Its terms have to be accepted on the hub first" in said(app)


def test_a_hub_out_of_reach_is_one_sentence(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound but not listening: nobody else can open this port
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{taken.getsockname()[1]}")
        app = opened(open_app, "Hub")
        widget(app.text_input, "Hub id").set_value("acme/greetings").run()
        widget(app.button, "Look at it").click().run()
    assert not app.exception
    assert said(app).count("The hub cannot be reached (Connection refused).") == len(app.error) == 1
    assert "then import it as a file" in said(app)

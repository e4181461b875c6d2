"""A visitor of a server, whose machine it is not, trains and looks at no model of its folders, by any way."""

import json

import pytest

from core.data.workspace import Workspace
from core.errors import CorpusLabError, InputError
from core.finetuning.config import FinetuneConfig
from core.finetuning.estimate_apart import answer, read_answer
from core.finetuning.microscope import untrained
from core.runs.store import TERMINAL, RunStore
from core.runs.worker import carry_out

REFUSED = "cannot be the id of a model on the hub, and the folders of this server are not yours. Give an id"


@pytest.fixture
def workspace(home):
    return Workspace(home, "visitor")


@pytest.fixture
def config(make_version, tiny_bert):
    """A training of the visitor's that names a model of somebody's run."""
    texts = [f"a {word} {thing}" for word in ("good", "bad") for thing in ("film", "book", "song", "meal")]
    version = make_version(texts, ["praise"] * 4 + ["blame"] * 4, ["train", "train", "train", "validation"] * 2)
    return FinetuneConfig(version=version.id, model=str(tiny_bert), epochs=1, max_length=8)


def test_a_run_does_not_and_does_not_when_it_is_resumed(workspace, config):
    store = RunStore(workspace.home, workspace.owner)
    queued = store.submit("finetune", "BERT", config.model_dump(mode="json"), (config.version,), lane=TERMINAL)
    for _ in range(2):
        ended = carry_out(store, queued.id)
        assert ended.state == "failed"
        assert REFUSED in ended.message
        store.resume(ended.id, lane=TERMINAL)


def test_an_estimate_does_not(workspace, config):
    question = {"home": str(workspace.home), "owner": workspace.owner, "config": config.model_dump()}
    with pytest.raises(CorpusLabError, match=REFUSED):
        read_answer(answer(json.dumps(question)))


def test_the_microscope_does_not(config):
    with pytest.raises(InputError, match=REFUSED):
        untrained(config, {"labels": ["blame", "praise"], "max_length": 8}, hub_only=True)

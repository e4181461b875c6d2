"""The zip archive is used as its card says: unpacked, in a process of its own, by transformers alone."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from core.errors import NotFound
from core.finetuning import scored_rows
from core.finetuning.config import FinetuneConfig
from core.finetuning.judging import judge
from core.finetuning.model_card import USE, literal, model_card
from core.finetuning.scored_rows import ScoredRows
from core.finetuning.take_home import pack
from tests.core.finetuning.tiny_model import save, tiny_classifier

LABELS = ["bad", "good"]
RESULT = {
    "labels": LABELS,
    "max_length": 64,
    "train_rows": 200,
    "validation_rows": 50,
    "test": {"rows": 120},
    "notes": ["Rows left out because they have no label: 3."],
}


@pytest.fixture
def run_folder(tmp_path):
    save(tiny_classifier(LABELS), tmp_path)
    rng = np.random.default_rng(0)
    for part, n in (("validation", 50), ("test", 120)):
        true = rng.integers(0, 2, n)
        logits = np.eye(2)[np.where(rng.random(n) < 0.9, true, 1 - true)] * 3
        answers = {"majority": np.zeros(n, int), "tfidf": np.where(rng.random(n) < 0.8, true, 1 - true)}
        scored_rows.save(tmp_path, part, ScoredRows([f"r{i}" for i in range(n)], true, logits, answers))
    return tmp_path


def test_the_three_lines_of_the_card_run_on_the_unpacked_folder(run_folder, tmp_path):
    with zipfile.ZipFile(pack(run_folder, "# A card", "reviews")) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        archive.extractall(tmp_path / "elsewhere")
    assert names == {
        f"reviews/{name}"
        for name in ("README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
    }
    program = USE.format(folder="reviews", example="I love this movie!")
    assert len(program.splitlines()) == 3
    program += "import json, sys\n"
    program += "print(json.dumps([classify(['I love this movie!', 'bad ' * 3000], top_k=None), sorted(sys.modules)]))\n"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "elsewhere",
        env={**environment, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answers, modules = json.loads(done.stdout.splitlines()[-1])
    assert "core" not in modules
    ours = tiny_classifier(LABELS).predict(["I love this movie!", "bad " * 3000])
    for theirs, prediction in zip(answers, ours, strict=True):
        assert {item["label"]: item["score"] for item in theirs} == pytest.approx(prediction.probabilities, abs=1e-4)


def test_a_run_without_a_model_cannot_be_packed(tmp_path):
    with pytest.raises(NotFound, match="no finished model"):
        pack(tmp_path, "card", "name")
    assert list(tmp_path.iterdir()) == []


def test_the_card_tells_data_scores_and_limits(run_folder, make_version):
    version = make_version(["x", "y"], ["bad", "good"], name="reviews")
    judged = [judge(run_folder, part, LABELS) for part in ("validation", "test")]
    card = model_card("BERT on reviews@1", FinetuneConfig(version=version.id), RESULT, [version], judged)
    assert card.startswith("---\nlibrary_name: transformers\npipeline_tag: text-classification\nlanguage: en\n")
    assert "base_model: sentence-transformers/all-MiniLM-L6-v2\n" in card
    assert f"Dataset version reviews@1 (id {version.id})" in card
    assert "1. reviews@1, 2 rows: Imported the file test\\." in card
    assert "200 rows trained the model, 50 validation rows chose its weights, 120 test rows were used once" in card
    accuracy = judged[1].report.accuracy
    assert f"| Accuracy | {accuracy.value:.3f} ({accuracy.low:.3f} to {accuracy.high:.3f}) |" in card
    assert judged[1].verdict.sentence in card
    assert "| bad | " in card
    assert "It reads the first 64 tokens of a text" in card
    assert "Rows left out because they have no label: 3\\." in card
    assert "There were no test rows" not in card
    assert "There were no test rows" in model_card("m", FinetuneConfig(version="v"), {**RESULT, "test": None}, [], [])


def test_a_language_that_is_not_known_is_left_out(make_version):
    # make_version's dataset is in English; the same with no language that could be told
    version = replace(make_version(["x", "y"], ["bad", "good"]), language="und")
    card = model_card("m", FinetuneConfig(version="v"), RESULT, [version], [])
    assert "language:" not in card
    assert "Its data is in" not in card


def settings_of(result, **settings):
    card = model_card("m", FinetuneConfig(version="v", **settings), result, [], [])
    rows = [row.strip("| ").split(" | ") for row in card[card.index("| Setting |") :].splitlines()[2:]]
    assert all(len(row) == 2 for row in rows), "a blank says nothing"
    return {name: value.replace("\\", "") for name, value in rows}


def test_settings_are_those_that_were_used():
    used = {**RESULT, "learning_rate": 0.0001, "frozen_layers": 2}
    full = settings_of(used, seeds=[0, 3])
    assert full["Learning rate"] == "0.0001"
    assert full["Longest text in tokens"] == "64"
    assert full["Seeds"] == "0, 3"
    assert not full.keys() & {"LoRA rank", "Frozen layers", "Patience", "Text column"}
    assert settings_of(used, strategy="LoRA")["LoRA rank"] == "8"
    assert full["Freeze more as it learns"] == "no"
    assert settings_of(used, gradual_freezing=True)["Freeze more as it learns"] == "yes"
    assert "Freeze more as it learns" not in settings_of(used, gradual_freezing=True, strategy="LoRA")
    assert settings_of(used, strategy="freeze layers")["Frozen layers"] == "2"
    assert "Learning rate" not in settings_of(RESULT), "a result from before it was written down"
    assert settings_of(RESULT, learning_rate=0.002)["Learning rate"] == "0.002"


def test_names_from_a_strangers_file_are_no_markdown(run_folder):
    labels = ["![x](http://evil.example/a.png)", "<script>alert(1)</script> | b\n# c"]
    result = {**RESULT, "labels": labels}
    card = model_card(
        "[link](http://evil.example)", FinetuneConfig(version="v"), result, [], [judge(run_folder, "test", labels)]
    )
    assert "](http" not in card
    assert "<script" not in card.replace("\\<", "")
    assert "\n# c" not in card
    assert literal("a|b\n*c*") == r"a\|b \*c\*"


def test_a_folder_of_this_machine_is_not_named(tmp_path):
    card = model_card("m", FinetuneConfig(version="v", model=str(tmp_path / "my-bert")), RESULT, [], [])
    assert "my\\-bert" in card
    assert str(tmp_path) not in card.replace("\\", "")

"""Several processes that train one model together, started by torchrun: on files, and in a run that is resumed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import main
from core.config import parse_config
from core.errors import InputError
from core.finetuning import checkpoints
from core.finetuning.checkpoints import require_steps
from core.finetuning.config import FinetuneConfig
from core.finetuning.processes import copy_what_goes_on
from core.finetuning.seeds import SCORES
from core.finetuning.training import finetune
from core.jobs import Metrics, run
from core.runs.curves import curves
from core.runs.store import TERMINAL, RunStore
from core.runs.worker import Stop, carry_out

ROOT = Path(__file__).parents[3]
TEXTS = [f"{article} {word} {thing}" for word in ("good", "bad") for thing in ("film", "book", "song", "meal")
         for article in ("a", "the")]  # fmt: skip
LABELS = ["praise"] * 8 + ["blame"] * 8
SPLITS = (["train"] * 6 + ["validation"] * 2) * 2
BOTH = """
import sys
from core.cli import main
files, resumed = ["--train", "train.csv", "--model", sys.argv[1], "--output", "out", "--json"], sys.argv[2]
settings = ["--epochs", "2", "--batch-size", "4", "--evaluations-per-epoch", "1", "--gradual-freezing"]
sys.exit(main(["finetune", *files, *settings]) or main(["runs", "resume", resumed, "--json"]))
"""


@pytest.fixture
def cancelled(make_version, workspace, tiny_bert):
    """A run of one step an epoch, cancelled after its second."""
    version = make_version(TEXTS, LABELS, SPLITS)
    store = RunStore(workspace.home, workspace.owner)
    settings = {"model": str(tiny_bert), "epochs": 4, "batch_size": 16, "evaluations_per_epoch": 1}
    queued = store.submit("finetune", "tiny", {"version": version.id, **settings}, (version.id,), lane=TERMINAL)
    stop = Stop()

    def watch(event):
        if isinstance(event, Metrics) and event.step == 2:
            stop.ask("cancelled", "enough")

    ended = carry_out(store, queued.id, watch, stop)
    assert (ended.state, ended.resumable) == ("cancelled", True)
    return ended


def test_torchrun_trains_one_model_in_two_processes_and_goes_on_with_a_run(cancelled, home, tmp_path, tiny_bert):
    rows = [f"{text},{label}" for text, label in zip(TEXTS, LABELS, strict=True)]
    (tmp_path / "train.csv").write_text("\n".join(["text,label", *rows, *rows]) + "\n")
    (tmp_path / "both.py").write_text(BOTH)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "both.py"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, str(tiny_bert), cancelled.id],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(answers) == 2  # the first process tells, the other does not
    # Of 32 rows some are held out; 4 in each of 2 processes at a step, twice.
    assert answers[0]["steps"] == 2 * -(-answers[0]["train_rows"] // 8)
    assert (tmp_path / "out" / "model.safetensors").is_file()
    # One step an epoch, in two processes as in one: those after the second are made.
    assert (answers[1]["run"], answers[1]["state"], answers[1]["steps"]) == (cancelled.id, "finished", 4)
    told = curves(RunStore(home, "local").events(cancelled.id))
    assert list(told["train/loss"][0]) == [1, 2, 3, 4]


def test_another_process_than_the_first_goes_on_and_leaves_nothing(cancelled, workspace, tmp_path):
    config = parse_config(FinetuneConfig, cancelled.config)
    before = sorted(path for path in cancelled.folder.rglob("*"))
    (tmp_path / "other").mkdir()
    (cancelled.folder / SCORES).write_text("[]")
    copy_what_goes_on(cancelled.folder, tmp_path / "other")
    (cancelled.folder / SCORES).unlink()
    assert checkpoints.steps(tmp_path / "other" / checkpoints.FOLDER / "seed-0") == [2]
    events = []
    run(finetune(config, workspace, tmp_path / "other", True), events.append)
    steps = [event.step for event in events if isinstance(event, Metrics) and "train/loss" in event.values]
    assert steps == [3, 4]
    assert sorted(path for path in cancelled.folder.rglob("*")) == before


def test_another_number_of_processes_does_not_go_on(cancelled):
    checkpoint = checkpoints.path_of(cancelled.folder / checkpoints.FOLDER / "seed-0", 2)
    require_steps(checkpoint, 4)
    with pytest.raises(InputError, match="has 4 steps with the processes that began it, and 8 with those of now"):
        require_steps(checkpoint, 8)


def test_a_port_that_is_none_is_refused_before_the_processes_wait_for_each_other(
    tmp_path, tiny_bert, monkeypatch, capsys
):
    monkeypatch.setenv("MASTER_PORT", "0")
    (tmp_path / "train.csv").write_text("text,label\na good film,1\na bad film,0\n")
    command = ["finetune", "--train", tmp_path / "train.csv", "--model", tiny_bert, "--output", tmp_path / "out"]
    assert main([str(part) for part in command]) == 1
    assert "With --master-port 0, torchrun's processes do not find each other." in capsys.readouterr().err

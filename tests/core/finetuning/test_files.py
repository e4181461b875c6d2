"""Fine-tuning and predicting as the command line does it, mostly on plain files, with a few thousand weights."""

import csv
import json
import os
import signal
import tempfile
import threading
import time

import pyarrow.parquet as pq
import pytest

from core.cli import main
from core.errors import InputError
from core.finetuning import checkpoints
from core.finetuning.config import FinetuneConfig
from core.finetuning.files import finetune_files, read_files
from core.finetuning.interrupted import place_of
from core.finetuning.prediction import MODEL
from core.jobs import Metrics, run
from core.runs.store import RunStore
from core.storage import SCRATCH
from tests.core.finetuning.conftest import PAIRS

QUICK = ["--epochs", "12", "--batch-size", "8", "--learning-rate", "0.01", "--evaluations-per-epoch", "1"]


def finetuned(files, tiny_bert, capsys, *options):
    arguments = ["finetune", "--train", files / "train.csv", "--validation", files / "validation.tsv"]
    arguments += ["--model", tiny_bert, "--output", files / "out", *QUICK, *options, "--json"]
    code = main([str(argument) for argument in arguments])
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_from_files_to_a_model_and_from_a_file_to_labels(files, tiny_bert, capsys):
    code, result = finetuned(files, tiny_bert, capsys, "--test", files / "test.jsonl")
    assert code == 0
    assert (result["train_rows"], result["validation_rows"], result["test"]["rows"]) == (16, 8, 8)
    assert result["accuracy"] == 1.0  # the rows are among those that were learned
    out = files / "out"
    assert json.loads((out / "report.json").read_text()) == result
    card = (out / "README.md").read_text()
    assert "1. train@1, 32 rows: Imported the file train\\.csv \\(train\\), validation\\.tsv" in card
    assert "Test rows whose text is also in the training rows: 8 of 8\\." in card
    assert card.index("## Scores on 8 test rows") < card.index("## Scores on 8 validation rows") < card.index("## Lim")
    assert [path.name for path in files.iterdir() if path.name.startswith(".")] == []
    predictions = pq.read_table(out / "predictions_test.parquet")
    assert predictions["target"].to_pylist() == [int(label) for _, label in PAIRS[::2]]

    for ending in ("csv", "tsv", "jsonl", "parquet"):
        target = files / f"labelled.{ending}"
        assert main(["predict", str(out), "--input", str(files / "train.csv"), "--output", str(target)]) == 0
        rows = read(target)
        assert [str(row["predicted"]) for row in rows] == [label for _, label in PAIRS]
        for row in rows:
            shares = [float(row[f"probability of {label}"]) for label in "01"]
            assert sum(shares) == pytest.approx(1, abs=1e-3)
            assert shares[int(row["predicted"])] > 0.5

    (files / "gaps.csv").write_text("text,n\na good film,1\n,2\n")
    capsys.readouterr()
    assert main(["predict", str(out), "--input", str(files / "gaps.csv"), "--output", str(files / "gaps.jsonl")]) == 0
    said = "Labelled 2 rows.\nRows with an empty text, whose label means nothing: 1.\n"
    assert capsys.readouterr().out == said

    from transformers import pipeline

    theirs = pipeline("text-classification", model=str(out))([text for text, _ in PAIRS])
    assert [answer["label"] for answer in theirs] == [label for _, label in PAIRS]


def test_from_a_dataset_by_its_name_to_a_run_that_is_kept(make_version, home, tiny_bert, capsys):
    make_version(*zip(*PAIRS, ("", "1"), strict=True), name="things")
    arguments = ["finetune", "--data", "things", "--model", str(tiny_bert), *QUICK, "--epochs", "2"]
    for more in (["--estimate"], []):
        assert main([*arguments, *more]) == 0
        assert "\nRows left out because they have no text: 1.\nHeld out" in capsys.readouterr().out
    [first] = RunStore(home, "local").runs()
    RunStore(home, "local").delete(first.id)
    assert main([*arguments, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["state"], result["train_rows"] + result["validation_rows"]) == ("finished", len(PAIRS))
    [kept] = RunStore(home, "local").runs()
    assert (kept.id, kept.name, kept.result["accuracy"]) == (result["run"], "things@1", result["accuracy"])
    assert (kept.folder / MODEL / "model.safetensors").is_file()


def read(path):
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def test_a_result_is_replaced_and_nothing_else(files, tiny_bert, capsys):
    (files / "out").mkdir()
    for name in ("report.json", "predictions_validation.parquet", "old"):
        (files / "out" / name).touch()
    with (files / "train.csv").open("a") as file:
        file.write(f"{'film ' * 30_000},1\n,1\n")
    code, result = finetuned(files, tiny_bert, capsys, "--epochs", "1")
    assert code == 0
    assert result["notes"] == [
        "Rows left out because they have no text: 1.",
        "Validation rows whose text is also in the training rows: 8 of 8. Their score says little about new texts.",
        "Texts cut off after 64 tokens: 5.9%.",
    ]
    assert not (files / "out" / "old").exists()
    (files / "out" / "predictions_validation.parquet").unlink()  # other programs write a report.json too
    code, result = finetuned(files, tiny_bert, capsys)
    assert code == 1
    assert "does not hold the result of a fine-tuning" in result["error"]
    assert (files / "out" / "report.json").is_file()


def test_a_training_that_is_interrupted_goes_on_where_it_was(files, tiny_bert, capsys):
    unfinished = place_of(files / "out")

    def interrupt():
        while not (unfinished / "run" / checkpoints.FOLDER / "seed-0" / "checkpoint-4" / checkpoints.STATE).is_file():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=interrupt, daemon=True)
    thread.start()
    long = ("--epochs", "24", "--patience", "100")
    arguments = ["finetune", "--train", str(files / "train.csv"), "--validation", str(files / "validation.tsv")]
    arguments += ["--model", str(tiny_bert), "--output", str(files / "out"), *QUICK, *long]
    assert main(arguments) == 130
    assert "the same command with --resume" in capsys.readouterr().err
    assert not (files / "out").exists()
    step = checkpoints.steps(unfinished / "run" / checkpoints.FOLDER / "seed-0")[-1]

    code, result = finetuned(files, tiny_bert, capsys, "--resume")
    assert (code, "is of other files or of other settings" in result["error"]) == (1, True)
    told = []
    given = {"train": files / "train.csv", "validation": files / "validation.tsv"}
    settings = {"model": str(tiny_bert), "epochs": 24, "batch_size": 8, "learning_rate": 0.01, "patience": 100}
    result = run(finetune_files(given, {**settings, "evaluations_per_epoch": 1}, files / "out", True), told.append)
    assert result["steps"] == 48
    assert next(event.step for event in told if isinstance(event, Metrics)) > step >= 4
    assert not unfinished.exists()


def test_the_same_training_is_not_begun_twice_at_once(files, tiny_bert):
    given, settings = {"train": files / "train.csv"}, {"model": str(tiny_bert), "epochs": 1}
    first = finetune_files(given, settings, files / "out")
    next(first)
    with pytest.raises(InputError, match=r"A training whose result becomes .*out is going on\. Wait for its end"):
        next(finetune_files(given, settings, files / "out"))
    assert run(first)["output"] == str(files / "out")
    assert not place_of(files / "out").exists()


def test_the_memory_and_the_notes_are_told_to_people(files, tiny_bert, home, capsys, monkeypatch):
    monkeypatch.setattr("core.finetuning.estimating.available_memory", lambda: 1_000_000_000)
    with (files / "train.csv").open("a") as file:
        file.write(",1\n")
    arguments = ["finetune", "--train", files / "train.csv", "--model", tiny_bert, "--output", files / "out", *QUICK]
    assert main([str(argument) for argument in arguments]) == 0
    printed = capsys.readouterr()
    assert "and 1.0 GB are free: it would be stopped. Train fewer" in printed.err
    assert "Rows left out because they have no text: 1.\n" in printed.out


@pytest.fixture
def umask_027():
    before = os.umask(0o027)
    yield
    os.umask(before)


def test_all_files_of_a_result_have_the_mode_of_new_files(files, tiny_bert, umask_027):
    run(finetune_files({"train": files / "train.csv"}, {"model": str(tiny_bert), "epochs": 1}, files / "out"))
    modes = {path.name: f"{path.stat().st_mode & 0o777:o}" for path in (files / "out").iterdir()}
    assert "model.safetensors" in modes
    assert set(modes.values()) == {"640"}, modes  # 666 without the bits of 027


def test_what_was_chosen_by_itself_is_in_the_result_and_on_the_card(files, tiny_bert):
    settings = {"model": str(tiny_bert), "epochs": 1, "strategy": "freeze layers"}
    result = run(finetune_files({"train": files / "train.csv"}, settings, files / "out"))
    # A third of 2 layers, but at least 1; "a good film" has 3 tokens and 2 at its ends, and 8 are the fewest.
    assert (result["learning_rate"], result["frozen_layers"], result["max_length"]) == (1e-4, 1, 8)
    card = (files / "out" / "README.md").read_text()
    for line in ("| Learning rate | 0\\.0001 |", "| Frozen layers | 1 |", "| Longest text in tokens | 8 |"):
        assert line in card


def test_other_columns_and_several_labels(tmp_path, tiny_bert, capsys):
    rows = [("good film", "film"), ("bad book", "book"), ("film and book", "film;book"), ("the song", "song")] * 4
    rows += [("book and song", "book;song"), ("a film", "film"), ("a book", "book"), ("a song", "song")] * 2
    with (tmp_path / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("number", "said", "topics"), *((i, *row) for i, row in enumerate(rows))])
    columns = ["--text-column", "said", "--label-column", "topics", "--label-separator", ";", "--epochs", "30"]
    arguments = ["finetune", "--train", tmp_path / "rows.csv", "--validation", tmp_path / "rows.csv"]
    arguments += ["--model", tiny_bert, "--output", tmp_path / "out", *QUICK, *columns, "--json"]
    assert main([str(argument) for argument in arguments]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["labels"] == ["book", "film", "song"]
    assert result["accuracy"] > 0.9  # of the rows, all labels right
    assert json.loads((tmp_path / "out" / "config.json").read_text())["problem_type"] == "multi_label_classification"
    targets = pq.read_table(tmp_path / "out" / "predictions_validation.parquet")["target"].to_pylist()
    assert targets[:4] == [[0, 1, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]]


def test_the_same_row_in_two_files_has_two_ids(files, workspace):
    paths = {"train": files / "train.csv", "test": files / "test.jsonl"}
    workspace.home.mkdir()
    rows = pq.read_table(run(read_files(paths, FinetuneConfig(version="v"), workspace)).path)
    assert rows["split"].to_pylist() == ["train"] * 16 + ["test"] * 8
    ids = rows["id"].to_pylist()
    assert len(set(ids)) == 24
    assert ids[16:] == [f"{row_id}-2" for row_id in ids[:16:2]]


def test_an_estimate_is_told_and_nothing_is_trained(files, tiny_bert, home, capsys, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(files / "train.csv" / "nowhere"))
    arguments = ["finetune", "--train", files / "train.csv", "--model", tiny_bert, "--estimate", "--json"]
    assert main([str(argument) for argument in arguments]) == 0
    estimated = json.loads(capsys.readouterr().out)
    assert estimated["model"] == tiny_bert.name
    assert estimated["seconds"] > estimated["step_seconds"] > 0
    assert sorted(path.name for path in files.iterdir()) == ["home", "test.jsonl", "train.csv", "validation.tsv"]
    assert [path.name for path in (home / SCRATCH).iterdir()] == ["lock"]
    nothing = ["finetune", "--train", files / "absent.csv", "--model", files / "absent", "--estimate"]
    assert main([str(argument) for argument in nothing]) == 1
    assert str(files / "absent") + "'" in capsys.readouterr().err, "the model is looked at before the rows"

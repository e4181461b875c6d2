"""What fine-tuning and predicting on plain files refuse: one sentence each, before any long work."""

import pytest

from core.cli import main
from core.errors import FileError, InputError, MissingResource
from core.finetuning.files import finetune_files
from core.jobs import Metrics, run


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("text,label\ngood,1\nbad,1\n", "All labelled rows of train@1 have the label '1'."),
        ("text,label\ngood film,1\nbad film,1\nsong,0\n", "The label '0' has a single row."),
        ("text,label\ngood film,0.25\nbad film,0.5\n", "The labels of train@1 are numbers with fractions"),
        ("text,label\n" + "".join(f"film {i},{i % 500}\n" for i in range(1000)), "has 500 different values."),
        ("text,label\n,1\n,0\n", "empty in every row"),
        ("text\ngood film and song\nbad film and song\n", "No column of train.csv looks like the label of its rows."),
    ],
    ids=["one class", "a class of one row", "floats", "500 classes", "empty rows", "no label"],
)
def test_what_cannot_be_learned_from_is_one_sentence_before_the_model_is_loaded(tmp_path, content, problem):
    (tmp_path / "train.csv").write_text(content)
    told = []
    with pytest.raises(InputError, match=problem):
        run(finetune_files({"train": tmp_path / "train.csv"}, {}, tmp_path / "out"), told.append)
    assert not any(getattr(event, "message", "") == "Loading the model" for event in told)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["train.csv"]


def test_labels_that_are_not_in_the_training_rows(files):
    (files / "validation.tsv").write_text("text\tlabel\nfine song\t2\nfine meal\t2\n")
    paths = {"train": files / "train.csv", "validation": files / "validation.tsv"}
    with pytest.raises(InputError, match="The label '2' is in the validation rows but not in the training rows"):
        run(finetune_files(paths, {}, files / "out"))


def test_a_model_folder_that_is_no_model_is_refused_before_the_training(files):
    (files / "model").mkdir()
    with pytest.raises(InputError, match="There is no model in 'model'"):
        run(finetune_files({"train": files / "train.csv"}, {"model": str(files / "model")}, files / "out"))


def test_a_model_of_a_hub_out_of_reach_is_refused_before_the_training(files, monkeypatch):
    import huggingface_hub

    def unreachable(self, model_id, timeout):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", unreachable)
    told = []
    with pytest.raises(MissingResource, match="The hub cannot be reached, and the model 'acme/bert' is not on this"):
        run(finetune_files({"train": files / "train.csv"}, {"model": "acme/bert"}, files / "out"), told.append)
    assert not any(isinstance(event, Metrics) for event in told)


def test_files_and_places_that_are_not_there(files):
    with pytest.raises(FileError, match="There is no file"):
        run(finetune_files({"train": files / "absent.csv"}, {}, files / "out"))
    with pytest.raises(InputError, match="There is no folder"):
        run(finetune_files({"train": files / "train.csv"}, {}, files / "absent" / "out"))


def test_labels_do_not_replace_the_file_of_the_texts(files, home, monkeypatch, capsys):
    monkeypatch.chdir(files)
    (files / "link.csv").symlink_to("train.csv")
    before = (files / "train.csv").read_bytes()
    for given, wanted in (("train.csv", "train.csv"), ("train.csv", "link.csv"), ("link.csv", files / "train.csv")):
        # The folder holds no model, so that the refusal is before one is looked for.
        assert main(["predict", ".", "--input", given, "--output", str(wanted)]) == 1
        assert f"{given} would be replaced by its labels. Name another file" in capsys.readouterr().err
    assert (files / "train.csv").read_bytes() == before
    assert (files / "link.csv").is_symlink()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["finetune", "--train", "train.csv"], "needs a place"),
        (["finetune", "--data", "reviews", "--test", "train.csv"], "brings its own splits"),
        (["finetune", "--data", "reviews", "--resume"], "Go on with it by: python -m core runs resume RUN."),
        (["predict", "absent", "--input", "train.csv", "--output", "x.csv"], "There is no folder absent."),
        (["predict", ".", "--input", "train.csv", "--output", "x.csv"], "There is no model in"),
        (["predict", ".", "--input", "absent.csv", "--output", "x.csv"], "There is no file absent.csv."),
        (["predict", ".", "--input", "train.csv", "--output", "x.doc"], "'x.doc' has no known ending."),
    ],
)
def test_a_wrong_command_is_one_sentence(files, home, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(files)
    assert main(arguments) == 1
    assert said in capsys.readouterr().err

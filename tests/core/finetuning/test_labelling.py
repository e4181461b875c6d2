import csv
import json

import pytest

from core.errors import FileError, InputError, UnknownName
from core.finetuning.labelling import label_file
from core.jobs import Progress, run
from tests.core.finetuning.tiny_model import tiny_classifier


@pytest.fixture(scope="module")
def classifier():
    return tiny_classifier(["bad", "good"])


def write(tmp_path, content, name="rows.csv"):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    return path


def test_rows_come_back_with_label_and_probabilities(classifier, tmp_path):
    path = write(tmp_path, 'n,text,predicted\n1,"A fine, fine film",x\n2,,y\n')
    events = []
    result = run(label_file(classifier, path, tmp_path / "out.csv"), events.append)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert (result["rows"], result["column"], result["summary"]) == (2, "text", "Labelled 2 rows.")
    assert isinstance(events[-1], Progress)
    assert list(rows[0])[:3] == ["n", "text", "predicted"], "the file's own columns come first and keep their names"
    expected = classifier.predict(["A fine, fine film", ""])
    for row, prediction in zip(rows, expected, strict=True):
        assert (
            row[next(name for name in row if name.startswith("predicted") and name != "predicted")] == prediction.label
        )
        assert float(row["probability of good"]) == pytest.approx(prediction.probabilities["good"])
    assert (rows[0]["n"], rows[0]["predicted"]) == ("1", "x")


def test_rows_with_an_empty_text_are_labelled_and_counted(classifier, tmp_path):
    path = write(tmp_path, 'n,text\n1,A fine film\n2,\n3,"  "\n4,A bad film\n')
    result = run(label_file(classifier, path, tmp_path / "out.csv", column="text"))
    assert result["rows"] == 4
    assert result["notes"] == ["Rows with an empty text, whose label means nothing: 2."]
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert all(row["predicted"] in ("bad", "good") for row in csv.DictReader(file))
    whole = write(tmp_path, "text\nA fine film\nA bad film\n", "whole.csv")
    assert run(label_file(classifier, whole, tmp_path / "out.csv"))["notes"] == []


def test_many_rows_in_the_order_of_the_file(classifier, tmp_path):
    texts = [f"row number {n} " + "long " * (n % 7) for n in range(600)]
    path = write(tmp_path, "\n".join(json.dumps({"body": text, "k": n}) for n, text in enumerate(texts)), "rows.jsonl")
    run(label_file(classifier, path, tmp_path / "out.jsonl", "jsonl", column="body"))
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["body"] for row in rows] == texts
    for n in (0, 257, 599):
        expected = classifier.predict([texts[n]])[0].probabilities["bad"]
        assert rows[n]["probability of bad"] == pytest.approx(expected, abs=1e-5)


def test_what_cannot_be_labelled_leaves_nothing_behind(classifier, tmp_path):
    path, target = write(tmp_path, "text\na\nb\nc\n"), tmp_path / "out.csv"
    with pytest.raises(UnknownName, match="nowhere"):
        run(label_file(classifier, path, target, column="nowhere"))
    with pytest.raises(InputError, match="more than 2 rows"):
        run(label_file(classifier, path, target, most_rows=2))
    with pytest.raises(FileError):
        run(label_file(classifier, write(tmp_path, "", "empty.csv"), target))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["empty.csv", "rows.csv"]


def test_cells_that_are_formulas_are_made_safe(classifier, tmp_path):
    path = write(tmp_path, 'text,k\n"=1+1, a sum",1\n"another, text",2\n')
    run(label_file(classifier, path, tmp_path / "out.csv"))
    assert '\n"=1+1' not in (tmp_path / "out.csv").read_text("utf-8")

"""`python -m core gan text`: in this process, which tests of other commands show to be no different."""

import csv
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli import main
from core.gan.text.model import load
from tests.core.gan.text.conftest import SMALL, sentences

LEFT_AS_IT_IS = ("max_minutes", "word_vectors", "rows")


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """A command takes over what Ctrl-C and SIGTERM mean, which would be so for all tests after it."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def options() -> list[str]:
    settings = {name: value for name, value in SMALL.items() if name not in LEFT_AS_IT_IS}
    return [word for name, value in settings.items() for word in (f"--{name.replace('_', '-')}", str(value))]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *zip(*sentences(80), strict=True)])
    return path


def test_a_file_gives_a_folder_of_new_rows(home, tmp_path, table, capsys) -> None:
    command = ["gan", "text", "--input", str(table), "--output", str(tmp_path / "out"), "--rows", "8", "--json"]
    assert main([*command, "--no-word-vectors", "--trainings", "2", *options()]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["accepted"], result["train_rows"]) == (8, 68), "12 of 80 rows are held out"
    assert [training["seed"] for training in result["trainings"]] == [0, 1]
    assert "of 2 trainings" in result["verdict"][2]
    assert result == json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    with (tmp_path / "out" / "rows.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    originals = dict(zip(*sentences(80), strict=True))
    assert len(rows) == 8
    for row in rows:
        assert originals[row["before"]] == row["label"]
        assert row["text"] not in originals
    assert load(tmp_path / "out" / "model").settings.rows == 8
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("made.parquet", "model", "report.json", "rows.csv")
    ]


@pytest.mark.parametrize(
    ("lines", "changed", "said"),
    [
        (None, [], "There is no file"),
        (["a short line of text"] * 5, [], "a GAN needs 24 at least"),
        (["a line"], ["--rows", "0"], "The setting rows cannot be '0'"),
        (["a line"], ["--output", "FILE"], "is a file"),
    ],
    ids=["no file", "five lines", "no rows", "output is a file"],
)
def test_an_error_of_the_user_is_one_sentence(home, tmp_path, capsys, lines, changed, said) -> None:
    source = tmp_path / "lines.txt"
    if lines:
        source.write_text("\n".join(lines))
    arguments = ["gan", "text", "--input", str(source), "--output", str(tmp_path / "out"), "--json", *changed]
    assert main([str(source) if argument == "FILE" else argument for argument in arguments]) == 1
    assert said in json.loads(capsys.readouterr().out)["error"]

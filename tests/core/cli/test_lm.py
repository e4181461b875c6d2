"""`python -m core lm`: a training that is interrupted as a process of its own, the rest in that of the tests."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.cli import main
from core.neural_lm.model import load

ROOT = Path(__file__).parents[3]
TINY = ("--width", "16", "--dropout", "0", "--learning-rate", "0.02", "--epochs")

AS_FILES = ("--tokenizer", "whitespace", "--unit", "document")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "core", "lm", *map(str, arguments)]


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict]:
    def ask(*arguments: object) -> dict:
        assert main(["lm", *map(str, arguments), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return ask


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("the cat . it drinks milk .\nthe dog . it eats meat .\n" * 60)
    return path


def test_train_score_and_sample_from_files(
    home: Path, tmp_path: Path, text: Path, answer: Callable[..., dict], capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("the cat . it eats milk .\n\nthe mouse .\n")
    result = answer("train", "--input", text, "--validation", other, "--output", tmp_path / "m", *TINY, 2)
    # A line is one sequence: 7 tokens and its end, and 4 more; the mouse was never seen.
    assert (result["validation"]["tokens"], result["validation"]["unknown"]) == (12, 1)
    assert result["train_tokens"] == 120 * 8
    scores = answer("perplexity", tmp_path / "m", "--input", other)
    assert scores == pytest.approx(result["validation"], rel=1e-5)
    assert set(scores) == {
        *("perplexity", "perplexity_without_unknown", "tokens", "unknown", "zero_probability"),
        *("log10_probability", "bits_per_token", "bits_per_token_without_unknown"),
    }
    assert main(["lm", "perplexity", str(tmp_path / "m"), "--input", str(other)]) == 0
    assert capsys.readouterr().out == (
        f"The perplexity is {scores['perplexity']:,.2f} on 12 tokens, of which 1 are unknown to the model.\n"
    )
    sample = answer("sample", tmp_path / "m", "--prompt", "the dog", "--tokens", 4, "--top-k", 1)
    assert sample == {"text": load(tmp_path / "m").generate("the dog", 4, top_k=1)}
    assert sample["text"].startswith("the dog")


def test_train_on_a_dataset_and_take_the_model_along(
    home: Path, tmp_path: Path, text: Path, answer: Callable[..., dict], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "import", str(text), "--name", "pets"]) == 0
    capsys.readouterr()
    result = answer("train", "--data", "pets", "--output", tmp_path / "m", *TINY, 1, *AS_FILES)
    assert (result["state"], result["ended"]) == ("finished", "epochs")
    assert load(tmp_path / "m").about["validation"] == result["validation"]


def test_an_interrupted_training_leaves_a_checkpoint_and_goes_on(
    home: Path, tmp_path: Path, text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("train", "--input", text, "--output", tmp_path / "m", *TINY, 200, "--patience", 0)
    process = subprocess.Popen(command(*arguments), cwd=ROOT)
    saved = tmp_path / "m" / "checkpoint" / "best.safetensors"
    while not saved.exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 130
    assert (saved.parent / "checkpoint.pt").is_file()
    assert main(["lm", *map(str, arguments[:-3]), "3", "--resume"]) == 1
    assert "of another text or of other settings" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "--input", "TEXT"), "no folder to write the model to"),
        (("train", "--input", "nowhere.txt", "--output", "OUT"), "There is no file at nowhere.txt"),
        (("train", "--data", "nothing"), "There is no dataset named 'nothing'."),
        (("train", "--input", "TEXT", "--output", "OUT", "--epochs", "0"), "epochs"),
        (("perplexity", "OUT", "--input", "TEXT"), "There is no finished language model in OUT"),
        (("sample", "OUT"), "There is no finished language model in OUT"),
    ],
)
def test_an_error_of_the_user_is_one_sentence(
    home: Path, text: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(text) if argument == "TEXT" else argument for argument in arguments]
    assert main(["lm", *given, "--json"]) == 1
    printed = capsys.readouterr()
    assert said in json.loads(printed.out)["error"]
    assert "Traceback" not in printed.err


def test_signals_mean_what_they_meant_before_once_a_training_is_over(home: Path, tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    assert main(["lm", "train", "--input", "nowhere.txt", "--output", str(tmp_path / "m"), "--json"]) == 1
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before

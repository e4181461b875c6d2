"""`python -m core ngram`, as a process of its own."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import main

ROOT = Path(__file__).parents[3]
LINES = ["a b", "a b", "a c"]


def ngram(home, *arguments):
    environment = {**os.environ, "CORPUS_LAB_HOME": str(home)}
    command = [sys.executable, "-m", "core", "ngram", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def answer(capsys, *arguments):
    assert main(["ngram", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("\n".join(LINES) + "\n")
    return path


def test_fit_and_perplexity_as_processes(home, tmp_path, text):
    model = tmp_path / "model"
    settings = ("--order", "2", "--estimator", "modified-kneser-ney", "--output", model, "--arpa", tmp_path / "m.arpa")
    done = ngram(home, "fit", "--input", text, *settings, "--json")
    assert done.returncode == 0, done.stderr
    fitted = json.loads(done.stdout)
    assert (fitted["order"], fitted["tokens"], fitted["sequences"], fitted["ngrams"]) == (2, 9, 3, [6, 5])
    assert (tmp_path / "m.arpa").read_text().startswith("\\data\\\nngram 1=6\nngram 2=5\n")
    text.write_text("a b\na zebra\n")
    done = ngram(home, "perplexity", model, "--input", text, "--json")
    report = json.loads(done.stdout)
    # As in test_estimators: p(a | <s>) = 0.2, p(b | a) = 0.28889, p(</s> | b) = (2 - 1.5) / 2 + 0.75 * 0.3, then
    # 0.2 again, p(<unk> | a) = 0.61111 * 0.1 and p(</s>) = 0.3 after a word that was never seen.
    probabilities = [0.2, 0.5 / 3 + 11 / 18 * 0.2, 0.25 + 0.75 * 0.3, 0.2, 11 / 18 * 0.1, 0.3]
    logs = [math.log10(p) for p in probabilities]
    assert report["log10_probability"] == pytest.approx(sum(logs), abs=1e-6)
    assert report["perplexity"] == pytest.approx(10 ** (-sum(logs) / 6), rel=1e-6)
    assert report["perplexity_without_unknown"] == pytest.approx(10 ** (-(sum(logs) - logs[4]) / 5), rel=1e-6)
    assert report["bits_per_token"] == pytest.approx(math.log2(report["perplexity"]))
    assert (report["tokens"], report["unknown"], report["zero_probability"]) == (6, 1, 0)


def test_sample_gives_the_same_text_for_the_same_seed(capsys, tmp_path, text):
    answer(capsys, "fit", "--input", text, "--order", 2, "--estimator", "mle", "--output", tmp_path / "m")
    settings = ("sample", tmp_path / "m", "--number", 5, "--seed", 3)
    texts = answer(capsys, *settings)["texts"]
    assert texts == answer(capsys, *settings)["texts"]
    assert set(texts) <= {"a b", "a c"}
    assert answer(capsys, "sample", tmp_path / "m", "--prompt", "a", "--top-k", 1)["texts"] == ["a b"]


def test_an_arpa_file_is_imported(capsys, tmp_path, text):
    answer(capsys, "fit", "--input", text, "--order", 2, "--output", tmp_path / "m", "--arpa", tmp_path / "m.arpa")
    imported = answer(capsys, "import", "--input", tmp_path / "m.arpa", "--output", tmp_path / "again")
    assert imported["ngrams"] == [6, 5]
    reports = [answer(capsys, "perplexity", tmp_path / name, "--input", text) for name in ("m", "again")]
    assert reports[0]["perplexity"] == pytest.approx(reports[1]["perplexity"], rel=1e-5)


def test_the_words_and_their_case_can_be_given(capsys, tmp_path, text):
    text.write_text("The CAT sat\nthe cat RAN\n")
    words = tmp_path / "words.txt"
    words.write_text("cat\n\nsat\n")
    settings = ("fit", "--input", text, "--output", tmp_path / "m", "--lowercase", "--stop-words")
    assert answer(capsys, *settings, "--vocabulary", words)["vocabulary"] == 5
    assert answer(capsys, *settings)["tokens"] == 6  # cat sat, cat ran, and two ends
    assert answer(capsys, *settings[:5], "--cutoff", 2)["vocabulary"] == 3


def test_a_dataset_is_learned_from(home, capsys):
    assert main(["data", "import", "builtin:reviews", "--name", "mine", "--json"]) == 0
    capsys.readouterr()
    result = answer(capsys, "train", "--data", "mine", "--order", 2, "--no-compare", "--no-tune")
    assert result["state"] == "finished"
    assert result["validation"]["perplexity"] > 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fit", "--input", "absent.txt", "--output", "m"), "There is no file at absent.txt."),
        (("fit", "--input", "{text}", "--output", "{m}", "--order", "8"), "order"),
        (("fit", "--input", "{text}", "--output", "{m}", "--order", "two"), "order"),
        (("fit", "--input", "{text}", "--output", "{m}", "--estimator", "kneser"), "Did you mean 'kneser-ney'?"),
        (("fit", "--input", "{text}", "--output", "{m}", "--tokenizer", "blanks"), "no tokenizer named 'blanks'"),
        (("fit", "--input", "{text}", "--output", "{m}", "--vocabulary", "absent"), "vocabulary absent cannot be read"),
        (("fit", "--input", "{text}", "--output", "{m}", "--estimator", "mle", "--arpa", "a"), "backoff weights"),
        (("fit", "--input", "{empty}", "--output", "{m}"), "The file is empty"),
        (("perplexity", "{m}", "--input", "{text}"), "There is no n-gram model in"),
        (("sample", "{m}"), "There is no n-gram model in"),
        (("import", "--input", "{text}", "--output", "{m}"), "no ARPA file"),
        (("train", "--data", "nothing"), "There is no dataset named 'nothing'."),
    ],
)
def test_an_error_of_the_user_is_one_sentence(home, capsys, tmp_path, text, arguments, said):
    (tmp_path / "empty").touch()
    paths = {"text": text, "m": tmp_path / "m", "empty": tmp_path / "empty"}
    typed = [argument.format(**paths) for argument in arguments]
    assert main(["ngram", *typed, "--json"]) == 1
    shown = capsys.readouterr()
    assert said in json.loads(shown.out)["error"]
    assert "Traceback" not in shown.err


def test_fitting_imports_nothing_heavy(home, tmp_path, text):
    program = (
        "import sys; from core.cli import main; "
        f"main(['ngram', 'fit', '--input', {str(text)!r}, '--output', {str(tmp_path / 'm')!r}, '--json']); "
        "print(sorted({'torch', 'nltk', 'sklearn', 'transformers', 'jieba', 'pandas', 'datasets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"

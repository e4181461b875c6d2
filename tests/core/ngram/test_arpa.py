"""ARPA files: written as others read them, read as others write them, and the same model either way."""

import math
import shutil
import subprocess

import numpy as np
import pytest

from core.errors import FileError, InputError
from core.jobs import run
from core.ngram import arpa
from core.ngram.arpa import write_arpa
from core.ngram.arpa_reading import read_arpa
from core.ngram.estimators import ESTIMATORS, Interpolated
from core.ngram.evaluation import evaluate, token_scores
from core.ngram.sampling import next_words, sample
from tests.core.ngram.conftest import corpus_of

LINES = ["a b", "a b", "a c"]
WRITABLE = [name for name, kind in ESTIMATORS.items() if issubclass(kind, Interpolated) and kind.adds_up]

# As SRILM writes it: words in no order, no weight where there is none, blanks around the head.
SRILM = """
\\data\\
ngram 1=5
ngram 2=3

\\1-grams:
-0.6\t</s>
-99\t<s>\t-0.3
-0.5\tb\t-0.1
-1.0\t<unk>
-0.7\ta\t0.2

\\2-grams:
-0.4\tb </s>
-0.2\t<s> b
-0.9\ta b

\\end\\
"""


def test_the_file_of_a_small_model_by_hand(fit_lines, tmp_path):
    """Kneser-Ney as in test_estimators; left over is 1/3 a word seen: after <s> 1/9, a 2/9, b 1/6, c 1/3."""
    model = fit_lines(LINES, order=2, estimator="kneser-ney")
    assert run(write_arpa(model, tmp_path / "model.arpa")) == 11
    words = {"<unk>": 0.096, "<s>": None, "</s>": 0.376, "a": 0.176, "b": 0.176, "c": 0.176}
    left = {"<s>": 1 / 9, "a": 2 / 9, "b": 1 / 6, "c": 1 / 3}
    unigrams = []
    for word, p in words.items():
        weight = f"\t{math.log10(left[word]):.6f}" if word in left else ""
        unigrams.append(f"{'-99.000000' if p is None else f'{math.log10(p):.6f}'}\t{word}{weight}")
    bigrams = [("<s> a", 3, 3), ("a b", 2, 3), ("a c", 1, 3), ("b </s>", 2, 2), ("c </s>", 1, 1)]
    lines = []
    for ngram, count, total in bigrams:
        history, word = ngram.split()
        lines.append(f"{math.log10((count - 1 / 3) / total + left[history] * words[word]):.6f}\t{ngram}")
    expected = ["\\data\\", "ngram 1=6", "ngram 2=5", "", "\\1-grams:", *unigrams, "", "\\2-grams:", *lines]
    assert (tmp_path / "model.arpa").read_text().splitlines() == [*expected, "", "\\end\\"]


def numbers_in(path):
    """The probability and the weight of every n-gram in an ARPA file, as logarithms; no weight is 0."""
    fields = [line.split("\t") for line in path.read_text("utf-8").split("\n") if "\t" in line]
    return {ngram: (float(p), float(weight[0]) if weight else 0.0) for p, ngram, *weight in fields}


def test_every_number_is_that_of_lmplz(fit_lines, shared_data, tmp_path):
    lmplz = shutil.which("lmplz")
    if lmplz is None:
        pytest.skip("KenLM's lmplz is not on the PATH")
    lines = (shared_data / "wikitext-2" / "valid.txt").read_text("utf-8").split("\n")
    lines = [line.strip().replace("<unk>", "UNK") for line in lines if line.strip()]
    (tmp_path / "text").write_text("\n".join(lines) + "\n", "utf-8")
    files = ("--text", tmp_path / "text", "--arpa", tmp_path / "theirs.arpa", "-T", tmp_path, "-S", "20%")
    subprocess.run([lmplz, "-o", "5", *files], check=True, capture_output=True)
    run(write_arpa(fit_lines(lines, order=5), tmp_path / "ours.arpa"))
    ours, theirs = (numbers_in(tmp_path / f"{name}.arpa") for name in ("ours", "theirs"))
    assert ours.keys() == theirs.keys()
    ngrams = [ngram for ngram in ours if ngram != "<s>"]  # which is never predicted: 0 there, -99 here
    difference = np.array([ours[n] for n in ngrams]) - np.array([theirs[n] for n in ngrams])
    assert np.abs(difference).max() < 5e-5
    assert ours["<s>"][1] == pytest.approx(theirs["<s>"][1], abs=5e-5)


@pytest.mark.parametrize("estimator", WRITABLE)
@pytest.mark.parametrize("order", [1, 4])
def test_what_is_written_and_read_again_is_the_same_model(fit_lines, zipf_lines, tmp_path, estimator, order):
    model = fit_lines(zipf_lines, order=order, estimator=estimator)
    run(write_arpa(model, tmp_path / "model.arpa"))
    again = run(read_arpa(tmp_path / "model.arpa", tmp_path / "again"))
    assert again.settings.ngrams == model.settings.ngrams
    assert again.vocabulary.words == model.vocabulary.words
    for line in [*zipf_lines[:20], "zebra w1 zebra w2"]:
        stream = model.vocabulary.encode([line.split()])
        mine, theirs = model.score(stream), again.score(stream)
        assert theirs.probabilities.tolist() == pytest.approx(mine.probabilities.tolist(), rel=1e-4)
        assert theirs.orders.tolist() == mine.orders.tolist()
    run(write_arpa(again, tmp_path / "again.arpa"))
    second = run(read_arpa(tmp_path / "again.arpa", tmp_path / "second"))
    assert second.distribution(["w1"]) == pytest.approx(again.distribution(["w1"]), rel=1e-4)


def test_many_blocks_are_written_in_order(fit_lines, zipf_lines, tmp_path, monkeypatch):
    model = fit_lines(zipf_lines, order=3)
    run(write_arpa(model, tmp_path / "one.arpa"))
    monkeypatch.setattr(arpa, "BLOCK", 100)
    run(write_arpa(model, tmp_path / "many.arpa"))
    assert (tmp_path / "one.arpa").read_bytes() == (tmp_path / "many.arpa").read_bytes()


def test_srilms_file_by_hand(tmp_path):
    (tmp_path / "model.arpa").write_text(SRILM)
    model = run(read_arpa(tmp_path / "model.arpa", tmp_path / "model"))
    expected = {("<s>", "b"): -0.2, ("b", "a"): -0.1 - 0.7, ("a", "a"): 0.2 - 0.7, ("a", "b"): -0.9, ("", "x"): -1.0}
    for (history, word), log in expected.items():
        assert math.log10(model.probability(history.split(), word)) == pytest.approx(log, abs=1e-6)
    report = run(evaluate(model, corpus_of(["b"])))
    assert report.log10_probability == pytest.approx(-0.2 - 0.4, abs=1e-6)
    assert model.distribution([])[1] == 0
    (first, *_) = token_scores(model, "b")
    assert (first.order, first.history, first.count) == (2, ("<s>",), None)
    assert next_words(model, ["b"], 1)[0].count is None
    assert sample(model, seed=1) == sample(model, seed=1)
    with pytest.raises(InputError, match="no counts"):
        model.counts(["a"], "b")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("\\data\\", "data"), "no ARPA file"),
        (("ngram 1=5", "ngram 1=6"), "says that they are 6, and they are 5"),
        (("ngram 1=5\n", ""), "does not say how many"),
        (("\\2-grams:", "\\3-grams:"), "no beginning or no end"),
        (("\\end\\", ""), "no beginning or no end"),
        (("-0.9\ta b", "-0.9\ta zebra"), "'zebra'"),
        (("-0.9\ta b", "-0.9\ta b b"), "does not have 2 words"),
        (("-0.9\ta b", "-0.9 a b"), "tabs"),
        (("-0.9\ta b", "-0.4\tb </s>"), "twice"),
        (("-0.9\ta b", "much\ta b"), "much"),
    ],
)
def test_damaged_files_are_said_to_be_so(tmp_path, change, said):
    assert change[0] in SRILM
    (tmp_path / "model.arpa").write_text(SRILM.replace(*change))
    with pytest.raises(FileError) as error:
        run(read_arpa(tmp_path / "model.arpa", tmp_path / "model"))
    assert said in str(error.value)
    assert not (tmp_path / "model" / "model.json").exists()


def test_files_that_are_no_text(tmp_path):
    for content in (b"", bytes(range(256)), SRILM.encode().replace(b"a b", b"a \xff")):
        (tmp_path / "model.arpa").write_bytes(content)
        with pytest.raises(FileError):
            run(read_arpa(tmp_path / "model.arpa", tmp_path / "model"))
    with pytest.raises(FileError, match="no ARPA file at"):
        run(read_arpa(tmp_path / "absent.arpa", tmp_path / "model"))


@pytest.mark.parametrize("estimator", [name for name in ESTIMATORS if name not in WRITABLE])
def test_estimators_without_backoff_weights_are_refused(fit_lines, tmp_path, estimator):
    with pytest.raises(InputError, match="no backoff weights"):
        run(write_arpa(fit_lines(LINES, estimator=estimator), tmp_path / "model.arpa"))
    assert not list(tmp_path.glob("*.arpa*"))


def test_tokens_with_blanks_in_them_are_refused(tmp_path):
    from core.data.corpus import ReadingConfig, text_corpus
    from core.ngram.config import FitConfig
    from core.ngram.fitting import fit

    corpus = text_corpus(["a b"], ReadingConfig(tokenizer="characters"), "en")
    model = run(fit(corpus, FitConfig(), tmp_path / "model"))
    with pytest.raises(InputError, match="has a blank in it"):
        run(write_arpa(model, tmp_path / "model.arpa"))


def test_small_and_large_logarithms_are_written_with_six_decimals():
    values = np.array([1.0, 0.5, 1e-12, 0.0, 2.0, 1.0], np.float32)
    left_out = np.array([False] * 5 + [True])
    above, below = (column.to_pylist() for column in arpa._decimals(values, "<", ">", left_out))
    *text, last = [first + rest for first, rest in zip(above, below, strict=True)]
    assert last == ">"
    assert [float(number.strip("<>")) for number in text] == pytest.approx([0, -0.30103, -12, -99, 0.30103], abs=1e-6)
    assert text[1:4] == ["<-0.301030>", "<-12.000000>", "<-99.000000>"]
    assert text[4] == "<0.301030>"

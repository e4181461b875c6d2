"""Counts of any history, probabilities of any word, and a model that comes back from its folder."""

import json

import pytest

from core.errors import FileError, InputError, NotFound, StorageError
from core.jobs import run
from core.ngram.config import FitConfig
from core.ngram.estimators import ESTIMATORS
from core.ngram.fitting import fit
from core.ngram.model import NgramModel
from tests.core.ngram.conftest import corpus_of

LINES = ["a b", "a b", "a c"]


def test_both_counts_of_any_history_are_on_show(fit_lines):
    model = fit_lines(LINES, order=3)

    def shown(history, word):
        counts = model.counts(history.split(), word)
        return counts.history, counts.word, counts.history_count, counts.count

    assert shown("a", "b") == (("a",), "b", 3, 2)
    assert shown("<s> a", "c") == (("<s>", "a"), "c", 3, 1)
    assert shown("so it went on until a b", "</s>") == (("a", "b"), "</s>", 2, 2)
    assert shown("", "b") == ((), "b", 9, 2)
    assert shown("<s>", "a") == (("<s>",), "a", 3, 3)
    assert shown("zebra", "a") == (("<unk>",), "a", 0, 0)
    assert shown("a", "zebra") == (("a",), "<unk>", 3, 0)


def test_counts_of_ngrams(fit_lines):
    model = fit_lines(LINES, order=2)
    assert [model.count(n.split()) for n in ("a", "a b", "<s> a", "b </s>", "<s>", "</s>", "b a", "", "zebra")] == [
        *(3, 2, 3, 2, 3, 3, 0, 9, 0)
    ]
    with pytest.raises(InputError, match="up to 2 words"):
        model.count(["a", "b", "c"])


def test_words_that_are_seen_too_seldom_are_one_word(fit_lines):
    model = fit_lines(LINES, order=2, cutoff=2, estimator="mle")
    assert model.counts(["a"], "c") == model.counts(["a"], "zebra")
    assert model.probability(["a"], "zebra") == pytest.approx(1 / 3)


@pytest.mark.parametrize("estimator", list(ESTIMATORS))
def test_a_model_comes_back_from_its_folder(tmp_path, zipf_lines, estimator):
    config = FitConfig(order=3, estimator=estimator)
    model = run(fit(corpus_of(zipf_lines), config, tmp_path / "model"))
    again = NgramModel.load(tmp_path / "model")
    assert again.settings == model.settings
    assert again.settings.ngrams[0] == len(again.vocabulary)
    for line in zipf_lines[:5]:
        assert (again.distribution(line.split()) == model.distribution(line.split())).all()
    kinds = {path.suffix for path in (tmp_path / "model").iterdir()}
    assert kinds == {".npy", ".json", ".arrow"}


def test_a_folder_can_be_fitted_again_and_keeps_nothing_of_before(tmp_path, zipf_lines):
    for order in (4, 2):
        model = run(fit(corpus_of(zipf_lines), FitConfig(order=order), tmp_path / "model"))
    assert model.order == 2
    assert not list((tmp_path / "model").glob("[34]-*"))
    assert not (tmp_path / "model" / "scratch").exists()


def test_a_cancelled_fit_leaves_no_model(tmp_path, zipf_lines):
    job = fit(corpus_of(zipf_lines), FitConfig(), tmp_path / "model")
    for _ in range(3):
        next(job)
    job.close()
    assert not (tmp_path / "model" / "scratch").exists()
    with pytest.raises(NotFound, match="no n-gram model"):
        NgramModel.load(tmp_path / "model")


def test_a_disk_that_is_full_is_said_to_be_so(small_disk, zipf_lines):
    lines = [f"{line} {number}" for number in range(10) for line in zipf_lines]
    with pytest.raises(StorageError, match="disk is full"):
        run(fit(corpus_of(lines), FitConfig(order=5), small_disk / "model"))
    assert not (small_disk / "model" / "scratch").exists()


def test_a_damaged_model_is_said_to_be_one(tmp_path, zipf_lines):
    run(fit(corpus_of(zipf_lines), FitConfig(), tmp_path / "model"))
    settings = tmp_path / "model" / "model.json"
    whole = settings.read_text()
    for broken in (
        "{",
        json.dumps({**json.loads(whole), "order": "x"}),
        json.dumps({**json.loads(whole), "format": 9}),
    ):
        settings.write_text(broken)
        with pytest.raises(FileError, match="damaged"):
            NgramModel.load(tmp_path / "model")
    settings.write_text(whole)
    for name in ("2-keys.npy", "vocabulary.arrow", "1-counts.npy"):
        path = tmp_path / "model" / name
        complete = path.read_bytes()
        for content in (b"not an array", b"", complete[:-9]):
            path.write_bytes(content)
            with pytest.raises(FileError, match="damaged"):
                NgramModel.load(tmp_path / "model")
        path.write_bytes(complete)
    NgramModel.load(tmp_path / "model")

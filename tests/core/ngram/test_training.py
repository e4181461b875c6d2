"""The job: from a dataset version to a model with its report."""

import json
from itertools import pairwise

import pytest

from core.config import parse_config
from core.data.corpus import version_corpus
from core.errors import InputError, UnknownName
from core.jobs import Artifact, Metrics, Sample, run
from core.ngram.config import NgramConfig
from core.ngram.estimators import ESTIMATORS
from core.ngram.evaluation import evaluate
from core.ngram.model import NgramModel
from core.ngram.source_rows import source_rows
from core.ngram.training import train
from core.runs.kinds import KINDS

SPLITS = ["train"] * 400 + ["validation"] * 60 + ["test"] * 40


def trained(workspace, folder, version, **settings):
    folder.mkdir(exist_ok=True)
    events = []
    config = NgramConfig(version=version.id, tokenizer="whitespace", unit="document", **settings)
    return run(train(config, workspace, folder, False), events.append), events


def test_a_model_is_chosen_by_validation_and_tested_once(workspace, make_version, zipf_lines, tmp_path):
    version = make_version(zipf_lines, splits=SPLITS)
    result, events = trained(workspace, tmp_path / "run", version, order=3)
    assert json.loads(json.dumps(result)) == result
    own = [trial for trial in result["trials"] if trial["estimator"] == "modified-kneser-ney"]
    assert {(trial["order"], trial["cutoff"]) for trial in own} == {(o, c) for o in (1, 2, 3) for c in (1, 2, 3, 5)}
    best = min(own, key=lambda trial: trial["adjusted_perplexity"])
    assert (result["order"], result["cutoff"]) == (best["order"], best["cutoff"])
    assert result["validation"]["perplexity"] == pytest.approx(best["perplexity"])
    assert (result["validation"]["tokens"], result["test"]["tokens"]) == tuple(
        sum(len(line.split()) + 1 for line in lines) for lines in (zipf_lines[400:460], zipf_lines[460:])
    )
    model = NgramModel.load(tmp_path / "run" / result["model"])
    report = run(evaluate(model, version_corpus(version, model.settings.reading, lambda i, t, s, p: s == "test")))
    assert report.perplexity == pytest.approx(result["test"]["perplexity"])
    assert f"{result['test']['perplexity']:,.1f}" in result["summary"]
    assert [event for event in events if isinstance(event, Artifact)] == [Artifact("model", "model")]
    assert {event.name for event in events if isinstance(event, Sample)} == {"trials", "texts", "surprising"}
    measured = {(event.step, name) for event in events if isinstance(event, Metrics) for name in event.values}
    assert {(2, f"perplexity/{name}") for name in ESTIMATORS if name not in ("mle", "stupid-backoff")} <= measured
    assert (2, "perplexity/stupid-backoff") not in measured
    assert not (tmp_path / "run" / "model" / "scratch").exists()
    assert len(result["surprising"]) == 20


def test_the_settings_can_be_given_and_nothing_else_is_tried(workspace, make_version, zipf_lines, tmp_path):
    version = make_version(zipf_lines)
    settings = {"order": 2, "estimator": "lidstone", "gamma": 0.05, "cutoff": 2, "tune": False, "compare": False}
    result, _ = trained(workspace, tmp_path / "run", version, **settings)
    assert [(t["estimator"], t["order"], t["cutoff"], t["gamma"]) for t in result["trials"]] == [
        ("lidstone", 2, 2, 0.05)
    ]
    assert result["test"] is None
    assert "Held out for validation" in result["notes"][0]
    again, _ = trained(workspace, tmp_path / "again", version, **settings)
    assert again["validation"] == result["validation"]
    assert again["texts"] == result["texts"]


def test_generated_ngrams_are_found_in_the_rows_they_come_from(workspace, make_version, zipf_lines, tmp_path):
    version = make_version(zipf_lines, splits=SPLITS)
    result, _ = trained(workspace, tmp_path / "run", version, order=2, estimator="mle", tune=False, compare=False)
    model = NgramModel.load(tmp_path / "run" / "model")
    words = result["texts"][0].split()
    corpus = version_corpus(version, model.settings.reading, lambda i, t, s, p: s == "train")
    for pair in pairwise(words):
        assert source_rows(corpus, pair).ids  # maximum likelihood bigrams are all from the text


def test_the_row_that_is_out_of_place_is_the_most_surprising_though_it_stands_there_twice(
    workspace, make_version, zipf_lines, tmp_path
):
    odd = "lorem ipsum dolor sit amet consectetur"
    version = make_version([*zipf_lines[:200], odd, *zipf_lines[200:], odd])
    settings = {"tune": False, "compare": False}
    result, _ = trained(workspace, tmp_path / "run", version, **settings)
    assert {row["id"] for row in result["surprising"][:2]} == {"r200", "r501"}
    assert result["surprising"][0]["unknown"] == 6
    none, _ = trained(workspace, tmp_path / "none", version, surprising=False, **settings)
    assert none["surprising"] == []


def test_a_cancelled_job_leaves_no_model_and_no_scratch(workspace, make_version, zipf_lines, tmp_path):
    version = make_version(zipf_lines)
    job = train(NgramConfig(version=version.id), workspace, tmp_path, False)
    for _ in range(8):
        next(job)
    job.close()
    assert list((tmp_path / "model").iterdir()) == []


def test_chinese_is_learned_by_words(workspace, make_version, tmp_path, shared_data):
    path = shared_data / "chnsenticorp" / "ChnSentiCorp_htl_all.csv"
    lines = [line.partition(",")[2] for line in path.read_text("utf-8").splitlines()[1:120]]
    version = make_version(lines, language="zh")
    config = NgramConfig(version=version.id, order=2, stop_words=True, compare=False)
    result = run(train(config, workspace, tmp_path, False))
    assert NgramModel.load(tmp_path / "model").settings.tokenizer == "jieba"
    assert " " not in result["texts"][0][:20]


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"order": 8}, "order"), ({"order": 0}, "order"), ({"gamma": 0}, "gamma"), ({"cutoff": 0}, "cutoff")],
)
def test_settings_out_of_bounds_are_refused(settings, said):
    with pytest.raises(InputError, match=said):
        parse_config(NgramConfig, {"version": "x", **settings})


def test_an_unknown_estimator_is_told_from_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'kneser-ney'"):
        parse_config(NgramConfig, {"version": "x", "estimator": "kneser-nay"})


def test_the_kind_of_run_is_there():
    kind = KINDS["ngram"]
    assert (kind.load_job(), kind.load_config(), kind.lane) == (train, NgramConfig, "counting")

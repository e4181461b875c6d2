import numpy as np

from core.finetuning.baselines import MAJORITY, TFIDF
from core.finetuning.class_report import class_report
from core.finetuning.scored_rows import ScoredRows
from core.finetuning.verdict import rivals, verdict


def judged(model, tfidf, majority=0.5, n=400):
    """A model and its baselines on n rows: the given shares of the rows are right, the same rows as far as can be."""
    true = np.arange(n) % 2

    def answers(share):
        return np.where(np.arange(n) < share * n, true, 1 - true)

    baselines = {MAJORITY: answers(majority), TFIDF: answers(tfidf)}
    scored = ScoredRows([str(i) for i in range(n)], true, np.eye(2)[answers(model)], baselines)
    return verdict(class_report(scored, ["a", "b"]), rivals(scored), "test")


def test_a_better_model_is_good_and_says_by_how_much():
    found = judged(model=0.9, tfidf=0.8)
    assert found.quality == "good"
    assert "On the 400 test rows the model labels 90.0% correctly (95% interval " in found.sentence
    # 40 rows that only the model has right: p = 2 / 2^40
    assert "10.0 points more than logistic regression on TF-IDF (80.0%; difference +" in found.sentence
    assert "p < 0.0001), more than chance explains." in found.sentence
    assert found.sentence.endswith("Always giving the most frequent answer would reach 50.0%.")


def test_a_lead_that_may_be_chance_is_called_so():
    found = judged(model=0.805, tfidf=0.8)  # two rows: p = 2 / 2^2 = 0.50
    assert found.quality == "caution"
    assert "reaches 80.0%; the difference (+0.0 to +1.2 points) may be chance (McNemar's exact test: p = 0.50)" in (
        found.sentence
    )


def test_a_worse_model_is_bad():
    found = judged(model=0.7, tfidf=0.8)
    assert found.quality == "bad"
    assert "10.0 points less than logistic regression" in found.sentence


def test_a_model_that_lost_to_the_most_frequent_answer():
    found = judged(model=0.4, tfidf=0.4, majority=0.5)
    assert found.quality == "bad"
    assert "learned less than nothing" in found.sentence


def test_few_rows_are_a_first_impression():
    found = judged(model=1.0, tfidf=0.5, n=40)
    assert found.quality == "caution"
    assert "With only 40 rows" in found.sentence

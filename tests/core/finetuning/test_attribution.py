import math

import pytest
import torch

from core.errors import InputError
from core.finetuning.attribution import attribute
from tests.core.finetuning.tiny_model import tiny_classifier

TEXT = "The acting, frankly, was unbelievably wooden!"


@pytest.fixture(scope="module")
def classifier():
    return tiny_classifier(["bad", "good", "odd"])


@pytest.mark.parametrize("label", ["bad", "good", "odd"])
def test_the_scores_add_up_to_what_the_text_changes(classifier, label):
    """Completeness (Sundararajan et al. 2017, proposition 1)."""
    found = attribute(classifier, TEXT, label)
    p = classifier.predict([TEXT])[0].probabilities[label]
    assert found.log_odds == pytest.approx(math.log(p / (1 - p)), abs=1e-3)
    total = found.at_baseline + found.special + sum(piece.score or 0 for piece in found.pieces)
    assert total + found.error == pytest.approx(found.log_odds)
    assert abs(found.error) < 0.02 * max(1, abs(found.log_odds - found.at_baseline))


def test_the_baseline_is_padding_between_the_special_tokens(classifier):
    found = attribute(classifier, TEXT, "good")
    tokens = classifier.tokens(TEXT)
    ids = torch.tensor([[101, *[0] * (len(tokens.ids) - 2), 102]])
    with torch.no_grad():
        logits = classifier.model(input_ids=ids).logits[0]
    assert found.at_baseline == pytest.approx(float(logits[1] - torch.logsumexp(logits[[0, 2]], dim=0)), abs=1e-4)


def test_the_pieces_are_the_text_in_whole_words(classifier):
    found = attribute(classifier, TEXT, "bad")
    assert "".join(piece.text for piece in found.pieces) == TEXT
    words = [piece.text for piece in found.pieces if piece.score is not None]
    assert len(classifier.tokens("unbelievably wooden").ids) > 4  # parts of words
    assert words == ["The", "acting", ",", "frankly", ",", "was", "unbelievably", "wooden", "!"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("我很喜欢", ["我", "很", "喜", "欢"]), ("  two\n\nwords ", ["two", "words"]), ("don't", ["don", "'", "t"])],
)
def test_odd_texts_come_back_letter_by_letter(classifier, text, words):
    found = attribute(classifier, text, "good")
    assert "".join(piece.text for piece in found.pieces) == text
    assert [piece.text for piece in found.pieces if piece.score is not None] == words


def test_what_is_cut_off_gets_no_score(classifier):
    found = attribute(classifier, "word " * 200, "good")
    assert sum(piece.score is not None for piece in found.pieces) == 62  # of 64 tokens two are special
    assert found.pieces[-1].score is None
    assert len(found.pieces[-1].text) > 600


def test_of_several_labels_each_has_log_odds_of_its_own():
    several = tiny_classifier(["x", "y"], multi_label=True)
    found = attribute(several, TEXT, "y")
    p = several.predict([TEXT])[0].probabilities["y"]
    assert found.log_odds == pytest.approx(math.log(p / (1 - p)), abs=1e-3)


def test_a_text_without_a_word_is_refused(classifier):
    with pytest.raises(InputError, match="no word in this text"):
        attribute(classifier, " \n ", "good")


def test_the_model_is_left_as_it_was(classifier):
    before = classifier.logits([TEXT]).tolist()
    attribute(classifier, TEXT, "good")
    assert all(parameter.grad is None for parameter in classifier.model.parameters())
    assert classifier.logits([TEXT]).tolist() == before

from pathlib import Path

import pytest

from core.text.english_phrases import english_phrases
from core.text.phrases import without
from core.text.protected import is_negation
from core.text.word_slots import slots


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat is on the mat", {"The cat is"}),
        ("The cat is on the mat.", {"The cat is."}),
        ("the cat is on the mat .", {"the cat is ."}),
        ("In the end, he left.", {"He left."}),
        ("He sat on the edge of the old bed.", {"He sat."}),
        ("The film, which I saw, is great.", {"The film is great."}),
        ("I met the man who sold the world.", {"I met the man."}),
        ("an edgy thriller that delivers a punch", {"an edgy thriller"}),
        ("Fortunately, it works.", {"It works."}),
        ("It is a really good film.", {"It is a good film."}),
        ("He came on May 3, 2020.", {"He came."}),
    ],
)
def test_a_phrase_goes_and_the_sentence_stands(text: str, expected: set[str]) -> None:
    assert {without(text, phrase) for phrase in english_phrases(text)} == expected


@pytest.mark.parametrize(
    "text",
    [
        "She left after the man came.",
        "The man who sold the world is rich.",
        "I like the fact that it works.",
        "It was not in the house.",
        "He is in no hurry.",
        "It is not really good.",
        "It is without doubt good.",
        "This is a really old film.",  # "a old"
        "See http://x.com/on/the/mat there",
        "It is one of the best.",
        "He is good in and out of the house.",
        "They succeeded in making the film.",
        "",
    ],
)
def test_what_would_leave_a_stump_or_lose_a_negation_stays(text: str) -> None:
    assert english_phrases(text) == []


def test_real_sentences_lose_a_subsequence_without_a_negation(shared_data: Path) -> None:
    lines = (shared_data / "sst2" / "train.tsv").read_text(encoding="utf-8").splitlines()[:400]
    kinds: set[str] = set()
    for line in lines:
        text = line.split("\t")[0]
        for phrase in english_phrases(text):
            kinds.add(phrase.kind)
            gone = text[phrase.start : phrase.stop]
            assert gone.strip() and not any(is_negation(word, "en") for word in slots(gone, "en")[1::2])
            left = iter(text)
            assert all(character in left for character in without(text, phrase))
    assert kinds == {"prepositional", "adverbial", "relative"}

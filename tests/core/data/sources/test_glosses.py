"""WordNet's glosses made readable."""

import pytest

from core.data.sources.glosses import readable


@pytest.mark.parametrize(
    ("gloss", "text"),
    [
        ("a coach", "A coach."),
        ('a coach; "he hired a coach"', "A coach. He hired a coach."),
        ('take off; "off we go!"; "who is leaving?"', "Take off. Off we go! Who is leaving?"),
        (
            'fair; just; "a fair deal", "a just deal": "deal fairly"',
            "Fair; just. A fair deal. A just deal. Deal fairly.",
        ),
        ('on hand; "Where is it?" "It is here"', "On hand. Where is it? It is here."),
        # who said it
        (
            'not empty; "full of noise"- Shakespeare; "a full cup"',
            "Not empty. Full of noise (Shakespeare). A full cup.",
        ),
        (
            'wordy; "a study."-T.S.Eliot; (`ambagious\' is archaic)',
            "Wordy. A study (T.S.Eliot). ('ambagious' is archaic).",
        ),
        # quotation marks within a sentence stay
        ('a pad; "scribbling block" is a British term', 'A pad; "scribbling block" is a British term.'),
        ('promise as in "carrot and stick"; "used the carrot"', 'Promise as in "carrot and stick". Used the carrot.'),
        ("a bear in the epic `Reynard the Fox'", "A bear in the epic 'Reynard the Fox'."),
        # marks that WordNet forgot to open or close
        ('utter; "drop a hint"; drop names"', "Utter. Drop a hint. Drop names."),
        ('having taste; "classical Greek', "Having taste; classical Greek."),
        # not capitalised against the word's own writing
        ("pH above 7", "pH above 7."),
        ("(music) a note", "(music) a note."),
    ],
)
def test_a_gloss_becomes_sentences(gloss: str, text: str) -> None:
    assert readable(gloss) == text

import pytest

from core.text.joining import ended, with_sentence
from core.text.sentences import sentences


@pytest.mark.parametrize(
    ("text", "sentence", "place", "expected"),
    [
        ("The cat is on the mat", "The dog is in the yard", 1, "The cat is on the mat. The dog is in the yard."),
        ("The cat is on the mat", "The dog is in the yard", 0, "The dog is in the yard. The cat is on the mat."),
        ("It is. It was!", "So?", 1, "It is. So? It was!"),
        ("  A is.\n\nB is \n", "New,", 1, "  A is. New.\n\nB is. \n"),
        ("A is.\n", "New", 1, "A is. New.\n"),
        ("猫在垫子上", "狗在院子里", 1, "猫在垫子上。狗在院子里。"),
        ("猫在。狗在！", "鸟在；", 1, "猫在。鸟在；狗在！"),
        ("很好 😀", "不错", 1, "很好 😀不错。"),
    ],
)
def test_a_sentence_goes_in_as_the_text_is_written(text: str, sentence: str, place: int, expected: str) -> None:
    assert with_sentence(sentences(text), sentence, place, False) == expected


def test_marks_stand_alone_where_they_do_in_the_text() -> None:
    parts = sentences("it 's good , really . go")
    assert with_sentence(parts, "Wait, what?", 1, True) == "it 's good , really . Wait , what ? go ."
    assert with_sentence(parts, "3.5 stars", 2, True) == "it 's good , really . go . 3.5 stars ."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        *[
            (whole, whole)
            for whole in ("Yes.", "Yes!", 'He said "yes."', "(No.)", "好。", "好；", "great 😀", "", "...")
        ],
        *[("Yes", "Yes."), ("Yes,", "Yes."), ('He said "yes"', 'He said "yes".'), ("See (here)", "See (here).")],
        *[("用wifi", "用wifi。"), ("दुनिया", "दुनिया."), ("well -", "well.")],
    ],
)
def test_an_end_mark_is_added_where_there_is_none(sentence: str, expected: str) -> None:
    assert ended(sentence, False) == expected

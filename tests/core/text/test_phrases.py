from core.text.english_phrases import Phrase
from core.text.phrases import phrases, without


def found(text: str, language: str) -> set[str]:
    return {without(text, phrase) for phrase in phrases(text, language)}


def test_parentheses_go_in_every_language() -> None:
    assert found("It is (by the way) good.", "de") == {"It is good."}
    assert found("很好（真的）。", "zh") == {"很好。"}
    assert found("Es ist (nicht ganz) gut (:", "de") == set()


def test_chinese_clauses_go_with_a_comma() -> None:
    assert found("房间很大，床很宽，整体实惠!", "zh") == {
        "床很宽，整体实惠!",
        "房间很大，整体实惠!",
        "房间很大，床很宽!",
    }
    assert found("房间很大。", "zh") == set()
    assert found("价格1,000元，很好。", "zh") == {"很好。", "价格1,000元。"}


def test_clauses_that_deny_or_belong_together_stay() -> None:
    assert found("早餐不好，房间很大。", "zh") == {"早餐不好。"}
    assert found("虽然很贵，但是很好。", "zh") == set()


def test_a_capital_at_the_start_stays() -> None:
    assert without("Really good.", Phrase("adverbial", 0, 6)) == "Good."
    assert without("  Really good.", Phrase("adverbial", 2, 8)) == "  Good."
    assert without("Good, really. ", Phrase("adverbial", 4, 12)) == "Good. "
    assert without("really good.", Phrase("adverbial", 0, 6)) == "good."

import pytest

from core.text.protected import MASK, NEGATIONS, is_literal, is_negation, is_number, is_protected, masked


@pytest.mark.parametrize(
    ("word", "language"),
    [
        *[(word, "en") for word in ("not", "NOT", "don't", "Don’t", "do n't", "cannot", "without", "nobody", "n't")],
        *[
            ("不", "zh"),
            ("没有", "zh"),
            ("不错", "zh"),
            ("kein", "de"),
            ("n'est", "fr"),
            ("nicht", "und"),
            ("не", "ru"),
        ],
    ],
)
def test_negations_are_known(word: str, language: str) -> None:
    assert is_negation(word, language) and is_protected(word, language)


def test_other_words_are_no_negations() -> None:
    for word in ("good", "note", "nothings", "非常", "特别", "未来", "sin"):
        assert not is_negation(word, "en" if word.isascii() else "zh")
    assert is_negation("sin", "es") and is_negation("sin", "mul")
    assert all(words == words.lower() for words in NEGATIONS.values())


def test_numbers_and_dates_are_known() -> None:
    for word in ("3", "3.50", "1,000", "2nd", "B2B", "twelve", "May 3, 2020", "三十", "第二", "２０", "1990s"):
        assert is_number(word)
    for word in ("one", "good", "一样", "tens of"):
        assert not is_number(word)


def test_addresses_names_and_tags_are_known() -> None:
    for word in ("http://a.com/b?c=d", "www.a.com", "a.com", "me@a.org", "@you", "#tag", "<br/>", "&amp;"):
        assert is_literal(word)
    for word in ("good", "a.b", "3.5", "and/or"):
        assert not is_literal(word)


def kept(text: str, numbers: bool = True) -> list[str]:
    """Return what is masked in `text`."""
    hidden = masked(text, numbers=numbers)
    assert len(hidden) == len(text)
    assert all(after in (before, MASK) for before, after in zip(text, hidden, strict=True))
    shown = "".join(before if after == MASK else "\n" for before, after in zip(text, hidden, strict=True))
    return shown.split("\n") and [piece for piece in shown.split("\n") if piece]


def test_what_stays_is_masked_whole() -> None:
    text = (
        "On May 3rd, 2020, or 2020-05-03 at 12:30, pay $3.50 at http://a.com/x. Write me@a.org, @bob, #fun <b>now</b>"
    )
    addresses = ["http://a.com/x.", "me@a.org", "@bob", "#fun", "<b>", "</b>"]
    assert kept(text) == ["May 3rd, 2020", "2020-05-03", "12:30", "3.50", *addresses]
    assert kept(text, numbers=False) == addresses
    assert kept("2008年8月8日入住，房间20平米，wifi 2M，http://a.cn很好") == ["2008年8月8日", "20", "2M", "http://a.cn"]
    assert kept("nothing to see here. Really") == []

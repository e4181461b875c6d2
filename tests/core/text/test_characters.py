import re
import unicodedata

from core.text.characters import SCRIPTS, UNSPACED, outside_words, punctuation, spaced_letter, word_pattern


def test_a_word_holds_letters_marks_digits_and_inner_apostrophes() -> None:
    found = word_pattern().findall("Don't stop 'now' — l’été, B2B snake_case हिन्दी ภาษาไทย 2nd 😀 C++")
    assert found == ["Don't", "stop", "now", "l’été", "B2B", "snake", "case", "हिन्दी", "ภาษาไทย", "2nd", "C"]


def test_zero_width_joiners_are_inside_words_and_direction_marks_are_not() -> None:
    assert word_pattern().findall("می\u200cخواهم") == ["می\u200cخواهم"]
    assert word_pattern().findall("\u200fשלום\u200e") == ["שלום"]


def test_punctuation_has_every_mark_of_unicode_and_no_emoji_letter_or_digit() -> None:
    mark = re.compile(f"[{punctuation()}]")
    marks = [chr(code) for code in range(0x10000) if unicodedata.category(chr(code)).startswith("P")]
    assert len(marks) > 500
    assert all(mark.match(character) for character in marks)
    assert all(mark.match(character) for character in "$€+<=>^`|~￥")
    assert not any(mark.match(character) for character in "aé酒1٣😀👍\U0001f3fd♥©° ")


def test_no_character_is_both_in_a_word_and_punctuation() -> None:
    outside = re.compile(f"[{outside_words()}]")
    assert all(outside.match(c) for c in map(chr, range(0x20000)) if re.match(f"[{punctuation()}]", c))


def test_every_script_knows_its_letters_and_no_other_does() -> None:
    letters = {
        **{"latin": "aZéßłệ", "han": "酒店々", "kana": "あンー", "hangul": "한국", "cyrillic": "яЁї", "greek": "αΩῆ"},
        **{"arabic": "سپ", "hebrew": "שם", "devanagari": "हि", "thai": "ไท"},
    }
    assert letters.keys() == SCRIPTS.keys()
    for script, ranges in SCRIPTS.items():
        for other, characters in letters.items():
            matches = [bool(re.match(f"[{ranges}]", c)) for c in characters]
            assert matches == [script == other] * len(characters), (script, other)


def test_scripts_without_blanks_have_no_spaced_letters() -> None:
    assert all(re.match(f"[{UNSPACED}]", c) and not spaced_letter().match(c) for c in "酒店あンไท")
    assert all(spaced_letter().match(c) for c in "aéя1한ह")
    assert not any(spaced_letter().match(c) for c in " .,😀")

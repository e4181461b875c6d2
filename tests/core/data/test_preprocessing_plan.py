import csv
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from core.config import parse_config
from core.data.preprocessing_plan import Change, PreprocessConfig, before_after
from core.errors import CorpusLabError, InputError, UnknownName
from core.text.tokenizers import TOKENIZERS, available_tokenizers

pytestmark = pytest.mark.usefixtures("home")

OFF = {"unicode": "none", "drop_empty": False, "drop_duplicates": False}
TEXTS = [
    "The <b>Film</b> isn't bad,  really: 3.5 of 5!\n",
    "",
    "  \t ",
    "酒店的早餐很好，住了3天。",
    "مرحبا، كيف حالك؟",
    "😀👍🏽 ok 👩‍💻",
    "cafe\u0301 ﬁne Ｗｉｄｅ",
    "![image](http://a.b/c.png) =1+1",
]


def config(**values: Any) -> PreprocessConfig:
    return parse_config(PreprocessConfig, {"version": "v", **values})


def cleaned(text: str, language: str = "en", **values: Any) -> str:
    return before_after([text], config(**{**OFF, **values}), language)[0].after


@pytest.mark.parametrize("tokenizer", ["auto", *available_tokenizers()])
def test_with_every_step_off_each_text_stays_the_same(tokenizer: str) -> None:
    changes = before_after(TEXTS, config(**OFF, tokenizer=tokenizer), "en")
    assert [(c.before, c.after, c.kept, c.reason) for c in changes] == [(t, t, True, None) for t in TEXTS]
    named = TOKENIZERS["basic_english" if tokenizer == "auto" else tokenizer]
    assert [c.tokens for c in changes] == named.tokenize_many(TEXTS)


def test_lower_case_leaves_spacing_and_marks_as_they_were() -> None:
    assert cleaned("The Film  isn't\tBAD, 'Really'!", lowercase=True) == "the film  isn't\tbad, 'really'!"


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_unicode_normalisation_is_that_of_unicode_and_a_second_time_changes_nothing(form: str) -> None:
    for text in TEXTS:
        once = cleaned(text, unicode=form)
        assert once == unicodedata.normalize(form, text)
        assert cleaned(once, unicode=form) == once
    assert cleaned("cafe\u0301 ﬁne Ｗｉｄｅ", unicode="NFC") == "café ﬁne Ｗｉｄｅ"
    assert cleaned("cafe\u0301 ﬁne Ｗｉｄｅ", unicode="NFKC") == "café fine Wide"


def test_the_steps_work_one_after_the_other() -> None:
    everything = {
        **{"strip_html": True, "unicode": "NFKC", "lowercase": True, "punctuation": "remove"},
        **{"stop_words": True, "extra_stop_words": ["Film"], "numbers": "replace"},
    }
    # Tags go first, so that "<b>" is no punctuation; numbers last, so that "<num>" is none either.
    assert cleaned("The <b>ﬁrst</b> Film&nbsp;isn't BAD: 3.5 of 5!", **everything) == "first bad <num> <num>"


def test_tokens_apart_is_what_the_tokenizer_gives() -> None:
    assert cleaned("Don't stop.", tokenizer="words", separate_tokens=True) == "Do n't stop ."
    assert cleaned("酒店的早餐很好", "zh", separate_tokens=True) == "酒店 的 早餐 很 好"
    assert cleaned("Don't stop.", tokenizer="whitespace", separate_tokens=True, punctuation="remove") == "Don't stop"


def test_chinese_gets_jieba_without_asking() -> None:
    change = before_after(["酒店的早餐很好，住了3天。"], config(stop_words=True, punctuation="remove"), "zh")[0]
    assert change.after == "酒店早餐好住3天"
    assert change.tokens == TOKENIZERS["jieba"].tokenize(change.after)


def test_rows_are_dropped_with_a_reason() -> None:
    texts = ["one", "one two", "one two three", "one two three four", "", "   ", "one two", "One two"]
    changes = before_after(texts, config(min_tokens=2, max_tokens=3, tokenizer="whitespace"), "en")
    assert [c.reason for c in changes] == ["too short", None, None, "too long", "empty", "empty", "repeated", None]
    assert [c.kept for c in changes] == [c.reason is None for c in changes]
    lower = before_after(texts, config(lowercase=True), "en")
    assert [c.reason for c in lower][-1] == "repeated"  # the text after the steps counts
    kept = before_after(texts, config(drop_empty=False, drop_duplicates=False), "en")
    assert all(c.kept for c in kept)


def test_nothing_left_is_empty() -> None:
    assert before_after(["the of and"], config(stop_words=True), "en") == [Change("the of and", "", [], False, "empty")]


def test_html_and_images_stay_text() -> None:
    text = "<img src=x onerror=alert(1)> ![i](http://a.b/c.png)"
    assert cleaned(text) == text


def test_a_megabyte_in_one_row() -> None:
    text = "The film is good, isn't it? 酒店很好。 " * 30_000
    change = before_after([text], config(stop_words=True, punctuation="remove", numbers="replace"), "en")[0]
    assert change.kept
    assert change.after.startswith("film good 酒店很好 film good")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"min_tokens": 5, "max_tokens": 3}, r"max_tokens cannot be 3\. The minimum is 5 tokens, so give at least 5\."),
        ({"min_tokens": -1}, r"min_tokens cannot be -1"),
        ({"max_tokens": 0}, r"max_tokens cannot be 0"),
        ({"unicode": "NFX"}, r"unicode cannot be 'NFX'"),
        ({"punctuation": "maybe"}, r"punctuation cannot be 'maybe'"),
        ({"min_token": 1}, r"Did you mean 'min_tokens'\?"),
        ({"tokenizer": "jeiba"}, r"no tokenizer named 'jeiba'.*Did you mean 'jieba'\?"),
    ],
)
def test_wrong_settings_are_named(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        config(**values)


def test_an_unknown_tokenizer_lists_the_choices() -> None:
    with pytest.raises(UnknownName, match="basic_english, characters, jieba"):
        config(tokenizer="spacy")


def test_a_language_without_stop_words_is_named_and_own_words_still_go() -> None:
    with pytest.raises(CorpusLabError, match=r"no stop-word list for this dataset's language \(Japanese\)"):
        before_after(["x"], config(stop_words=True), "ja")
    assert cleaned("今日は公園へ行く", "ja", extra_stop_words=["公園"]) == "今日はへ行く"


def test_own_words_are_tidied() -> None:
    assert config(extra_stop_words=[" a ", "a", "", "  ", "New York"]).extra_stop_words == ("a", "New York")


def test_every_field_is_explained_and_the_form_gets_the_tokenizers_that_are_here() -> None:
    for name, field in PreprocessConfig.model_fields.items():
        assert field.description and field.description.endswith("."), name
    schema = PreprocessConfig.model_json_schema()
    assert schema["properties"]["tokenizer"]["enum"] == ["auto", *available_tokenizers()]
    assert config() == parse_config(PreprocessConfig, config().model_dump(mode="json"))


def test_real_reviews_change_only_where_asked(shared_data: Path) -> None:
    with (shared_data / "chnsenticorp" / "ChnSentiCorp_htl_all.csv").open(encoding="utf-8") as file:
        reviews = [row["review"] for row in csv.DictReader(file)][:500]
    for change in before_after(reviews, config(**{**OFF, "punctuation": "remove", "numbers": "remove"}), "zh"):
        letters = [c for c in change.before if c.isalpha()]
        assert [c for c in change.after if c.isalpha()] == letters

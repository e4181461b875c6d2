"""Filters: what each condition keeps, links that come back whole, and patterns that are not valid."""

import csv
import random
import re
import string
import time
from urllib.parse import parse_qs, urlencode

import pytest

from core.config import parse_config
from core.data.explore import opened, rows_page
from core.data.filters import Filters, filtered_sql
from core.errors import InputError, QueryError, UnknownName


def ids(version, filters):
    return rows_page(version, filters, limit=10_000).rows["id"].to_pylist()


def test_a_substring_is_found_whatever_its_case_and_percent_and_underscore_mean_themselves(make_version):
    version = make_version(["50% off", "500 off", "snake_case", "snakeXcase", "It's ÄRGER", "酒店很好", ""])
    found = {needle: ids(version, Filters(text=needle)) for needle in ("0%", "e_c", "t's är", "很好", "%", "")}
    assert found == {
        "0%": ["r0"],
        "e_c": ["r2"],
        "t's är": ["r4"],
        "很好": ["r5"],
        "%": ["r0"],
        "": [f"r{i}" for i in range(7)],
    }
    assert ids(version, Filters(text="It's ärger", match_case=True)) == []
    assert ids(version, Filters(text="It's ÄRGER", match_case=True)) == ["r4"]


def test_a_search_is_never_read_as_sql(make_version):
    version = make_version(["x' OR true --", "plain", '"; DROP VIEW data; --'])
    assert ids(version, Filters(text="x' OR true --")) == ["r0"]
    assert ids(version, Filters(labels=("' OR true --",))) == []
    assert ids(version, Filters(text='"; DROP VIEW data; --')) == ["r2"]


def test_random_substrings_match_what_python_matches(make_version):
    rng = random.Random(7)
    letters = "abAB%_'\\\"é É中文\n\t\x000" + string.punctuation
    texts = ["".join(rng.choices(letters, k=rng.randint(0, 12))) for _ in range(300)]
    version = make_version(texts)
    with opened(version) as duck:

        def found(**settings):
            where, values = filtered_sql(version, Filters(**settings))
            return [row_id for (row_id,) in duck.execute(f"SELECT id FROM data WHERE {where}", values).fetchall()]

        for _ in range(60):
            needle = "".join(rng.choices(letters, k=rng.randint(1, 2)))
            expected = [f"r{i}" for i, text in enumerate(texts) if needle.lower() in text.lower()]
            assert found(text=needle) == expected, needle
            exact = [f"r{i}" for i, text in enumerate(texts) if needle in text]
            assert found(text=needle, match_case=True) == exact, needle


def test_regular_expressions_match_what_python_matches_on_real_sentences(make_version, shared_data):
    with next((shared_data / "sst2").glob("*dev*")).open(encoding="utf-8") as file:
        texts = [text for text, _ in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    version = make_version(texts)
    for pattern in (r"\bnot\b", r"^the .* film", r"(good|bad)\s+\w+ing", r"[A-Z]{2}", r"n't .{0,20}\."):
        for match_case, flags in ((True, 0), (False, re.IGNORECASE)):
            filters = Filters(text=pattern, regex=True, match_case=match_case)
            expected = sum(re.search(pattern, text, flags) is not None for text in texts)
            assert rows_page(version, filters).total == expected, pattern


def test_labels_splits_and_origins_with_nothing_for_rows_that_have_none(make_version):
    version = make_version(
        list("abcde"), labels=["pos", "neg", None, "", "pos"], splits=["train", None, "test", "train", None]
    )
    assert ids(version, Filters(labels=("pos",))) == ["r0", "r4"]
    assert ids(version, Filters(labels=("", "neg"))) == ["r1", "r2", "r3"]
    assert ids(version, Filters(splits=("train",), labels=("pos",))) == ["r0"]
    assert ids(version, Filters(splits=("",))) == ["r1", "r4"]
    assert ids(version, Filters(origins=("generated",))) == []
    assert len(ids(version, Filters(origins=("original",)))) == 5


def test_lengths_in_characters_and_words_include_their_bounds(make_version):
    texts = ["", "one", "one two", " one  two\tthree\n", "naïve 酒店", "a b c d e"]
    version = make_version(texts)
    for low, high in ((0, 0), (1, 3), (2, 2), (3, 9), (5, None), (None, 1)):
        fits = [low or 0, 10**9 if high is None else high]
        by_character = [f"r{i}" for i, text in enumerate(texts) if fits[0] <= len(text) <= fits[1]]
        by_word = [f"r{i}" for i, text in enumerate(texts) if fits[0] <= len(text.split()) <= fits[1]]
        assert ids(version, Filters(min_length=low, max_length=high)) == by_character
        assert ids(version, Filters(min_length=low, max_length=high, unit="words")) == by_word


def test_words_of_a_language_without_blanks_are_its_characters_and_the_runs_between_them(make_version):
    # 酒店 2, WiFi 1, 很好 2, 100 1 -> 6
    version = make_version(["酒店WiFi很好 100", "好"], language="zh")
    assert ids(version, Filters(unit="words", min_length=6, max_length=6)) == ["r0"]
    assert ids(version, Filters(unit="words", max_length=1)) == ["r1"]


def test_a_column_that_is_empty(make_version):
    version = make_version(["a", "b", "c"], **{"Stars": [1, None, 3], 'say "hi"': ["", "x", None]})
    assert ids(version, Filters(missing="Stars")) == ["r1"]
    assert ids(version, Filters(missing='say "hi"')) == ["r0", "r2"]
    with pytest.raises(UnknownName, match="Did you mean 'Stars'"):
        filtered_sql(version, Filters(missing="Star"))


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(text="50% & more = ?#中文", regex=True, match_case=True, labels=("", "a&b", "c d")),
        Filters(splits=("", "train"), origins=("augmented",), unit="words", min_length=0, max_length=12, missing="é"),
    ],
)
def test_a_link_and_json_bring_the_filters_back(filters):
    query = urlencode(filters.to_query(), doseq=True)
    assert Filters.from_query(parse_qs(query, keep_blank_values=True)) == filters
    assert Filters.model_validate_json(filters.model_dump_json()) == filters
    assert hash(Filters.from_query(filters.to_query())) == hash(filters)


def test_a_link_without_filters_is_empty_and_other_keys_are_left_alone():
    assert Filters().to_query() == {}
    assert Filters.from_query({"dataset": "reviews", "q": "good", "label": "pos"}) == Filters(
        text="good", labels=("pos",)
    )


def test_the_order_in_which_labels_were_chosen_makes_no_difference():
    assert Filters(labels=("b", "a", "b")) == Filters(labels=("a", "b"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"min": "x"}, "min_length cannot be 'x'"),
        ({"min": "-1"}, "min_length cannot be '-1'"),
        ({"split": ["dev"]}, "splits"),
        ({"min": "9", "max": "3"}, "must be at least the shortest, 9"),
    ],
)
def test_a_link_that_makes_no_sense_says_what_is_wrong(query, sentence):
    with pytest.raises(InputError, match=sentence):
        Filters.from_query(query)


@pytest.mark.parametrize(
    ("pattern", "place", "sentence"),
    [
        ("ab(c", 3, "A bracket ( is not closed"),
        ("ab)c", 3, "A bracket ) was never opened"),
        ("中文[a", 3, "A bracket [ is not closed"),
        ("*a", 1, "A repetition has nothing to repeat"),
        ("a(?=b)", 2, "Looking ahead"),
        ("abc{2,1}", 4, "A repetition is larger than 1,000 or runs backwards"),
        ("a\\", 2, "The backslash at the end escapes nothing"),
        ("[z-a]", 2, "This range or class of characters does not exist"),
        ("x\\1", 2, "This escape does not exist here"),
    ],
)
def test_a_pattern_that_is_not_valid_says_why_and_where(make_version, pattern, place, sentence):
    version = make_version(["abc"])
    with pytest.raises(QueryError) as caught:
        rows_page(version, Filters(text=pattern, regex=True))
    assert caught.value.problem.startswith(sentence)
    assert f"at character {place}:" in caught.value.problem
    assert caught.value.problem.endswith('".'), "what is quoted ends where the sentence does"


def test_a_pattern_made_to_explode_is_read_in_linear_time(make_version):
    version = make_version(["a" * 50_000 + "!"])
    start = time.monotonic()
    assert rows_page(version, Filters(text=r"(a+)+$", regex=True)).total == 0
    assert time.monotonic() - start < 30  # a backtracking engine would need 2**50,000 steps


def test_settings_that_do_not_exist_are_refused():
    with pytest.raises(UnknownName, match="Did you mean 'labels'"):
        parse_config(Filters, {"label": ["a"]})

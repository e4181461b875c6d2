"""The catalogue of open datasets is complete and consistent, and its filters narrow it as they say."""

import json
import re
from collections import Counter

import pytest
from pydantic import ValidationError

from core.data.catalogue import LIST, CatalogueEntry, catalogue, search

LANGUAGES = {"English", "Chinese", "Multilingual", "Code"}


def ids(entries: tuple[CatalogueEntry, ...]) -> list[str]:
    return [f"{entry.hub_id} {entry.config or ''}".strip() for entry in entries]


def test_it_holds_about_27_datasets_each_once_in_a_configuration() -> None:
    raw = json.loads(LIST.read_text(encoding="utf-8"))
    assert len(catalogue()) == len(raw) == 29
    assert len(set(ids(catalogue()))) == 29
    assert len({entry.name for entry in catalogue()}) == 29


def test_entries_cannot_be_changed_and_misspelt_fields_are_refused() -> None:
    entry = catalogue()[0]
    with pytest.raises(ValidationError):
        entry.name = "another"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        CatalogueEntry.model_validate({**entry.model_dump(), "license": "MIT"})


def test_each_sentence_fits_a_line_of_a_table() -> None:
    for entry in catalogue():
        assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", entry.when_to_choose), entry.name
        assert len(entry.when_to_choose) < 160
        assert len(entry.size_text) <= 60
        assert len(entry.licence) <= 70


def test_nothing_is_blank_or_padded() -> None:
    for entry in catalogue():
        for field, value in entry.model_dump().items():
            if isinstance(value, str):
                assert value == value.strip() != "", (entry.name, field)


def test_a_stated_number_of_rows_is_the_one_in_words() -> None:
    """ "67,349 rows" is exact, "about 1.38 million rows" is rounded to the digits given."""
    scale = {"": 1, " million": 1_000_000}
    checked = 0
    for entry in catalogue():
        found = re.match(r"(about )?([\d,.]+)( million)? (rows|files)", entry.size_text)
        if found is None:
            assert entry.size_rows is None, entry.name
            continue
        stated = float(found[2].replace(",", "")) * scale[found[3] or ""]
        assert entry.size_rows == pytest.approx(stated, rel=0.005 if found[1] else 0), entry.name
        checked += 1
    assert checked == sum(entry.size_rows is not None for entry in catalogue()) >= 20


def test_languages_are_known_and_chinese_and_multilingual_sets_are_many() -> None:
    counts = Counter(language for entry in catalogue() for language in entry.language)
    assert set(counts) == LANGUAGES
    only = Counter(entry.language for entry in catalogue())
    assert only["Chinese",] >= 5  # made for Chinese, before the multilingual ones that hold it
    assert counts["Multilingual"] >= 4


def test_classification_sets_name_their_label_and_corpora_of_prose_have_none() -> None:
    for entry in catalogue():
        if entry.task in ("Sentiment", "Emotion") or entry.task.endswith(("classification", "identification")):
            assert entry.label_column is not None, entry.name
        if entry.task == "Language modelling" and entry.language != ("Code",):
            assert entry.label_column is None, entry.name


def test_gated_sets_say_so_in_words_too() -> None:
    gated = [entry for entry in catalogue() if entry.gated]
    assert [entry.hub_id for entry in gated] == ["bigcode/the-stack-smol", "uonlp/CulturaX"]
    assert all("accepted on the hub" in entry.when_to_choose for entry in gated)


def test_without_filters_everything_is_found_in_order() -> None:
    assert search() == catalogue()


def test_each_filter_splits_the_catalogue_into_parts_that_add_up() -> None:
    for field in ("domain", "task"):
        values = {getattr(entry, field) for entry in catalogue()}
        found = [search(**{field: value}) for value in values]
        assert all(found)
        assert sum(map(len, found)) == 29  # an entry has one domain and one task
    # 20 English, 11 Chinese, 6 multilingual, 1 of code; 9 extra because 3 have three languages and 3 have two
    assert {language: len(search(language=language)) for language in LANGUAGES} == {
        "English": 20,
        "Chinese": 11,
        "Multilingual": 6,
        "Code": 1,
    }
    assert 20 + 11 + 6 + 1 - (3 * 2 + 3 * 1) == 29


def test_filters_are_combined() -> None:
    chinese_sentiment = search(language="Chinese", task="Sentiment")
    assert ids(chinese_sentiment) == ["lansinuote/ChnSentiCorp"]
    reviews = search(domain="Reviews")
    assert ids(reviews) == [
        "stanfordnlp/sst2",
        "stanfordnlp/imdb plain_text",
        "Yelp/yelp_review_full yelp_review_full",
        "lansinuote/ChnSentiCorp",
    ]
    assert search(language="English", domain="Reviews") == reviews[:3]
    assert search(language="Code", task="Sentiment") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("wikitext", ["Salesforce/wikitext wikitext-2-raw-v1", "Salesforce/wikitext wikitext-103-raw-v1"]),
        ("WIKIPEDIA chinese", ["wikimedia/wikipedia 20231101.zh"]),
        ("chinese WIKIPEDIA", ["wikimedia/wikipedia 20231101.zh"]),
        ("headlines", ["clue/clue tnews"]),
        ("cc0", ["Skylion007/openwebtext"]),
        ("no such dataset", []),
    ],
)
def test_the_search_box_needs_every_word_in_any_order_and_case(text: str, found: list[str]) -> None:
    assert ids(search(text=text)) == found


def test_values_that_do_not_occur_find_nothing() -> None:
    assert search(language="Klingon") == search(domain="reviews") == search(task="Poetry") == ()

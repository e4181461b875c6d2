"""The rows that an n-gram comes from."""

import pytest

from core.data.corpus import ReadingConfig, version_corpus
from core.errors import InputError
from core.ngram.source_rows import source_rows
from tests.core.ngram.conftest import corpus_of


def test_rows_that_hold_the_words_in_a_row():
    corpus = corpus_of(["a b a b", "b a", "c", "x a b"])
    found = source_rows(corpus, ["a", "b"])
    assert (found.ids, found.occurrences) == (("1", "4"), 3)
    assert source_rows(corpus, ["a", "b"], limit=1).ids == ("1",)
    assert source_rows(corpus, ["a", "c"]).ids == ()
    assert source_rows(corpus, ["b", "b"]).ids == ()


def test_begin_and_end_can_be_asked_for_and_rows_do_not_run_together():
    corpus = corpus_of(["a b", "b a"])
    assert source_rows(corpus, ["<s>", "b"]).ids == ("2",)
    assert source_rows(corpus, ["b", "</s>"]).ids == ("1",)
    assert source_rows(corpus, ["b", "b"]).occurrences == 0


def test_rows_of_a_version_are_named_by_their_ids(make_version):
    version = make_version(["One two. Three two.", "Two one."])
    found = source_rows(version_corpus(version, ReadingConfig(tokenizer="words")), ["two", "."])
    assert (found.ids, found.occurrences) == (("r0",), 2)


def test_nothing_is_nowhere():
    with pytest.raises(InputError):
        source_rows(corpus_of(["a"]), [])

"""A corpus gives the same sequences each time it is read, by sentence or row, split by split."""

import gzip

import pytest

from core.data.corpus import ReadingConfig, file_corpus, version_corpus, version_parts
from core.errors import FileError, InputError, UnknownName

WORDS = ReadingConfig(tokenizer="whitespace", unit="document")


def test_a_file_is_a_row_a_line_and_can_be_read_twice(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("the cat sat . it slept .\n\n  \nA dog , too\n", encoding="utf-8")
    corpus = file_corpus(path, WORDS)
    tokens = [["the", "cat", "sat", ".", "it", "slept", "."], ["A", "dog", ",", "too"]]
    assert list(corpus.sequences()) == tokens == list(corpus.sequences())
    (batch,) = corpus.batches()
    assert (batch.ids, batch.rows) == (["1", "2"], [0, 1])


def test_a_zipped_file_and_long_lines_are_read(tmp_path):
    path = tmp_path / "lines.txt.gz"
    path.write_bytes(gzip.compress(b"one two\n" + b"word " * 200_000 + b"\nlast\n"))
    assert [len(tokens) for tokens in file_corpus(path, WORDS).sequences()] == [2, 200_000, 1]


def test_sentences_are_sequences_that_know_their_row(make_version):
    version = make_version(["It rains. We stay in.", "", "Sun!"])
    reading = ReadingConfig(tokenizer="words", unit="sentence")
    (batch,) = version_corpus(version, reading).batches()
    assert batch.tokens == [["It", "rains", "."], ["We", "stay", "in", "."], ["Sun", "!"]]
    assert [batch.ids[row] for row in batch.rows] == ["r0", "r0", "r2"]


def test_lower_case_and_stop_words(make_version):
    version = make_version(["The Cat and the Dog", "the and"])
    reading = WORDS.model_copy(update={"lowercase": True, "stop_words": True})
    assert list(version_corpus(version, reading).sequences()) == [["cat", "dog"]]
    with pytest.raises(InputError, match="no stop-word list"):
        list(version_corpus(make_version(["a b"], language="und"), reading).sequences())


def test_chinese_is_cut_into_words_or_characters(make_version):
    version = make_version(["今天天气很好"], language="zh")
    assert version_corpus(version, ReadingConfig()).tokenizer == "jieba"
    characters = ReadingConfig(tokenizer="characters")
    assert list(version_corpus(version, characters).sequences()) == [list("今天天气很好")]


def test_the_splits_of_a_version_are_its_parts(make_version):
    version = make_version(list("abcd"), splits=["train", None, "validation", "test"])
    parts = version_parts(version, WORDS, 0.5, 0)
    assert list(parts.train.sequences()) == [["a"], ["b"]]
    assert list(parts.validation.sequences()) == [["c"]]
    assert parts.test and list(parts.test.sequences()) == [["d"]]
    assert parts.notes == []


def test_a_split_without_text_is_none(make_version):
    version = make_version(["a", "b", " ", ""], splits=["train", "train", "validation", "test"])
    parts = version_parts(version, WORDS, 0.5, 0)
    assert len(list(parts.validation.sequences())) == len(list(parts.train.sequences())) == 1
    assert parts.test is None


def test_held_out_texts_are_never_trained_on_nor_what_was_made_from_them(workspace, put_rows):
    rows = [{"id": f"r{i}", "text": f"text {i % 20}"} for i in range(40)]
    rows += [{"id": f"m{i}", "text": f"made of {i % 20}", "parent_id": f"r{i}"} for i in range(40)]
    rows += [{"id": f"again{i}", "text": f"made again of {i % 20}", "parent_id": f"m{i}"} for i in range(40)]
    version = put_rows(workspace, rows)
    parts = version_parts(version, WORDS, 0.25, 3)
    train = [tokens[-1] for tokens in parts.train.sequences()]
    held = list(parts.validation.sequences())
    assert len(held) == 10  # 5 of the 20 different texts, two rows each
    assert {tokens[0] for tokens in held} == {"text"}
    assert len(train) == 15 * 2 * 3
    assert not {tokens[-1] for tokens in held} & set(train)
    assert parts.notes == ["Held out for validation, because the dataset has no validation split: 10 training rows."]
    assert list(version_parts(version, WORDS, 0.25, 3).validation.sequences()) == held


def test_what_cannot_be_a_corpus_is_said(tmp_path, make_version):
    with pytest.raises(FileError, match="no file at"):
        file_corpus(tmp_path / "absent.txt", WORDS)
    empty = tmp_path / "empty.txt"
    empty.touch()
    with pytest.raises(FileError, match="empty"):
        file_corpus(empty, WORDS)
    with pytest.raises(UnknownName, match="whitespace"):
        ReadingConfig(tokenizer="whitespaces")
    with pytest.raises(InputError, match="no training rows"):
        version_parts(make_version(["a"], splits=["test"]), WORDS, 0.1, 0)
    with pytest.raises(InputError, match="too few different texts"):
        version_parts(make_version(["a", "a"]), WORDS, 0.1, 0)

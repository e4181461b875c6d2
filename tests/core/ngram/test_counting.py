"""Counts are those of a plain loop, in one chunk or in many."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from core.jobs import run
from core.ngram import counting, levels, merging
from core.ngram.levels import Column, Level, load
from core.ngram.text import read_text, renumbered, vocabulary_of
from tests.core.ngram.conftest import corpus_of


def counted(lines, order, folder, chunk=counting.CHUNK):
    folder.mkdir()
    text = run(read_text(corpus_of(lines), folder / "text"))
    return text, run(counting.count(text, order, folder, chunk))


def plain_counts(lines, k):
    """Every window of k words inside <s> ... </s>, counted one by one."""
    sequences = [["<s>", *line.split(), "</s>"] for line in lines]
    return Counter(tuple(s[i : i + k]) for s in sequences for i in range(len(s) - k + 1))


def as_dict(text, found, k):
    columns = found.trie.words(k, slice(None))
    ngrams = [tuple(text.words[word] for word in ngram) for ngram in zip(*(c.tolist() for c in columns), strict=True)]
    counts = found.words if k == 1 else found.levels[k - 2].counts
    assert len(set(ngrams)) == len(ngrams)
    return {ngram: count for ngram, count in zip(ngrams, counts.tolist(), strict=True) if count}


@pytest.mark.parametrize("chunk", [counting.CHUNK, 1_000, 37])
def test_counts_are_those_of_a_loop_however_small_the_chunks(tmp_path, zipf_lines, chunk, monkeypatch):
    if chunk < 100:
        monkeypatch.setattr(merging, "BLOCK", 500)
    lines = zipf_lines if chunk > 100 else [*zipf_lines[:60], " ".join(zipf_lines[60:100])]
    text, found = counted(lines, 5, tmp_path / "counts", chunk)
    for k in range(1, 6):
        assert as_dict(text, found, k) == plain_counts(lines, k)
    assert (found.tokens, found.sequences) == (sum(len(line.split()) + 1 for line in lines), len(lines))
    assert not list((tmp_path / "counts").glob("chunk-*"))


def test_levels_are_in_order_and_suffixes_point_to_the_ngram_without_its_first_word(tmp_path, zipf_lines):
    founds = [counted(zipf_lines, 4, tmp_path / f"{chunk}", chunk)[1] for chunk in (10_000, 300)]
    for found in founds:
        for k in (2, 3, 4):
            level = found.levels[k - 2]
            assert all(a < b for a, b in pairwise(level.keys.tolist()))
            words = np.stack(found.trie.words(k, slice(None)), axis=1)
            shorter = np.stack(found.trie.words(k - 1, slice(None)), axis=1)
            assert (shorter[level.suffixes] == words[:, 1:]).all()
    for whole, merged in zip(*(found.levels for found in founds), strict=True):
        for name in ("keys", "counts", "suffixes"):
            assert getattr(whole, name).tolist() == getattr(merged, name).tolist()


def test_an_order_longer_than_any_sequence_leaves_empty_levels(tmp_path):
    text, found = counted(["a b", "c"], 7, tmp_path / "counts")
    assert [found.trie.size(k) for k in range(1, 8)] == [6, 5, 3, 1, 0, 0, 0]
    assert as_dict(text, found, 4) == {("<s>", "a", "b", "</s>"): 1}
    _, merged = counted(["a b", "c"], 7, tmp_path / "merged", 2)
    assert [merged.trie.size(k) for k in range(1, 8)] == [6, 5, 3, 1, 0, 0, 0]


def test_a_cancelled_count_leaves_no_chunk_behind(tmp_path, zipf_lines):
    text = run(read_text(corpus_of(zipf_lines), tmp_path / "text"))
    job = counting.count(text, 3, tmp_path, 1_000)
    next(job)
    next(job)
    assert (tmp_path / "chunk-0").is_dir()
    job.close()
    assert not list(tmp_path.glob("chunk-*"))


def test_rare_words_are_one_word_and_so_are_words_that_are_not_given(tmp_path):
    text = run(read_text(corpus_of(["a a b", "a b c", "<unk> d"]), tmp_path / "text"))
    cut = vocabulary_of(text, cutoff=2)
    assert cut.words == ("<unk>", "<s>", "</s>", "a", "b")
    again = renumbered(text, cut, tmp_path / "cut")
    assert again.counts.tolist() == [3, 3, 3, 3, 2]
    given = vocabulary_of(text, given=["d", "zebra"])
    again = renumbered(text, given, tmp_path / "given")
    assert again.counts.tolist() == [7, 3, 3, 1, 0]


def test_a_column_grows_into_a_numpy_file(tmp_path):
    path = tmp_path / "column.npy"
    with Column(path, np.uint64) as column:
        column.append(np.arange(5, dtype=np.uint64))
        column.append(np.arange(2, dtype=np.uint64))
    assert np.load(path).tolist() == load(path).tolist() == [0, 1, 2, 3, 4, 0, 1]
    with Column(path, np.uint32):
        pass
    assert load(path).tolist() == []
    assert load(path).dtype == np.uint32


def test_a_file_filled_with_one_number_can_be_written_to(tmp_path, monkeypatch):
    monkeypatch.setattr(levels, "FILL", 3)
    array = levels.filled(tmp_path / "file.npy", 7, np.float32, 0.4)
    assert array.tolist() == pytest.approx([0.4] * 7)
    array[2] = 5
    assert load(tmp_path / "file.npy")[2] == 5
    assert levels.filled(tmp_path / "empty.npy", 0, np.uint32).tolist() == []


def test_a_level_comes_back_from_its_files(tmp_path):
    level = Level(np.array([5], np.uint64), np.array([2], np.uint32), np.array([1], np.uint32))
    level.save(tmp_path, 3)
    again = Level.load(tmp_path, 3)
    assert (again.keys.tolist(), again.counts.tolist(), again.suffixes.tolist()) == ([5], [2], [1])

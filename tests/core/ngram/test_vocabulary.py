"""Words and numbers, and the three words that are special."""

from core.ngram.vocabulary import BEGIN, END, UNKNOWN, GrowingVocabulary, Vocabulary


def test_a_stream_has_every_sequence_between_its_marks():
    vocabulary = Vocabulary(["a", "b"])
    assert vocabulary.encode([["a", "b"], ["b"], []]).tolist() == [BEGIN, 3, 4, END, BEGIN, 4, END, BEGIN, END]
    assert vocabulary.encode([]).tolist() == []


def test_special_words_in_a_text_are_unknown_words():
    assert Vocabulary(["a"]).encode([["<unk>", "<s>", "</s>", "new", "a"]]).tolist() == [1, 0, 0, 0, 0, 3, 2]
    assert GrowingVocabulary().encode([["<unk>", "<s>", "</s>", "new"]]).tolist() == [1, 0, 0, 0, 3, 2]


def test_a_history_may_begin_where_a_sequence_does_and_end_where_it_ends():
    vocabulary = Vocabulary(["a"])
    assert vocabulary.history(["<s>", "a", "</s>", "b"]) == [BEGIN, 3, UNKNOWN, UNKNOWN]
    assert [vocabulary.word(word) for word in ("</s>", "<s>", "a", "b")] == [END, UNKNOWN, 3, UNKNOWN]


def test_a_vocabulary_comes_back_from_its_file(tmp_path):
    vocabulary = Vocabulary(["a", "ü", "词", " ", "<s>", "a b"])
    vocabulary.save(tmp_path / "words")
    words = ("<unk>", "<s>", "</s>", "a", "ü", "词", " ", "a b")
    assert Vocabulary.load(tmp_path / "words").words == vocabulary.words == words
    assert vocabulary.predicted == 7

"""Word vectors: of length 1, alike for words used alike, the same whatever else is asked for."""

import numpy as np

from core.text.word_vectors import word_vectors


def test_words_used_alike_have_a_larger_cosine() -> None:
    movie, film, patch, plot = word_vectors(["movie", "film", "patch", "plot"])
    assert movie @ film > 0.5 > plot @ patch


def test_vectors_are_of_length_1_and_depend_on_the_word_alone() -> None:
    words = ["movie", "unquestionably", "motion picture", "x"]
    vectors = word_vectors(words)
    assert vectors.shape == (4, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.array_equal(word_vectors(words[::-1])[::-1], vectors)
    assert word_vectors([]).shape == (0, 384)

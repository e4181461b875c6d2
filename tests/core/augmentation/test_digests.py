"""Digests: what counts as the same text, and sets of them."""

import numpy as np
import pyarrow as pa
import pytest

from core.augmentation.digests import Digests, digest_array, exact_digest, first_of_each, from_arrow, normal_digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A cat, sat.", "a  CAT sat"),
        ("wo n't", "won't"),
        ("\tcat\n", "cat"),
        ("你好，世界！", "你好世界"),
        ("Straße", "STRASSE"),
        ("“cat”", '"cat"'),
        ("ÉTÉ", "été"),
    ],
)
def test_case_blanks_and_punctuation_do_not_count(one: str, other: str) -> None:
    assert normal_digest(one) == normal_digest(other)
    assert exact_digest(one) != exact_digest(other)


@pytest.mark.parametrize(("one", "other"), [("cat", "cats"), ("!", "?"), ("", " "), ("🙂", "🙁"), ("की", "का")])
def test_all_else_counts(one: str, other: str) -> None:
    assert normal_digest(one) != normal_digest(other)


def test_sets_know_their_members_and_nothing_else() -> None:
    digests = digest_array([exact_digest(str(n)) for n in range(1000)])
    some = Digests([digests[:300], digests[200:500], digests[:0]])
    assert len(some) == 500
    assert some.contains(digests).tolist() == [n < 500 for n in range(1000)]
    assert not Digests().contains(digests).any()


def test_a_digest_that_ends_in_zeros_is_a_member_like_any_other() -> None:
    zeros = digest_array([b"\1" + b"\0" * 15, b"\0" * 16])
    assert Digests([zeros]).contains(zeros).all()
    assert not Digests([zeros[:1]]).contains(zeros[1:]).any()


def test_the_first_of_equal_ones_is_marked() -> None:
    a, b = exact_digest("a"), exact_digest("b")
    assert first_of_each(digest_array([b, a, b, b, a])).tolist() == [True, True, False, False, False]


def test_slices_of_arrow_columns_are_read_at_their_place() -> None:
    column = pa.array([exact_digest(str(n)) for n in range(5)], pa.binary(16))
    expected = [exact_digest("2"), exact_digest("3")]
    assert np.array_equal(from_arrow(column.slice(2, 2)), digest_array(expected))

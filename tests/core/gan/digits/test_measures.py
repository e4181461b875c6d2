import numpy as np
import pytest

from core.gan.digits.measures import class_score, diversity, frechet, nearest


def normal(mean, deviation, number=4, seed=0):
    """Numbers of exactly this mean and variance: a random sample, moved and stretched."""
    sample = np.random.default_rng(seed).standard_normal((number, len(mean)))
    sample -= sample.mean(0)
    q, _ = np.linalg.qr(sample)
    return q * np.sqrt(number - 1) * np.array(deviation) + np.array(mean)


def test_frechet_of_independent_features_worked_out_by_hand():
    # With diagonal covariances it is the sum of (m1 - m2)^2 + (s1 - s2)^2: 3^2 + 4^2 + (2 - 1)^2 + (5 - 7)^2 = 30.
    one, other = normal([0, 0], [2, 5], 50), normal([3, 4], [1, 7], 60, seed=1)
    assert frechet(one, other) == pytest.approx(30, abs=1e-9)
    assert frechet(other, one) == pytest.approx(30, abs=1e-9)
    assert frechet(one, one) == pytest.approx(0, abs=1e-9)


def test_frechet_does_not_change_when_both_are_turned():
    rng = np.random.default_rng(3)
    one, other = rng.standard_normal((80, 5)) @ rng.standard_normal((5, 5)), rng.standard_normal((90, 5))
    turn, _ = np.linalg.qr(rng.standard_normal((5, 5)))
    assert frechet(one @ turn, other @ turn) == pytest.approx(frechet(one, other))
    assert frechet(np.zeros((10, 5)), np.ones((10, 5))) == pytest.approx(5), "features that never change"


def test_class_score_from_unsure_to_sure_and_varied():
    assert class_score(np.full((6, 4), 0.25)) == pytest.approx(1)
    assert class_score(np.eye(4)) == pytest.approx(4)
    assert class_score(np.eye(4)[[0, 0, 0]]) == pytest.approx(1), "sure, but always of the same class"
    # Two pictures of (0.75, 0.25) and (0.25, 0.75): KL to (0.5, 0.5) is 0.75 ln 1.5 + 0.25 ln 0.5.
    halves = np.array([[0.75, 0.25], [0.25, 0.75]])
    assert class_score(halves) == pytest.approx(np.exp(0.75 * np.log(1.5) + 0.25 * np.log(0.5)))


def test_diversity_is_within_classes():
    pixels = np.zeros((4, 2, 2), np.uint8)
    pixels[2:] = 255
    classes = np.array([0, 0, 1, 1])
    assert diversity(pixels, classes) == 0
    # As one class, each of the 4 pixels is twice 0 and twice 1: a variance of (4 * 0.25) / 3.
    assert diversity(pixels, np.zeros(4, np.int64)) == pytest.approx(4 / 3)
    assert diversity(pixels[:1], classes[:1]) == 0


def test_nearest_is_that_of_a_search_by_hand():
    rng = np.random.default_rng(0)
    one, other = (rng.integers(0, 256, (n, 3, 4)).astype(np.uint8) for n in (5, 9))
    found, distances = nearest(one, other)
    for picture, place, distance in zip(one, found, distances, strict=True):
        far = [np.sqrt((((picture / 255) - (o / 255)) ** 2).sum()) for o in other]
        assert (place, distance) == (int(np.argmin(far)), pytest.approx(min(far), rel=1e-5))
    assert nearest(other[3:4], other)[1][0] == 0

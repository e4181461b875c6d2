from core.jobs import Metrics, Progress, Resumed
from core.runs.clock import Clock
from core.runs.store import StoredEvent


def stored(*events):
    return [StoredEvent(seq, time, event) for seq, (time, event) in enumerate(events, 1)]


def test_seconds_since_the_first_measurement():
    clock = Clock()
    clock.extend(
        stored((100.0, Progress(0, None)), (110.0, Metrics(0, {"a": 1})), (112.5, Metrics(1, {"a": 1, "b": 2})))
    )
    clock.extend(stored((113.0, Metrics(1, {"c": 3}))))
    assert clock.seconds("a", [0, 1]) == [0.0, 2.5]
    assert clock.seconds("c", [1]) == [2.5], "what is measured at one step stands at one place"


def test_a_pause_is_left_out_and_steps_measured_again_move():
    clock = Clock()
    clock.extend(stored((0.0, Metrics(1, {"a": 1})), (4.0, Metrics(2, {"a": 1})), (6.0, Metrics(3, {"a": 1}))))
    clock.extend(stored((1_000.0, Resumed(2))))
    assert clock.seconds("a", [1, 2, 3]) == [0, 4, 6]
    clock.extend(stored((1_001.0, Metrics(3, {"a": 1})), (1_003.0, Metrics(4, {"a": 1}))))
    assert clock.seconds("a", [1, 2, 3, 4]) == [0, 4, 5, 7]


def test_each_seed_counts_its_own_steps():
    clock = Clock()
    clock.extend(stored((0.0, Metrics(1, {"a@0": 1})), (5.0, Metrics(2, {"a@0": 1})), (9.0, Metrics(1, {"a@7": 1}))))
    assert clock.seconds("a@0", [1, 2]) == [0, 5]
    assert clock.seconds("a@7", [1]) == [9]

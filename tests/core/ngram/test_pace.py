"""Events come at once, and then not too often."""

from core.ngram import pace


def test_the_first_event_is_due_and_the_next_only_later(monkeypatch):
    times = iter([5.0, 5.05, 5.11, 5.15, 5.3])
    monkeypatch.setattr(pace.time, "monotonic", lambda: next(times))
    one = pace.Pace()
    assert [one.due() for _ in range(5)] == [True, False, True, False, True]

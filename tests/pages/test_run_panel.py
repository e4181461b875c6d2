"""What the live panel of a run says while it goes on."""

import pytest

from core.jobs import Progress
from pages.ui import run_panel
from tests.pages.a_run import a_run


def test_the_time_left_is_that_of_the_part_of_the_work_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100, 110, 120, 130, 140])
    monkeypatch.setattr(run_panel.time, "time", lambda: next(clock))
    monkeypatch.setattr(run_panel.st, "session_state", {})

    def said(done: int, message: str) -> str:
        return run_panel.progress_sentence(a_run(progress=Progress(done, 400, message=message)))

    assert run_panel.progress_sentence(a_run(progress=None)) == "Starting"
    assert said(0, "Sorting") == "Sorting, 0 of 400 rows"
    assert said(100, "Sorting") == "Sorting, 100 of 400 rows, about 30 s left"  # 100 rows in 10 s
    assert said(300, "Sorting") == "Sorting, 300 of 400 rows, about 7 s left"  # 300 rows in 20 s
    assert said(20, "Making") == "Making, 20 of 400 rows"  # the bar has gone back
    assert said(40, "Making") == "Making, 40 of 400 rows, about 3 min 0 s left"  # 20 rows in 10 s, 360 to go

import math
from types import SimpleNamespace

import pytest

from core.errors import InputError
from core.finetuning.reporting import Reporter
from core.jobs import Metrics, Progress


def test_a_loss_that_is_no_number_ends_the_training_with_a_sentence():
    reporter = Reporter(lambda event: None, rows_per_step=8)
    state = SimpleNamespace(global_step=12, epoch=0.5, num_train_epochs=2, max_steps=24)
    logs = {"loss": math.nan, "grad_norm": math.nan, "learning_rate": 0.01}
    with pytest.raises(InputError, match="stopped being a number at step 12"):
        reporter.on_log(None, state, SimpleNamespace(), logs)


def test_progress_is_told_ten_times_a_second_at_most_and_numbers_always():
    told = []
    reporter = Reporter(told.append, rows_per_step=8)
    for step in range(50):
        assert reporter.tell(Progress(step, 50), None)
        assert reporter.tell(Metrics(step, {}), None)
    assert [event.step for event in told if isinstance(event, Metrics)] == list(range(50))
    assert sum(isinstance(event, Progress) for event in told) < 25

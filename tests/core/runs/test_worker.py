"""A run carried out in the process that asks for it, as the command line does."""

import signal
from pathlib import Path

from core.config import parse_config
from core.data.importing import ImportConfig
from core.runs.store import TERMINAL, RunStore
from core.runs.worker import carry_out


def test_signals_mean_cancel_during_a_run_and_what_they_meant_before_after_it(home: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("text\none\ntwo\n")
    store = RunStore(home, "local")
    config = parse_config(ImportConfig, {"source": str(tmp_path / "rows.csv")}).model_dump(mode="json")
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    meant: list[bool] = []
    ended = carry_out(
        store,
        store.submit("import", "rows", config, lane=TERMINAL).id,
        watch=lambda event: meant.append(signal.getsignal(signal.SIGTERM) is not before[0]),
    )
    assert ended.state == "finished"
    assert meant
    assert all(meant)
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before

"""A kind of run that counts, for tests of the machinery: as a script it is a worker that knows this kind."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core import storage
from core.cli import main
from core.config import Config
from core.data.workspace import Workspace
from core.errors import InputError
from core.jobs import Job, Metrics, Progress, Resumed
from core.runs.kinds import KINDS, Kind


class CountConfig(Config):
    steps: int = 5
    pause_s: float = 0.02
    stubborn_s: float = 0.0  # sends no event for this long at step 2
    writer_waits_s: float = storage.BUSY_TIMEOUT_S  # for a database that is locked
    fail: str = ""


def count(config: CountConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[Mapping[str, Any]]:
    storage.BUSY_TIMEOUT_S = config.writer_waits_s
    checkpoint = folder / "checkpoint.txt"
    step = 0
    if resume:
        step = int(checkpoint.read_text()) if checkpoint.exists() else 0
        yield Resumed(step)
    try:
        while step < config.steps:
            if config.fail and step == 2:
                raise InputError("Two is not a number.", "Use one.") if config.fail == "input" else RuntimeError("bug")
            if config.stubborn_s and step == 2:
                time.sleep(config.stubborn_s)
            time.sleep(config.pause_s)
            step += 1
            if step % 10 == 0:
                checkpoint.write_text(str(step))
            yield Metrics(step, {"count": float(step)})
            yield Progress(step, config.steps, "steps", "Counting")
    finally:
        checkpoint.write_text(str(step))
    return {"summary": f"Counted to {step}.", "count": step}


if "count" not in KINDS:
    KINDS.register("count")(Kind("Count", f"{__name__}:count", f"{__name__}:CountConfig", "training", resumable=True))

if __name__ == "__main__":
    sys.exit(main())

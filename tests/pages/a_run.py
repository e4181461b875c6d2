"""A run as the store gives it, made by hand."""

from pathlib import Path
from typing import Any

from core.runs.store import Run


def a_run(**fields: Any) -> Run:
    """Return a run that goes on, with the `fields` that a test cares for."""
    given: dict[str, Any] = {
        "id": "r",
        "owner": "local",
        "kind": "finetune",
        "name": "",
        "lane": "training",
        "config": {},
        "inputs": (),
        "state": "running",
        "resume": False,
        "cancel_requested": None,
        "created": 0,
        "started": 1,
        "ended": None,
        "pid": 1,
        "progress": None,
        "message": "",
        "result": None,
        "place": None,
        "folder": Path(),
    }
    return Run(**{**given, **fields})

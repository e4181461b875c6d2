"""The functions of core.data.sources.hub, called in a process that knows only the stand-in for the hub."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.data.sources.hub import TIMEOUT_S

ROOT = Path(__file__).parents[4]

CLIENT = """
import json, sys
from core.data.sources import hub
from core.errors import CorpusLabError

hub.TIMEOUT_S = float(sys.argv[1])
answers = []
for name, arguments in json.load(sys.stdin):
    try:
        if name != "open_hub":
            answers.append({"names": getattr(hub, name)(**arguments)})
            continue
        source = hub.open_hub(**arguments)
        sizes, rows = [], []
        for batch in source.batches:
            sizes.append(len(batch))
            rows += batch.to_pylist()
        answers.append({
            "name": source.name, "mapping": source.mapping.model_dump(), "total": source.total, "done": source.done(),
            "language": source.language, "notes": source.notes, "sizes": sizes, "first": rows[:3], "last": rows[-3:],
            "heavy": sorted({"torch", "transformers"} & set(sys.modules)),
        })
    except CorpusLabError as error:
        answers.append({"error": type(error).__name__, "text": str(error)})
json.dump(answers, sys.stdout, default=str)
"""


def ask(
    endpoint: str,
    folder: Path,
    *questions: tuple[str, dict[str, Any]],
    timeout_s: float = TIMEOUT_S,
    **environment: str,
) -> list[Any]:
    """Return what the functions of core.data.sources.hub answer in a new process in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, str(timeout_s)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        timeout=100,
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
            "HF_ENDPOINT": endpoint,
            "HF_HOME": str(folder / "hf"),
            "PYTHONPATH": str(ROOT),
            "NO_PROXY": "127.0.0.1",
            **environment,
        },
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(answer: dict[str, Any], kind: str, *words: str) -> bool:
    """Whether the answer is an error of this kind: one sentence on what is wrong, then what to do, with the words."""
    text = answer["text"]
    return answer["error"] == kind and text.endswith(".") and all(word in text for word in words)

"""An estimate in a process of its own: torch and the model take no memory of the process that asks for it."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from core.data.workspace import Workspace
from core.errors import CorpusLabError, InputError
from core.finetuning.config import FinetuneConfig
from core.finetuning.estimating import Estimate, estimate
from core.finetuning.memory import LESS
from core.finetuning.memory_needed import Memory

COMMAND = (sys.executable, "-m", "core", "estimate")
ROOT = Path(__file__).parents[2]
LONGEST_S = 600.0


def estimate_apart(config: FinetuneConfig, workspace: Workspace) -> Estimate:
    """Return what `estimate` returns for the version of `config` in `workspace`, and raise what it raises.

    Raises InputError too where the process was killed, which happens when the memory does not suffice after all.
    """
    question = json.dumps({"home": str(workspace.home), "owner": workspace.owner, "config": config.model_dump()})
    environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "CORPUS_LAB_HOME": str(workspace.home)}
    try:
        done = subprocess.run(
            COMMAND, input=question, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"Three steps of this training take more than {LONGEST_S:.0f} seconds.", LESS) from error
    if done.returncode < 0:
        raise InputError("The process that tried three steps was killed: the memory does not suffice.", LESS)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return read_answer(done.stdout.splitlines()[-1])


def read_answer(line: str) -> Estimate:
    """Return the estimate that `answer` put into a line, or raise the error that it did."""
    answered = json.loads(line)
    if "problem" in answered:
        raise CorpusLabError(answered["problem"], answered["remedy"])
    return Estimate(**{**answered, "memory": Memory(**answered["memory"])})


def answer(question: str) -> str:
    """Return the answer to a question of `estimate_apart`, in one line, in the process that it started."""
    asked = json.loads(question)
    config = FinetuneConfig.model_validate(asked["config"])
    try:
        workspace = Workspace(Path(asked["home"]), asked["owner"])
        answered = asdict(estimate(config, workspace.version(config.version), hub_only=workspace.is_private))
    except CorpusLabError as error:
        return json.dumps({"problem": error.problem, "remedy": error.remedy})
    return json.dumps(answered)

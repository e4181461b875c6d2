"""The laws of the house, held by tests: who may import whom, what stays unloaded, how long a file may be."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "streamlit_app.py"])
HEAVY = {"torch", "transformers", "datasets", "sklearn", "sentence_transformers", "nltk", "jieba", "pandas"}


def loaded_by(modules: list[str]) -> set[str]:
    """The top-level modules that a fresh process holds after it imported `modules`."""
    program = f"import sys, json\nfor m in {modules!r}: __import__(m)\nprint(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in json.loads(output.stdout.splitlines()[-1])}


def test_imports_point_one_way() -> None:
    linted = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout


def test_the_command_line_and_the_data_pages_load_nothing_heavy() -> None:
    light = ["core.cli", "core.runs.supervisor", "core.runs.worker", "core.data.importing", "core.data.explore"]
    light += ["core.data.sql", "core.data.preprocessing", "core.data.splitting", "core.data.exporting"]
    light += ["core.finetuning.config", "core.finetuning.prediction"]
    light += ["core.neural_lm.config", "core.neural_lm.model", "core.neural_lm.training"]
    assert loaded_by(light) & HEAVY == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_idea(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    assert not lines or lines[0].lstrip("r").startswith('"""'), "a file begins by saying what it is"


def test_no_download_runs_the_page_again() -> None:
    """Streamlit empties its queue to the browser when a page starts: the answer to the click could be in it."""
    calls = [
        (path.name, {word.arg: ast.unparse(word.value) for word in node.keywords})
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("download_button")
    ]
    assert calls
    assert [name for name, words in calls if words.get("on_click") != "'ignore'"] == []

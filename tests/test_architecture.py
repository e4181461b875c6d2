"""The laws of the house, held by tests: who may import whom, what stays unloaded, how long a file may be."""

import ast
import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterable
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


def imported_by(paths: Iterable[Path]) -> set[str]:
    """The top-level modules that files import anywhere in them, without Python's own and ours."""
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in names} - {*sys.stdlib_module_names, "core", "pages", "tests"}


def test_every_library_that_is_imported_is_pinned() -> None:
    packages = importlib.metadata.packages_distributions()
    tests = set(ROOT.glob("tests/**/*.py"))
    measuring = set(ROOT.glob("tests/benchmarks/**/*.py"))
    pinned: set[str] = set()
    for place, paths in {"": SOURCES, "-dev": tests - measuring, "-bench": measuring}.items():
        lines = (ROOT / f"requirements{place}.txt").read_text(encoding="utf-8").splitlines()
        pinned |= {line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
        for module in imported_by(paths):
            names = {name.lower().replace("_", "-") for name in packages.get(module, [module])}
            assert names & pinned, f"{module} is not in requirements{place}.txt"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_idea(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    assert not lines or lines[0].lstrip("r").startswith('"""'), "a file begins by saying what it is"


def test_no_download_runs_the_page_again() -> None:
    """Streamlit empties its queue to the browser when a page starts: the answer to the click could be in it.

    That of downloads.py runs a fragment alone, which leaves the answer where it is.
    """
    calls = [
        (path.name, {word.arg: ast.unparse(word.value) for word in node.keywords})
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".download_button")
    ]
    assert calls
    assert [name for name, words in calls if words.get("on_click") != "'ignore'"] == ["downloads.py"]

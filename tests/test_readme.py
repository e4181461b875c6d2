"""The README says what is so: its commands run, its tree and its pages are there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL) for line in block.strip().splitlines()
]


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    assert {"run", "test", "setup", "bench"} <= targets
    for target in targets:
        dry = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
        assert dry.returncode == 0, dry.stderr


def test_headless_commands_run(home: Path, tmp_path: Path) -> None:
    commands = [shlex.split(line) for line in COMMANDS if line.startswith("python -m core")]
    assert len(commands) == 3
    environment = {**os.environ, "CORPUS_LAB_HOME": str(home), "PYTHONPATH": str(ROOT)}
    for command in commands:
        if "finetune" in command:
            command[command.index("--epochs") + 1 :] = ["1", "--max-length", "16"]  # what it learns is tested elsewhere
        done = subprocess.run(
            [sys.executable, *command[1:]], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "reviews.csv").read_text(encoding="utf-8").count("\n") >= 301


def test_the_tree_is_there_and_complete() -> None:
    tree = re.search(r"## What is where\n\n```\n(.*?)```", README, re.DOTALL)
    assert tree
    named = {line.split()[0].rstrip("/") for line in tree[1].splitlines() if not line.startswith(" ")}
    for path in named:
        assert (ROOT / path).exists(), path
    packages = {str(p.parent.relative_to(ROOT)) for p in ROOT.glob("core/*/__init__.py")}
    assert packages <= named, "a package of core is missing in the tree"


def test_every_page_is_named() -> None:
    line = README.split("\npages/ ")[1].split("\npages/ui/")[0]
    for page in ROOT.glob("pages/*.py"):
        if page.name != "__init__.py":
            assert page.stem in line


def test_pictures_and_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).is_file(), target

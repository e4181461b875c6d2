"""The Makefile's way to a Chromium, with the commands that a machine has or has not standing in for it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.conftest import CHROMIUMS

ROOT = Path(__file__).parents[1]
LOUD = "NO CHROMIUM: the browser tests will be skipped."
SUDO = '[ "$1" = -n ] && shift; exec "$@"'


@pytest.fixture
def bin(tmp_path: Path) -> Path:
    """A folder that is the whole PATH: it has no more than the recipe itself needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    put(folder, "id", f"echo {os.getuid()}")
    return folder


def put(folder: Path, name: str, does: str = "exit 0") -> Path:
    """Write the command `name`, a line of the shell."""
    command = folder / name
    command.write_text(f"#!/bin/sh\n{does}\n")
    command.chmod(0o755)
    return command


def chromium(bin: Path, macos_chrome: str = "/nowhere/at all") -> str:
    """Return what `make chromium` says."""
    command = [shutil.which("make") or "make", "--no-print-directory", "-C", str(ROOT), "chromium"]
    command.append(f"MACOS_CHROME={macos_chrome}")
    return subprocess.run(command, env={"PATH": str(bin)}, capture_output=True, text=True, check=True).stdout


def test_a_chromium_that_is_there_is_enough(bin: Path, tmp_path: Path) -> None:
    apps = tmp_path / "Google Chrome.app"
    apps.mkdir()
    assert chromium(bin, str(put(apps, "Google Chrome"))) == "", "where macOS keeps it, outside of PATH"
    put(bin, "chromium")
    assert chromium(bin) == ""


def test_without_apt_or_rights_it_is_said_loudly(bin: Path) -> None:
    assert LOUD in chromium(bin), "no apt-get"
    put(bin, "apt-get")
    put(bin, "id", "echo 1000")
    assert LOUD in chromium(bin), "no sudo"
    put(bin, "sudo", "exit 1")
    assert LOUD in chromium(bin), "sudo asks for a password"
    put(bin, "sudo", SUDO)
    put(bin, "true")
    assert chromium(bin) == "", "it was installed"


@pytest.mark.parametrize(
    ("fails", "is_loud"),
    [("update*", True), ("*chromium*", True), ("*chromium-headless-shell", False)],
    ids=["the lists", "both packages", "the first package"],
)
def test_an_installation_that_fails_is_said_loudly_too(bin: Path, fails: str, is_loud: bool) -> None:
    put(bin, "sudo", SUDO)
    put(bin, "true")
    put(bin, "apt-get", f'case "$*" in {fails}) exit 1;; esac')
    assert (LOUD in chromium(bin)) is is_loud


def test_the_browser_tests_look_where_the_makefile_looks() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    *names, macos = CHROMIUMS
    assert f'for c in {" ".join(names)} "$(MACOS_CHROME)";' in makefile
    assert f"MACOS_CHROME := {macos}\n" in makefile


def test_the_app_listens_to_this_machine_alone() -> None:
    dry = subprocess.run(["make", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--server.address localhost" in dry.stdout

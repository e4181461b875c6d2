"""A real Chromium and a real server for the browser tests."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from core.data.importing import ImportConfig, import_dataset
from core.data.workspace import Workspace
from core.jobs import run
from core.runs.store import RunStore
from pages.ui.session import COOKIE
from tests.browser.visit import wait_for

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "streamlit_app.py"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: ViewportSize = {"width": 1440, "height": 900}
OUT_OF_REACH = "http://127.0.0.1:9"  # nobody listens there
# What draws without a window first: it takes a third less processor for the same page. The last is where macOS has it.
CHROMIUMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
START_SECONDS = 90  # A busy two-core machine that imports Streamlit for the first time.
STOP_SECONDS = 20


def chromium_path() -> str | None:
    """Return where this machine's Chromium is; None where it has none."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


class AppServer:
    """A Streamlit server in a process group of its own, with its own home and port, below `path` of its address."""

    def __init__(self, script: Path, home: Path, path: str = "", private: bool = False) -> None:
        self.script, self.home, self.path, self.private = script, home, path, private
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}/{path}".rstrip("/")
        self.log = home.parent / f"server-{self.port}.log"
        self.models = home.parent / f"models-{self.port}"
        self.groups: list[int] = []
        self.start()

    def start(self) -> None:
        """Start the server and return when it answers."""
        command = [sys.executable, "-m", "streamlit", "run", str(self.script), "--server.baseUrlPath", self.path]
        command += ["--server.port", str(self.port), "--server.address", "localhost", "--server.headless", "true"]
        environment = {**os.environ, "CORPUS_LAB_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        environment["CORPUS_LAB_PRIVATE"] = str(int(self.private))
        environment |= {"HF_ENDPOINT": OUT_OF_REACH, "HF_HUB_CACHE": str(self.models)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self.groups.append(self.process.pid)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        self.close()
        raise RuntimeError(f"The server did not start:\n{self.log.read_text()[-3000:]}")

    def keep(self, model_id: str, folder: Path) -> None:
        """Put the model in `folder` to those that were once fetched from the hub, which is out of reach now."""
        kept = self.models / f"models--{model_id.replace('/', '--')}"
        shutil.copytree(folder, kept / "snapshots" / "0")
        (kept / "refs").mkdir()
        (kept / "refs" / "main").write_text("0")

    def stop(self) -> None:
        """Ask the server to end, as Ctrl+C does, and wait until it has."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server without asking (SIGKILL to it alone, its children are left to what they do then)."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """Stop the server, and end what it or an earlier one left behind in its group."""
        self.stop()
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Visitor:
    """Someone with a workspace of their own on the one server of the app that all tests share."""

    server: AppServer
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def owner(self) -> str:
        return hashlib.sha256(self.token.encode()).hexdigest()[:32]

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.server.home, self.owner)

    @property
    def runs(self) -> RunStore:
        return RunStore(self.server.home, self.owner)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium of the system; without one the browser tests are skipped."""
    executable = chromium_path()
    if executable is None:
        reason = "BROWSER TESTS SKIPPED: no Chromium was found. Install the package chromium to run them."
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=[*CHROMIUM_ARGUMENTS, "--process-per-site"]
        )
        yield chromium
        chromium.close()


class UsedBrowser:
    """A browser that has been here before: the app's scripts are compiled already, which takes seconds.

    Everything else of an earlier test, cookies and storage among it, is gone.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.context: BrowserContext | None = None

    def emptied(self) -> BrowserContext:
        """Return its context without what an earlier test left there; a new one where a test has closed it."""
        if self.context not in self.browser.contexts:
            self.context = self.browser.new_context(viewport=WIDE)
            self.keeper = self.context.new_page()  # while it is open, the process with the compiled scripts is kept
            self.keeper.route("**/*", lambda route: route.fulfill(body=""))
            self.keeper.goto("http://localhost/")
        for page in self.context.pages:
            if page != self.keeper:
                page.close()
        self.context.clear_cookies()
        devtools = self.context.new_cdp_session(self.keeper)
        devtools.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
        devtools.detach()
        return self.context


@pytest.fixture(scope="package")
def used_browser(browser: Browser) -> UsedBrowser:
    return UsedBrowser(browser)


@pytest.fixture
def open_page(browser: Browser, used_browser: UsedBrowser) -> Iterator[Callable[..., Page]]:
    """`open_page(url, visitor)` opens a page in a browser of its own, the first in the one that has been here before.

    `visitor` is whose browser it is; without one it is a stranger's.
    """
    contexts: list[BrowserContext] = []

    def open_one(url: str, visitor: Visitor | None = None) -> Page:
        context = browser.new_context(viewport=WIDE) if contexts else used_browser.emptied()
        contexts.append(context)
        if visitor:
            context.add_cookies([{"name": COOKIE, "value": visitor.token, "url": visitor.url}])
        page = context.new_page()
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        if context == used_browser.context:
            used_browser.emptied()
        else:
            context.close()


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[AppServer]:
    """The pages of charts_demo.py, below a path: charts must find what they draw with there too."""
    server = AppServer(
        ROOT / "tests" / "browser" / "charts_demo.py", tmp_path_factory.mktemp("demo") / "home", "corpus/lab"
    )
    yield server
    server.close()


@pytest.fixture(scope="package")
def shared_server(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, give_synonyms: Callable[[Path], None]
) -> Iterator[AppServer]:
    """The app with a workspace for each visitor, for all tests: a start takes seconds. It has the synonyms' tables."""
    home = tmp_path_factory.mktemp("shared") / "home"
    give_synonyms(home)
    server = AppServer(APP, home, private=True)
    yield server
    server.close()


@pytest.fixture(scope="module")
def visitor(shared_server: AppServer) -> Visitor:
    """The one visitor of a module's tests."""
    return Visitor(shared_server)


@pytest.fixture
def visit(visitor: Visitor, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """`visit(path)` opens a page of the app in a new browser of the module's visitor."""
    return lambda path="": open_page(f"{visitor.url}/{path}", visitor)


@pytest.fixture
def reviews(visitor: Visitor, tmp_path: Path) -> Visitor:
    """The visitor, with the sample reviews in their workspace."""
    if not visitor.workspace.latest():
        run(import_dataset(ImportConfig(source="builtin:reviews"), visitor.workspace, tmp_path, False))
    return visitor


@pytest.fixture
def lab(reviews: Visitor, visit: Callable[..., Page]) -> Iterator[tuple[Page, RunStore]]:
    """The page Fine-tuning with the sample reviews in use, and the visitor's runs; none goes on afterwards."""
    store = reviews.runs
    yield visit("finetuning"), store
    for going_on in store.runs(states=("queued", "running")):
        store.request_cancel(going_on.id)
    wait_for(lambda: not store.runs(states=("queued", "running")))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])

"""A visitor of the real server without a browser: opens links one after the other, as a browser's tab would."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.measured import MB, ROOT

START_SECONDS = 90
PAGE_SECONDS = 120

Query = Mapping[str, str | list[str]]


class Visitor:
    """One tab. `server` is the process id of the server it looks at, `url` its address."""

    def __init__(self, socket: ClientConnection, server: int, url: str) -> None:
        self._socket = socket
        self.server = server
        self.url = url

    def visit(self, page: str, query: Query) -> float:
        """Open a link and return the seconds until the page is complete. Raises RuntimeError on an error page."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = urlencode(query, doseq=True)
        start = time.perf_counter()
        self._socket.send(message.SerializeToString())
        trouble = ""
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(PAGE_SECONDS))
            kind = answer.WhichOneof("type")
            if kind == "delta":
                element = answer.delta.new_element
                shown = element.WhichOneof("type")
                if shown in ("alert", "exception"):
                    trouble = element.alert.body or element.exception.message
            if kind in ("script_finished", "page_not_found"):
                if trouble or kind == "page_not_found":
                    raise RuntimeError(f"The page {page} with {dict(query)} says: {trouble or 'not found'}")
                return time.perf_counter() - start

    def server_peak_mb(self) -> float:
        """Return the most memory the server has held; where the system does not tell, what it holds now."""
        status = Path(f"/proc/{self.server}/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            return int(line.split()[1]) * 1024 / MB
        held = subprocess.run(["ps", "-o", "rss=", "-p", str(self.server)], capture_output=True, text=True, check=True)
        return int(held.stdout) * 1024 / MB


@contextlib.contextmanager
def visitor(home: Path) -> Iterator[Visitor]:
    """Start the app on `home` and visit it; the server is stopped at the end."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py"), "--server.port", str(port)]
    command += ["--server.address", "localhost", "--server.headless", "true"]
    environment = {**os.environ, "CORPUS_LAB_HOME": str(home)}
    url = f"http://localhost:{port}"
    log = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as server:
        try:
            _wait(f"{url}/_stcore/health")
            with connect(f"ws://localhost:{port}/_stcore/stream", max_size=None, compression=None) as opened:
                yield Visitor(opened, server.pid, url)
        finally:
            server.terminate()


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)

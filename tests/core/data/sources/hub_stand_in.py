"""A stand-in for the hub on this machine: the part of its HTTP interface that reading a dataset needs."""

import hashlib
import json
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SHA = "0123456789abcdef0123456789abcdef01234567"
ADDRESS = re.compile(r"/(?P<api>api/)?datasets/(?P<id>[\w-]+/[\w-]+)(?:/(?P<verb>[\w-]+)/(?P<sha>\w+)/?(?P<path>.*))?")


@dataclass
class Repository:
    files: Mapping[str, bytes]
    card: Mapping[str, Any] = field(default_factory=dict)
    gated: str | bool = False
    moved_to: str | None = None
    cut_after: int | None = None  # how many pieces of files are sent before the connection breaks


class Hub(ThreadingHTTPServer):
    """`repositories` by id; `requests` is what was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.repositories: dict[str, Repository] = {}
        self.requests: list[str] = []
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"

    def add(self, id: str, files: Mapping[str, bytes], card: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Put a dataset on the hub; JSON is YAML, so the card needs no YAML library."""
        readme = f"---\n{json.dumps(card)}\n---\n" if card else ""
        self.repositories[id] = Repository({"README.md": readme.encode(), **files}, card or {}, **more)


class Answering(BaseHTTPRequestHandler):
    """Answers in the hub's way."""

    protocol_version = "HTTP/1.1"

    def answer_json(self, value: object) -> None:
        self.answer(200, json.dumps(value).encode(), Content_Type="application/json")

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class HubHandler(Answering):
    server: Hub

    def log_message(self, format: str, *args: Any) -> None:
        self.server.requests.append(f"{self.command} {self.path}")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        address = urlsplit(self.path)
        found = ADDRESS.fullmatch(unquote(address.path))
        bare = re.fullmatch(r"/api/datasets/([\w-]+)", address.path)
        if bare and bare[1] in self.server.repositories:
            moved_to = self.server.repositories[bare[1]].moved_to
            if moved_to:
                return self.answer(307, Location=f"/api/datasets/{moved_to}")
            return self.answer_json({"id": bare[1], "sha": SHA})
        if not found or found["id"] not in self.server.repositories:
            return self.answer(404, X_Error_Code="RepoNotFound")
        repository = self.server.repositories[found["id"]]
        if not found["api"]:
            return self.answer_file(repository, found["path"])
        if found["verb"] == "tree":
            is_recursive = "recursive=true" in address.query.lower()
            return self.answer_json(listing(repository.files, found["path"].strip("/"), is_recursive))
        if found["verb"] == "paths-info":
            wanted = parse_qs(body).get("paths", [])
            return self.answer_json([entry(repository.files, path) for path in wanted if path in repository.files])
        return self.answer_json(
            {
                "id": found["id"],
                "sha": SHA,
                "gated": repository.gated,
                "cardData": repository.card,
                "siblings": [{"rfilename": path} for path in repository.files],
            }
        )

    def answer_file(self, repository: Repository, path: str) -> None:
        if repository.gated:
            return self.answer(401, X_Error_Code="GatedRepo")
        if path not in repository.files:
            return self.answer(404, X_Error_Code="EntryNotFound", X_Repo_Commit=SHA)
        data = repository.files[path]
        headers = {"ETag": f'"{digest(data)}"', "X_Repo_Commit": SHA, "Accept_Ranges": "bytes"}
        span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if not span:
            return self.answer(200, data, **headers)
        if repository.cut_after is not None:
            repository.cut_after -= 1
            if repository.cut_after < 0:
                return self.connection.shutdown(socket.SHUT_RDWR)
        start, end = int(span[1]), min(int(span[2] or len(data)), len(data) - 1)
        return self.answer(206, data[start : end + 1], Content_Range=f"bytes {start}-{end}/{len(data)}", **headers)


def digest(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()


def entry(files: Mapping[str, bytes], path: str) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": len(files[path]), "oid": digest(files[path])}


def listing(files: Mapping[str, bytes], folder: str, is_recursive: bool) -> list[dict[str, Any]]:
    prefix = f"{folder}/" if folder else ""
    below = [path.removeprefix(prefix) for path in files if path.startswith(prefix)]
    folders = {path.split("/")[0] for path in below if "/" in path}
    shown = [entry(files, prefix + path) for path in below if is_recursive or "/" not in path]
    return shown + [{"type": "directory", "path": prefix + name, "oid": SHA} for name in sorted(folders)]


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A hub that answers as long as the block goes on."""
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()

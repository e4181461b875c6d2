"""Downloading WordNet from a server on this machine."""

import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nltk
import pytest

from core.errors import MissingResource
from core.text.wordnet import get_wordnet, read_synsets, wordnet_folder
from tests.core.text.wordnet.small_wordnet import SYNSETS, names, packed


class DataServer(ThreadingHTTPServer):
    """Stands in for NLTK's server, as a proxy: NLTK asks no address of this machine, but does ask a proxy on it."""

    daemon_threads = True
    index_url = "http://data.invalid/index.xml"

    def __init__(self, archive: bytes, checksum: str) -> None:
        super().__init__(("127.0.0.1", 0), DataHandler)
        self.requests: list[str] = []
        self.pages = {
            self.index_url: f"""<?xml version="1.0"?><nltk_data><packages>
                <package id="wordnet" name="WordNet" subdir="corpora" unzip="0" size="{len(archive)}"
                    unzipped_size="100000" checksum="{checksum}" url="http://data.invalid/wordnet.zip"/>
                </packages><collections/></nltk_data>""".encode(),
            "http://data.invalid/wordnet.zip": archive,
        }


class DataHandler(BaseHTTPRequestHandler):
    server: DataServer

    def log_message(self, format: str, *args: object) -> None:
        self.server.requests.append(self.path)

    def do_GET(self) -> None:
        page = self.server.pages[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@pytest.fixture
def data_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataServer]:
    archive = packed()
    with DataServer(archive, getattr(request, "param", hashlib.md5(archive).hexdigest())) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        yield server
        server.shutdown()


@pytest.mark.parametrize("umask", [0o022, 0o002])
def test_wordnet_is_downloaded_once_into_the_home_folder(bare: Path, data_server: DataServer, umask: int) -> None:
    """NLTK refuses folders that others may write to, which a umask of 002 makes of all that is not made with care."""
    before = os.umask(umask)
    try:
        folder = get_wordnet(bare, data_server.index_url)
    finally:
        os.umask(before)
    assert folder == wordnet_folder() == bare / "cache" / "nltk" / "corpora" / "wordnet"
    assert list(read_synsets(folder)) == SYNSETS
    assert names(folder.parent) == ["wordnet"]
    assert data_server.requests == ["http://data.invalid/index.xml", "http://data.invalid/wordnet.zip"]
    assert get_wordnet(bare, data_server.index_url) == folder
    assert len(data_server.requests) == 2


@pytest.mark.parametrize("data_server", [hashlib.md5(b"something else").hexdigest()], indirect=True)
def test_a_download_with_a_wrong_checksum_is_thrown_away(bare: Path, data_server: DataServer) -> None:
    with pytest.raises(MissingResource, match="could not be downloaded"):
        get_wordnet(bare, data_server.index_url)
    assert data_server.requests[-1] == "http://data.invalid/wordnet.zip"
    assert names(bare / "cache" / "nltk" / "corpora") == []


def test_without_a_network_the_error_tells_both_ways(bare: Path) -> None:
    with pytest.raises(MissingResource, match="could not be downloaded") as caught:
        get_wordnet(bare, "http://data.invalid/index.xml")
    assert "make setup" in caught.value.remedy
    assert "apt-get install wordnet-base" in caught.value.remedy


def test_a_server_that_never_answers_is_given_up(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(MissingResource, match="within 4 seconds"):
            get_wordnet(bare, "http://data.invalid/index.xml", limit_s=4)
    assert names(bare / "cache" / "nltk" / "corpora") == []


def test_a_broken_archive_elsewhere_does_not_keep_wordnet_from_being_downloaded(
    bare: Path, data_server: DataServer, tmp_path: Path
) -> None:
    archive = tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"not an archive")
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    assert list(read_synsets(get_wordnet(bare, data_server.index_url))) == SYNSETS

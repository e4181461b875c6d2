"""Finding, downloading and reading WordNet: a small one made here, and the real one where it is there."""

import hashlib
import io
import os
import socket
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nltk
import pytest

from core.errors import FileError, MissingResource
from core.text import wordnet
from core.text.wordnet import LEXICOGRAPHER_FILES, Synset, get_wordnet, read_synsets, wordnet_folder

LICENCE = "  1 This software and database is being provided to you, the LICENSEE.  \n"
FILES = {
    "data.noun": "02084071 05 n 03 dog 0 domestic_dog 0 Canis_familiaris 0 001 @ 02083346 n 0000 | a pet; "
    '"the dog barked all night"  \n',
    "data.verb": '00001740 29 v 01 breathe 0 000 02 + 02 00 + 08 00 | draw air; "I can breathe better"  \n',
    "data.adj": "00014490 00 s 02 abounding 0 galore(ip) 0 001 & 00013887 a 0000 | existing in abundance  \n",
    "data.adv": "00001740 02 r 01 a_cappella 0 000 | without musical accompaniment  \n",
}
SYNSETS = [
    Synset(
        "02084071-n",
        "noun",
        "noun.animal",
        ("dog", "domestic dog", "Canis familiaris"),
        'a pet; "the dog barked all night"',
        ("02083346-n",),
    ),
    Synset("00001740-v", "verb", "verb.body", ("breathe",), 'draw air; "I can breathe better"'),
    Synset("00014490-s", "adjective", "adj.all", ("abounding", "galore"), "existing in abundance"),
    Synset("00001740-r", "adverb", "adv.all", ("a cappella",), "without musical accompaniment"),
]


@pytest.fixture
def bare(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a machine that has no WordNet anywhere."""
    monkeypatch.setattr(wordnet, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(nltk.data, "path", [])
    return home


@pytest.fixture(scope="module")
def real() -> Path:
    try:
        return wordnet_folder()
    except MissingResource as error:
        pytest.skip(str(error))


def write(folder: Path, files: dict[str, str] = FILES) -> Path:
    folder.mkdir(parents=True)
    for name, line in files.items():
        (folder / name).write_text(LICENCE + line)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def packed(files: dict[str, str] = FILES) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("wordnet/", "")
        for name, line in files.items():
            pack.writestr(f"wordnet/{name}", LICENCE + line)
    return archive.getvalue()


def test_synsets_are_read_with_their_words_topic_and_gloss(tmp_path: Path) -> None:
    assert list(read_synsets(write(tmp_path / "small"))) == SYNSETS


@pytest.mark.parametrize(
    "line",
    ["02084071 05 n 01 dog 0 000\n", "02084071 45 n 01 dog 0 000 | a pet\n", "x 05 n 01 dog 0 000 | a pet\n"],
    ids=["no gloss", "no such topic", "no offset"],
)
def test_a_damaged_line_is_named_by_file_and_number(tmp_path: Path, line: str) -> None:
    folder = write(tmp_path / "small", {**FILES, "data.verb": line})
    with pytest.raises(FileError, match=r"Line 2 of WordNet's file .*data\.verb is damaged"):
        list(read_synsets(folder))


def test_the_real_wordnet_has_117_659_synsets_in_45_topics(real: Path) -> None:
    topics: Counter[str] = Counter()
    ids = set()
    for synset in read_synsets(real):
        topics[synset.topic] += 1
        ids.add(synset.id)
        assert synset.words and synset.gloss
    assert len(ids) == topics.total() == 117_659
    assert set(topics) == set(LEXICOGRAPHER_FILES)
    assert topics["noun.animal"] == 7_509


def test_a_topic_belongs_to_the_part_of_speech_in_its_name(real: Path) -> None:
    short = {"noun": "noun", "verb": "verb", "adjective": "adj", "adverb": "adv"}
    assert all(synset.topic.split(".")[0] == short[synset.part_of_speech] for synset in read_synsets(real))


def test_without_wordnet_the_error_tells_both_ways_to_get_it(bare: Path) -> None:
    with pytest.raises(MissingResource) as caught:
        wordnet_folder()
    assert "make setup" in caught.value.remedy
    assert "apt-get install wordnet-base" in caught.value.remedy


def test_an_incomplete_folder_is_not_wordnet(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    part = write(tmp_path / "part", {"data.noun": FILES["data.noun"]})
    monkeypatch.setattr(wordnet, "SYSTEM_FOLDERS", (part,))
    with pytest.raises(MissingResource):
        wordnet_folder()


def test_a_folder_on_nltks_path_is_used_where_it_is(bare: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "nltk_data" / "corpora" / "wordnet")
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    assert wordnet_folder() == folder
    assert not bare.exists()


def test_an_archive_on_nltks_path_is_unpacked_once_into_the_home_folder(bare: Path, tmp_path: Path) -> None:
    archive = tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(packed())
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    folder = wordnet_folder()
    assert folder == bare / "cache" / "nltk" / "corpora" / "wordnet"
    assert list(read_synsets(folder)) == SYNSETS
    archive.unlink()
    assert wordnet_folder() == folder
    assert names(folder.parent) == ["wordnet"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed()[:-200], "is damaged"),
        (packed().replace(packed()[60:90], b"\xff" * 30), "is damaged"),
        (b"not an archive", "is damaged"),
        (packed({"data.noun": FILES["data.noun"]}), "does not hold WordNet"),
    ],
    ids=["cut off", "overwritten", "no archive", "incomplete"],
)
def test_a_bad_archive_is_named_and_leaves_nothing(bare: Path, tmp_path: Path, content: bytes, words: str) -> None:
    archive = tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(content)
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    with pytest.raises(FileError, match=words):
        wordnet_folder()
    assert names(bare / "cache" / "nltk" / "corpora") == []


def test_an_archive_that_unpacks_to_too_much_is_refused(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordnet, "MAX_UNZIPPED", 100)
    archive = tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(packed())
    nltk.data.path.append(str(tmp_path / "nltk_data"))
    with pytest.raises(FileError, match="too large"):
        wordnet_folder()


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

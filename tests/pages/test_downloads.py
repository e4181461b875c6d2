"""What is handed to Streamlit for a download, and how long a page waits for it."""

import threading
from pathlib import Path

import pytest
from streamlit.runtime.download_data_util import convert_data_to_bytes_and_infer_mime
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from core.errors import StorageError
from pages.ui import downloads
from pages.ui.downloads import Content, Making

ANONYMOUS = "RssAnon:"  # of a process's memory, what is no page of a file


def kilobytes() -> int:
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith(ANONYMOUS)), 0)


def test_streamlit_keeps_a_file_to_send_without_a_copy_of_it_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"text\n" * 20_000_000)
    before = kilobytes()
    made = Content(path)
    path.unlink()
    data, _ = convert_data_to_bytes_and_infer_mime(made, AssertionError())
    storage = MemoryMediaFileStorage("/media")
    kept = storage.get_file(storage.load_and_get_id(data, "text/csv", MediaFileKind.DOWNLOADABLE, "rows.csv"))
    assert kept.content_size == 100_000_000
    assert bytes(kept.content[-10:]) == b"text\ntext\n"
    assert kilobytes() - before < 20_000


def test_what_is_gzipped_is_told_to_be_so() -> None:
    names = ("rows.csv", "rows.csv.gz", "rows.jsonl.gz", "model.zip", "rows.of-no-known-kind")
    told = ["text/csv", "application/gzip", "application/gzip", "application/zip", "application/octet-stream"]
    assert [downloads._media_type(name) for name in names] == told


def test_an_empty_file_is_sent_too(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").touch()
    assert bytes(Content(tmp_path / "rows.jsonl").read()) == b""


def test_a_page_waits_for_the_file_that_was_asked_for_and_hears_why_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, asked, go_on = Making(), threading.Event(), threading.Event()

    def fail() -> Content:
        asked.set()
        go_on.wait()
        raise StorageError("The disk is full.", "Free some space.")

    def ask() -> None:
        with pytest.raises(StorageError):
            making.make(fail)

    browser = threading.Thread(target=ask, daemon=True)
    browser.start()
    asked.wait()
    monkeypatch.setattr(downloads, "ASKED_WITHIN_S", 0.0)
    monkeypatch.setattr(downloads.time, "sleep", lambda _: go_on.set())  # it waits, so the file may come
    making.wait()
    browser.join(10)
    assert making.problem == "The disk is full. Free some space."
    making.told = making.ended
    making.wait()  # nobody asks for another one
    assert making.ended == 1

"""An uploaded file goes to the disk, and out of the server's memory."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.reading import said


def page() -> None:
    """A page with one upload, which tells what is on disk and how much the server still holds."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from pages.ui.uploads import saved
    from pages.ui.words import errors_as_sentences

    upload = st.file_uploader("File")
    if upload:
        with errors_as_sentences():
            path = saved(upload)
            context = get_script_run_ctx()
            held = context.uploaded_file_mgr.get_files(context.session_id, [upload.file_id])
            st.text(path)
            st.text(sum(len(file.data) for file in held))


def test_an_upload_is_written_to_disk_and_let_go_of_in_memory(home: Path) -> None:
    app = AppTest.from_function(page).run()
    app.file_uploader[0].upload("../one.txt", b"One row.\n" * 1000).run()
    path, held = (text.value for text in app.text)
    assert Path(path).parent == home / "uploads"
    assert Path(path).read_bytes() == b"One row.\n" * 1000
    assert held == "0"
    app.run()
    assert app.text[0].value == path, "it is written once"


def test_an_upload_that_is_gone_from_the_disk_is_asked_for_again(home: Path) -> None:
    app = AppTest.from_function(page).run()
    app.file_uploader[0].upload("one.txt", b"One row.\n").run()
    Path(app.text[0].value).unlink()
    app.run()
    assert said(app).endswith("The uploaded file is no longer here. Upload it again.")

"""The ways to a dataset on the page Datasets: a file."""

import gzip
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from core.data.workspace import Workspace
from tests.pages.reading import clean, widget

Open = Callable[[str], AppTest]
Wait = Callable[[AppTest], AppTest]


@pytest.mark.parametrize("name", ["lines.txt", "lines.txt.gz"])
def test_a_file_of_one_column_needs_no_mapping(
    open_app: Open, until_quiet: Wait, workspace: Workspace, name: str
) -> None:
    text = b"The first row.\nThe second, with a comma.\n\nThe third.\n"
    app = open_app("datasets")
    app.button_group(key="way").set_value("File").run()
    app.file_uploader[0].upload(name, gzip.compress(text) if name.endswith(".gz") else text).run()
    assert not clean(app).selectbox, "there is nothing to choose"
    assert app.dataframe[0].value["text"].tolist()[:2] == ["The first row.", "The second, with a comma."]
    assert widget(app.text_input, "Name of the dataset").value == "lines"
    widget(app.button, "Import").click().run()
    clean(until_quiet(app))
    [version] = workspace.latest()
    rows = pq.read_table(version.path)
    assert rows["text"].to_pylist() == ["The first row.", "The second, with a comma.", "The third."]

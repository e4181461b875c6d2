"""Files and texts imported as they are by a person."""

from pathlib import Path
from typing import Any

import pytest

from core.data.importing import ImportConfig, import_dataset
from core.data.workspace import Version, Workspace
from core.jobs import run
from tests.core.data.imported_rows import Import, left_over


@pytest.fixture
def imported(workspace: Workspace, tmp_path: Path) -> Import:
    """A function that imports a path, or a text that it writes to a file first."""

    def do(source: Path | str, written_as: str = "a.csv", **settings: Any) -> Version:
        path = source
        if isinstance(source, str):
            path = tmp_path / written_as
            path.write_text(source, "utf-8", newline="")
        config = ImportConfig.model_validate({"source": str(path), **settings})
        result = run(import_dataset(config, workspace, tmp_path, False))
        version = workspace.version(result["version"])
        assert result["rows"] == version.rows
        assert result["summary"].startswith("Imported ")
        assert left_over(workspace) == []
        return version

    return do

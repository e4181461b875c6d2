"""Nothing is written but in the home: all goes well where no other place can be written."""

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.storage import SCRATCH
from tests.disks import writing_only_to

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys, tempfile
from pathlib import Path
import core.__main__
from core.cli import main
from core.data import sql
from core.data.importing import look
from core.data.workspace import Workspace
from core.storage import home_folder

file, home = sys.argv[1], home_folder()
assert len(look(file).rows) == 3
assert main(["data", "import", file, "--name", "told"]) == 0
version = Workspace(home).find("told")
assert sql.query(version, "SELECT 1").rows.num_rows == 1
assert sql.query_to_file(version, "SELECT text FROM data", home / "result.csv", "csv") == 3
tempfile.TemporaryFile().write(b"what Streamlit keeps an upload in")

import matplotlib
from huggingface_hub.constants import HF_HUB_CACHE
print(json.dumps([HF_HUB_CACHE, matplotlib.get_cachedir(), tempfile.gettempdir()]))
"""


def test_files_queries_and_caches_need_no_other_place(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "told.parquet.gz"
    home.mkdir()
    pq.write_table(pa.table({"text": ["a film", "a book", "a song"]}), unpacked := io.BytesIO())
    file.write_bytes(gzip.compress(unpacked.getvalue()))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "XDG_", "MPL"))}
    environment = {**kept, "CORPUS_LAB_HOME": str(home), "HOME": f"{file}/nobody", "TMPDIR": f"{file}/nowhere"}
    command = [*writing_only_to(home), sys.executable, "-c", PROGRAM, file]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    places = json.loads(done.stdout.splitlines()[-1])
    assert all(Path(place).is_relative_to(home) for place in places), places
    assert [left.name for left in (home / SCRATCH).iterdir()] == ["lock"]

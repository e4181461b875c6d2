"""What many tests share: a home folder of their own, and the real data where it is there."""

import fcntl
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

# Threads that wait for each other make the tiny models of the tests a hundred times slower on a busy machine. NumPy's
# linear algebra looks here while it is imported, and never again.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

# isort: split: what follows imports NumPy
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from core.augmentation.extending import CACHE
from core.data.rows import SCHEMA
from core.data.workspace import Version, Workspace
from core.errors import MissingResource
from core.text.synonym_forms import SynonymForms
from core.text.thesaurus import Relation

if sys.version_info < (3, 11):
    from tests.one_registry import share_registry

    share_registry()

# Tests that take long come first, so that no process has one left at the end. The browser's stay together: two
# browsers side by side are three times as slow.
BROWSER = "tests/browser/"
LONG = (
    BROWSER,
    "tests/pages/",
    "tests/core/augmentation/test_models_in_processes",
    "tests/core/cli/",
    "tests/core/finetuning/",
    "tests/core/gan/",
    "tests/core/runs/",
    "tests/core/text/test_synonym_forms",
    "tests/test_readme",
)

gc.disable()  # until all tests are found: what they import stays

SHARED = Path(__file__).parents[2] / "shared" / "data"


class FilesAndBrowser(LoadFileScheduling):
    """Keeps the tests of a file in one process, and all of the browser's in one."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesAndBrowser:
    return FilesAndBrowser(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((place for place, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Keep the collector from looking through all of torch and transformers: a third of a second, twice a training."""
    gc.freeze()
    gc.enable()


def pytest_sessionfinish() -> None:
    gc.unfreeze()  # libraries that count what is left at the end find nothing


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """AppTest leaves its script as the main module, which processes that a later test starts would then run."""
    kept = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = kept


@pytest.fixture(scope="session")
def synonyms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tables of synonyms, made once for all tests and all processes of pytest: it takes seconds."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "synonyms"
    folder.mkdir(exist_ok=True)
    return with_table(folder, "synonym")


@pytest.fixture(scope="session")
def hypernyms(synonyms: Path) -> Path:
    """The same folder with the table of hypernyms in it."""
    return with_table(synonyms, "hypernym")


def with_table(folder: Path, relation: Relation) -> Path:
    with (folder / "lock").open("w") as lock, suppress(MissingResource):
        fcntl.flock(lock, fcntl.LOCK_EX)
        SynonymForms.load(folder, relation)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, also in CORPUS_LAB_HOME."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CORPUS_LAB_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def give_synonyms(synonyms: Path) -> Callable[[Path], None]:
    """A function that puts the tables of synonyms into a new home folder, as someone has who augmented text before."""

    def give(home: Path) -> None:
        (home / "cache").mkdir(parents=True)
        (home / "cache" / CACHE).symlink_to(synonyms)

    return give


@pytest.fixture
def synonyms_at_home(home: Path, give_synonyms: Callable[[Path], None]) -> None:
    """The home folder has the tables of synonyms."""
    give_synonyms(home)


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return Workspace(home)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the project; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real data in ../shared/data is not on this machine")
    return SHARED


@pytest.fixture
def make_version(workspace: Workspace) -> Callable[..., Version]:
    """A function that puts rows into the workspace as the first version of a dataset."""

    def make(
        texts: Sequence[str],
        labels: Sequence[str | None] | None = None,
        splits: Sequence[str | None] | None = None,
        name: str = "sample",
        language: str = "en",
        **columns: Sequence[object],
    ) -> Version:
        n = len(texts)
        data = {
            "id": pa.array([f"r{i}" for i in range(n)]),
            "text": pa.array(texts, pa.string()),
            "label": pa.array(labels or [None] * n, pa.string()),
            "split": pa.array(splits or [None] * n, pa.string()),
            "origin": pa.array(["original"] * n),
            "parent_id": pa.nulls(n, pa.string()),
            "operator": pa.nulls(n, pa.string()),
        }
        extra = {key: pa.array(values) for key, values in columns.items()}
        schema = pa.schema([*SCHEMA, *(pa.field(key, value.type) for key, value in extra.items())])
        staged = workspace.staging_path()
        pq.write_table(pa.table({**data, **extra}, schema=schema), staged)
        return workspace.add(staged, action="import", params={"source": "test"}, name=name, language=language)

    return make

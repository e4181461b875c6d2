"""Deleting a run with all that it left behind."""

import shutil

from core.runs.kinds import KINDS
from core.runs.store import Run, RunStore
from core.storage import storage_errors


def delete_run(store: RunStore, run: Run) -> None:
    """Forget an ended run and remove its folder with checkpoints and model, and what was kept elsewhere for it alone.

    Raises NotFound, InputError while it goes on, StorageError.
    """
    store.delete(run.id)
    with storage_errors(run.folder):
        shutil.rmtree(run.folder, ignore_errors=True)
    forget = KINDS[run.kind].load_forget()
    if forget is not None:
        everybody = RunStore(store.home, owner=None).runs(limit=-1)
        forget(run.config, [other.config for other in everybody if other.kind == run.kind], store.home)

"""The import job: an ARPA file of any program becomes a model that is judged on a dataset's held-out rows."""

import shutil
import time
from pathlib import Path
from typing import Any

from pydantic import Field

from core.data.corpus import ReadingConfig, version_parts
from core.data.workspace import Workspace
from core.jobs import Artifact, Job
from core.ngram.arpa_reading import read_arpa
from core.ngram.evaluation import evaluate
from core.ngram.model import IMPORTED, SETTINGS, NgramModel
from core.ngram.training import MODEL
from core.storage import storage_errors


class ArpaConfig(ReadingConfig):
    """An n-gram model out of an ARPA file. The text is read with these settings when the model judges it."""

    version: str = Field(description="The dataset version whose held-out rows the model is judged on.")
    source: str = Field(description="Where the ARPA file is.")
    validation_share: float = Field(
        default=0.1,
        ge=0.01,
        le=0.5,
        description="Share of the training texts held out for validation, if the dataset has no validation split.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Which texts are held out.")


def import_arpa(config: ArpaConfig, workspace: Workspace, folder: Path, resume: bool) -> Job[dict[str, Any]]:
    """Make the ARPA file `config.source` a model in `folder`/model and judge it; it starts anew when it is resumed.

    Emits Progress and Artifact("model"). The result has the keys of core.ngram.training.train that an imported model
    has: summary, estimator, order, validation and test (reports, test None without test rows), vocabulary, ngrams,
    size, seconds, tokens_per_second, model and notes.
    Raises FileError for what is no ARPA file, InputError where there is nothing to judge it on, StorageError.
    """
    started = time.perf_counter()
    target = folder / MODEL
    parts = version_parts(workspace.find(config.version), config, config.validation_share, config.seed)
    with storage_errors(folder):
        shutil.rmtree(target, ignore_errors=True)
        imported = yield from read_arpa(Path(config.source), target)
        reading = {"tokenizer": parts.train.tokenizer, "language": parts.train.language, "reading": parts.train.reading}
        settings = imported.settings.model_copy(update=reading)
        (target / SETTINGS).write_text(settings.model_dump_json(indent=2), "utf-8")
    model = NgramModel.load(target)
    read = time.perf_counter() - started
    yield Artifact("model", MODEL)
    report = yield from evaluate(model, parts.validation)
    rate = report.tokens / (time.perf_counter() - started - read)
    test = (yield from evaluate(model, parts.test)) if parts.test else None
    said = "no perplexity" if report.perplexity is None else f"a perplexity of {report.perplexity:,.1f}"
    return {
        "summary": f"The imported model of order {model.order} has {said} on {report.tokens:,} validation tokens.",
        "estimator": IMPORTED,
        "order": model.order,
        "validation": report.as_json(),
        "test": test.as_json() if test else None,
        "vocabulary": len(model.vocabulary),
        "ngrams": list(settings.ngrams),
        "size": sum(path.stat().st_size for path in target.iterdir()),
        "seconds": round(read, 1),
        "tokens_per_second": round(rate),
        "model": MODEL,
        "notes": parts.notes,
    }

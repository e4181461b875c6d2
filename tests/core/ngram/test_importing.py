"""An ARPA file becomes a model of a dataset, judged on its held-out rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.data.workspace import Version, Workspace
from core.errors import FileError
from core.jobs import run
from core.ngram.arpa import write_arpa
from core.ngram.config import NgramConfig
from core.ngram.importing import ArpaConfig, import_arpa
from core.ngram.model import NgramModel
from core.ngram.training import MODEL, train

TEXTS = [f"The {who} {does} on the {where}." for who in ("cat", "dog") for does in ("sat", "ran") for where in "abcde"]


def test_an_imported_model_reads_and_judges_as_the_one_that_was_exported(
    workspace: Workspace, make_version: Callable[..., Version], tmp_path: Path
) -> None:
    version = make_version(TEXTS, splits=["train"] * 14 + ["validation"] * 4 + ["test"] * 2)
    fitted = run(train(NgramConfig(version=version.id), workspace, tmp_path / "fitted", False))
    source = tmp_path / "model.arpa"
    run(write_arpa(NgramModel.load(tmp_path / "fitted" / MODEL), source))
    folder = tmp_path / "imported"
    config = ArpaConfig(version=version.id, source=str(source))
    result = run(import_arpa(config, workspace, folder, False))
    for part in ("validation", "test"):
        assert result[part]["tokens"] == fitted[part]["tokens"]
        assert result[part]["perplexity"] == pytest.approx(fitted[part]["perplexity"], rel=1e-4)
    assert (result["estimator"], result["order"], result["ngrams"]) == ("arpa", fitted["order"], fitted["ngrams"])
    model = NgramModel.load(folder / MODEL)
    assert list(model.corpus(["The cat, again."]).sequences()) == [["the", "cat", ",", "again", "."]]
    assert not model.is_counted


def test_what_is_no_arpa_file_is_a_sentence(
    workspace: Workspace, make_version: Callable[..., Version], tmp_path: Path
) -> None:
    version = make_version(TEXTS)
    source = tmp_path / "words.txt"
    source.write_text("no ARPA", "utf-8")
    with pytest.raises(FileError, match="is no ARPA file"):
        run(import_arpa(ArpaConfig(version=version.id, source=str(source)), workspace, tmp_path / "run", False))

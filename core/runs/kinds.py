"""The kinds of run: a name, the job it runs, its config class, and the lane it waits in.

Jobs and configs are named by where they are ("module:attribute") and imported only by who needs them, so that a
page that shows a run does not import torch. A job is called as
`job(config, workspace, folder, resume)` and returns a JSON-able dict.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.config import Config
from core.data.workspace import Workspace
from core.jobs import Job
from core.registry import Registry

Work = Callable[[Config, Workspace, Path, bool], Job[Mapping[str, Any]]]
Settings = Mapping[str, Any]
Forget = Callable[[Settings, Sequence[Settings], Path], None]
Lane = Literal["data", "counting", "training"]


@dataclass(frozen=True)
class Kind:
    """What a run of this kind is: `title` for people, `job`, `config` and `forget` as "module:attribute".

    `forget` is for kinds that keep something outside the run's folder: called as `forget(settings of a deleted run,
    settings of all others of its kind, home)`, it removes what is no longer needed.
    """

    title: str
    job: str
    config: str
    lane: Lane  # at most one run of a lane runs at a time, so an import need not wait for a training
    resumable: bool = False
    forget: str = ""

    def load_job(self) -> Work:
        """Import and return the job."""
        work: Work = _load(self.job)
        return work

    def load_config(self) -> type[Config]:
        """Import and return the config class."""
        config: type[Config] = _load(self.config)
        return config

    def load_forget(self) -> Forget | None:
        """Import and return what removes the leftovers of a deleted run; None for a kind that has none."""
        forget: Forget | None = _load(self.forget) if self.forget else None
        return forget


def _load(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)


KINDS: Registry[Kind] = Registry("kind of run")

for name, kind in {
    "import": Kind("Import", "core.data.importing:import_dataset", "core.data.importing:ImportConfig", "data"),
    "preprocess": Kind(
        "Preprocess", "core.data.preprocessing:preprocess", "core.data.preprocessing:PreprocessConfig", "data"
    ),
    "split": Kind("Split", "core.data.splitting:split", "core.data.splitting:SplitConfig", "data"),
    "augment": Kind(
        "Augmentation", "core.augmentation.pipeline:augment", "core.augmentation.pipeline:AugmentConfig", "data"
    ),
    "finetune": Kind(
        "Fine-tuning",
        "core.finetuning.training:finetune",
        "core.finetuning.config:FinetuneConfig",
        "training",
        resumable=True,
    ),
    "ngram": Kind("N-gram model", "core.ngram.training:train", "core.ngram.config:NgramConfig", "counting"),
    "arpa": Kind("ARPA import", "core.ngram.importing:import_arpa", "core.ngram.importing:ArpaConfig", "counting"),
    "lm": Kind(
        "Language model",
        "core.neural_lm.training:train_lm",
        "core.neural_lm.config:LmConfig",
        "training",
        resumable=True,
    ),
    "gan_digits": Kind(
        "GAN of digits",
        "core.gan.digits.training:train_digits",
        "core.gan.digits.config:DigitsConfig",
        "training",
        resumable=True,
        forget="core.gan.digits.kept:forget",
    ),
    "gan_text": Kind(
        "GAN of text",
        "core.gan.text.training:gan_text",
        "core.gan.text.config:GanTextConfig",
        "training",
        resumable=True,
    ),
}.items():
    KINDS.register(name)(kind)

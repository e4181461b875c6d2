"""Before a training: how many weights, how much memory, how long on this machine."""

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.data.workspace import Version
from core.finetuning.config import FinetuneConfig
from core.finetuning.encoding import LONGEST, Encoded, chosen_length, tokenize
from core.finetuning.examples import Rows, read_examples
from core.finetuning.memory import LESS, available_memory
from core.finetuning.memory_needed import Memory, memory_needed
from core.finetuning.model import load_pretrained, load_tokenizer
from core.finetuning.pretrained import Pretrained, find_pretrained
from core.finetuning.shape import sizes_of
from core.finetuning.strategies import choose_trained, frozen_by_epoch, layers_of, learning_rate
from core.precision import Precision, fastest, torch_threads
from core.storage import scratch_folder
from core.text.embedded_model import quiet

PROBE_STEPS = 3
MEASURED_TEXTS = 2_000
CURVE_ROWS = 1_000
FORWARD = 1 / 3  # of the time of a training step: the way forward, without the way back


@dataclass(frozen=True)
class Needs:
    """What a training needs, told from the sizes of its model alone.

    `memory` is for texts of `max_length` tokens; `available` is the free memory in bytes, None where it cannot be
    known; `learning_rate` is the largest step. `warning` is a sentence where the memory does not suffice, or "".
    """

    model: str
    parameters: int
    trained: int
    memory: Memory
    available: int | None
    max_length: int
    learning_rate: float
    warning: str


@dataclass(frozen=True)
class Estimate(Needs):
    """What a training will take.

    `seconds` is of the whole run and `step_seconds` of a step, both None where the memory does not suffice and nothing
    was tried; `notes` are sentences about the rows.
    """

    steps: int  # of one seed
    step_seconds: float | None
    seconds: float | None
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON types; `memory` has a `total`."""
        return {**asdict(self), "memory": {**asdict(self.memory), "total": self.memory.total}}

    @property
    def summary(self) -> str:
        """The numbers as sentences."""
        text = (
            f"{self.model} has {self.parameters:,} weights, of which {self.trained:,} are trained. "
            f"The training needs about {self.memory.total / 1e9:.1f} GB of memory"
        )
        if self.seconds is None:
            return f"{text}. {self.warning}"
        return f"{text} and {_duration(self.seconds)} for {self.steps:,} steps. {self.warning}".rstrip()


def needs(config: FinetuneConfig, found: Pretrained) -> Needs:
    """Return what a training of the model that was `found` needs at most: at once, without torch, on a processor.

    Two labels are counted, and texts as long as they can be where `config` does not say. Raises InputError where more
    layers are to be frozen than there are.
    """
    return _needs(config, found, 2, min(found.shape.places, config.max_length or LONGEST), False, True, None)


def _needs(
    config: FinetuneConfig,
    found: Pretrained,
    labels: int,
    max_length: int,
    bfloat16: bool,
    alone: bool,
    texts: int | None,
) -> Needs:
    shape = found.shape
    sizes = sizes_of(shape, config, labels)
    memory = memory_needed(shape, sizes, config.batch_size, max_length, bfloat16, alone, texts)
    available = available_memory()
    rate = learning_rate(config, shape.width)
    warning = _warning(memory, available)
    return Needs(found.name, sizes.weights, sizes.trained, memory, available, max_length, rate, warning)


def estimate(config: FinetuneConfig, version: Version, hub_only: bool = False) -> Estimate:
    """Return what a training on `version` will take: it is measured on three steps, after one that does not count.

    The steps are made with the real model on the version's own texts, and only where the memory suffices. Takes
    seconds. `hub_only` is as in `find_pretrained`. Raises what the training would raise before its first step.
    """
    examples = read_examples(version, config)
    found = find_pretrained(config.model, hub_only)
    import torch

    from core.finetuning.fitting import steps_per_epoch

    precision = fastest()
    with torch_threads(precision.threads), quiet():
        tokenizer = load_tokenizer(found)
        length, cut = chosen_length(tokenizer, examples.train, config.max_length, config.seed)
        alone = not torch.cuda.is_available()
        texts = len(examples.train) + min(CURVE_ROWS, len(examples.validation))
        needed = _needs(config, found, len(examples.labels), length, precision.bfloat16, alone, texts)
        steps = config.epochs * steps_per_epoch(config, len(examples.train))
        seconds = step_seconds = None
        if not needed.warning:
            model, _ = load_pretrained(found, examples.labels, config.seed, config.multi_label)
            choose_trained(model, config)
            sample = examples.train.drawn(MEASURED_TEXTS, config.seed)
            encoded = Encoded(tokenize(tokenizer, sample.texts, length), sample.targets)
            by_epoch = _seconds_per_token(config, model, encoded, len(examples.labels), tokenizer, precision)
            tokens = sum(map(len, encoded.tokens)) / len(encoded)
            learning = sum(by_epoch) * len(examples.train) * tokens
            scoring = by_epoch[0] * FORWARD * _scored(config, examples.validation, examples.test) * tokens
            seconds = (learning + scoring) * len(config.seeds)
            step_seconds = learning / steps
    return Estimate(
        **vars(needed), steps=steps, step_seconds=step_seconds, seconds=seconds, notes=[*examples.notes, *cut]
    )


def _scored(config: FinetuneConfig, validation: Rows, test: Rows) -> int:
    """Return how many rows a training scores: the curve's at every evaluation, at the end all, in float32 (twice)."""
    curve = config.epochs * config.evaluations_per_epoch * min(CURVE_ROWS, len(validation))
    return curve + 2 * (len(validation) + len(test))


def _warning(memory: Memory, available: int | None) -> str:
    if available is None or memory.total < available:
        return ""
    return (
        f"This training needs about {memory.total / 1e9:.1f} GB of memory, and {available / 1e9:.1f} GB are free: it "
        f"would be stopped. {LESS}"
    )


def _seconds_per_token(
    config: FinetuneConfig, model: Any, rows: Encoded, labels: int, tokenizer: Any, precision: Precision
) -> list[float]:
    """Return the seconds of a training step per token in each epoch.

    Those of the first are of PROBE_STEPS steps after one that warms up, those of the last of the same steps again where
    it is shorter. With gradual freezing the others are taken to lie evenly between, else they are like the last.
    """
    import torch

    from core.finetuning.fitting import Material, trainer_for
    from core.finetuning.reporting import Reporter

    frozen = frozen_by_epoch(config, len(layers_of(model)))
    with scratch_folder() as folder:
        material = Material(rows, rows, labels, tokenizer.pad_token_id)
        reporter = Reporter(lambda event: None, rows_per_step=1)
        trainer = trainer_for(config, config.seed, model, material, folder, precision, reporter)
        optimizer = trainer.create_optimizer()
        batches = [batch for _, batch in zip(range(1 + PROBE_STEPS), trainer.get_train_dataloader(), strict=False)]

        def step(batch: dict[str, Any]) -> None:
            with torch.autocast(model.device.type, torch.bfloat16, enabled=precision.bfloat16):
                trainer.training_step(model, dict(batch), len(batch["labels"]))
            trainer._clip_grad_norm(model)
            optimizer.step()
            model.zero_grad()

        def per_token() -> float:
            timed = [batches[number % len(batches)] for number in range(1, 1 + PROBE_STEPS)]
            started = time.perf_counter()
            for batch in timed:
                step(batch)
            return (time.perf_counter() - started) / sum(int(batch["attention_mask"].sum()) for batch in timed)

        step(batches[0])
        first = per_token()
        before, last = frozen[-2:] if len(frozen) > 1 else frozen * 2
        if before < last:
            trainer.freezing.freeze(before, optimizer)
            per_token()
            trainer.freezing.freeze(last, optimizer)
            return [float(seconds) for seconds in np.linspace(first, per_token(), len(frozen))]
        later = per_token() if trainer.freezing.shortens else first
        return [first, *[later] * (len(frozen) - 1)]


def _duration(seconds: float) -> str:
    if seconds < 1.5:
        return "about a second"
    if seconds < 90:
        return f"about {round(seconds)} seconds"
    minutes = seconds / 60
    return f"about {minutes:,.0f} minutes" if minutes < 90 else f"about {minutes / 60:,.1f} hours"

"""The training loop: a generator of events that can be stopped at each of them and gone on with from its checkpoint.

Importing this module imports torch.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core import checkpoint
from core.errors import InputError
from core.jobs import Job, Metrics, Progress, Sample
from core.neural_lm.batching import Streams
from core.neural_lm.config import LmSettings
from core.neural_lm.material import Material
from core.neural_lm.model import LanguageModel
from core.neural_lm.networks import Tied
from core.neural_lm.schedule import learning_rate, steps_left
from core.neural_lm.scores import Scores
from core.neural_lm.scoring import evenly, score_windows, windows
from core.neural_lm.softmax import cross_entropy
from core.randomness import rng_for

PROGRESS_EVERY_S = 0.1
CHECKPOINT_EVERY_S = 30.0
POINTS_PER_EPOCH = 50
POINT_STEPS = 20  # at most from one point of the training curves to the next
CURVE_TOKENS = 20_000  # of the validation text, or a tenth of the training text where that is more
SMALLEST_COUNT = 0.5  # added to each, since words that are rare here are likelier elsewhere
SAMPLE_TOKENS = 40
SAMPLE_TEMPERATURE = 0.8


@dataclass
class Standing:
    """How far a training is."""

    step: int = 0
    share: float = 0.0  # of the training that is done; 1 at its end
    seconds: float = 0.0
    tokens: int = 0  # learned from
    learning: float = 0.0  # seconds spent on them; the rest is evaluations
    told_tokens: int = 0  # the tokens and seconds up to the last point
    told_learning: float = 0.0
    judged: int = 0  # the step of the last evaluation
    best_step: int = 0
    best_loss: float = math.inf
    since_best: int = 0  # evaluations that were no better


class Trainer:
    """Trains the network of `model` on `material`. Checkpoints and the best weights are kept in `folder`.

    `stamp` stands in every checkpoint: "bfloat16" says in which precision to train.
    """

    def __init__(self, model: LanguageModel, material: Material, folder: Path, stamp: Mapping[str, Any]) -> None:
        self._model, self._network, self._settings = model, model.network, model.settings
        self._bfloat16, self._folder, self._stamp = bool(stamp["bfloat16"]), folder, stamp
        self.streams = Streams(material.train, self._settings.batch_size, self._settings.bptt, self._settings.seed)
        self._last_step = self._settings.epochs * self.streams.steps
        self._point_every = min(POINT_STEPS, math.ceil(self.streams.steps / POINTS_PER_EPOCH))
        self._validation = material.validation
        scored = self._network.span - self._network.context
        everything = windows(len(self._validation), self._network.span, self._network.context)
        self._curve = evenly(everything, math.ceil(max(CURVE_TOKENS, len(material.train) // 10) / scored))
        self.judges_all = len(self._curve) == len(everything)
        counts = self.streams.expected_counts(len(model.vocabulary), self._settings.unknown_share)
        with torch.no_grad():  # words begin as likely as they are frequent
            self._network.bias.copy_(torch.from_numpy(np.log((counts + SMALLEST_COUNT) / counts.sum())))
        self._optimizer = optimizer(self._network, self._settings)
        self.standing = Standing()
        self._state: Any = None  # of the LSTM before the next step
        self._loss = torch.zeros((), device=self._network.bias.device)  # summed since the last point
        self._told = self._saved = self._looked = time.perf_counter()

    def train(self) -> Job[str]:
        """Train to the end and return why that came: "epochs", "time" or "patience".

        Closing the generator writes a checkpoint. Raises InputError when the loss is no longer a number.
        """
        try:
            while True:
                ended = self._end()
                due = ended or self.standing.step % self.streams.steps == 0
                if due and self.standing.judged < self.standing.step:
                    yield from self._judge()
                    self.save()
                    ended = self._end()
                if ended:
                    return ended
                yield from self._epoch()
        except GeneratorExit:
            self.save()
            raise

    def _end(self) -> str:
        """Return why the training is over, "" while it is not."""
        standing = self.standing
        if self._settings.patience and standing.since_best >= self._settings.patience:
            return "patience"
        if standing.step >= self._last_step:
            return "epochs"
        return "" if self._steps_left() else "time"

    def _steps_left(self) -> int:
        standing = self.standing
        return steps_left(standing.step, self._last_step, standing.seconds, self._settings.max_minutes)

    def _epoch(self) -> Job[None]:
        """Make the steps that are left of the epoch, as far as there is time for them."""
        standing, settings = self.standing, self._settings
        epoch, begun = divmod(standing.step, self.streams.steps)
        ids = self.streams.epoch(epoch, settings.unknown_share)
        text = torch.from_numpy(ids.astype(np.int64)).to(self._network.bias.device)  # (B, tokens + 1)
        self._state = self._state if begun else None
        for step in range(begun, self.streams.steps):
            left = self._steps_left()
            if not left:
                return
            standing.share += (1 - standing.share) / left
            rate = learning_rate(settings, standing.share, epoch)
            norm = self._step(text[:, step * settings.bptt : (step + 1) * settings.bptt + 1], rate)
            self._look_at_the_clock()
            if standing.step % self._point_every == 0 or step + 1 == self.streams.steps or standing.step == 1:
                yield self._point(rate, float(norm))
            if time.perf_counter() - self._told > PROGRESS_EVERY_S:
                yield self._progress(f"Epoch {epoch + 1} of {settings.epochs}")
            if time.perf_counter() - self._saved > CHECKPOINT_EVERY_S:
                self.save()

    def _step(self, text: Any, rate: float) -> Any:
        """Learn from (B, T + 1) tokens and return the norm of the gradient before it was clipped."""
        started = time.perf_counter()
        standing, network = self.standing, self._network
        # Seeded by the step, dropout is the same after a resumption.
        torch.manual_seed(int(rng_for(self._settings.seed, f"step {standing.step}", "dropout").integers(2**62)))
        network.train()
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(text.device.type, torch.bfloat16, enabled=self._bfloat16):
            hidden, state = network(text[:, :-1], self._state)  # (B, T, D)
        self._state = None if state is None else tuple(part.detach() for part in state)
        targets = text[:, 1:].reshape(-1)
        loss = cross_entropy(hidden.flatten(0, 1), network.embedding.weight, network.bias, targets, self._bfloat16)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), self._settings.recipe.clip)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._loss += loss.detach() * len(targets)
        standing.step += 1
        standing.tokens += len(targets)
        standing.learning += time.perf_counter() - started
        return norm

    def _point(self, rate: float, norm: float) -> Metrics:
        """Return the point of the training curves for the steps since the last one."""
        standing = self.standing
        started = time.perf_counter()
        self._require_a_number()  # here a graphics card is waited for
        standing.learning += time.perf_counter() - started
        tokens, seconds = standing.tokens - standing.told_tokens, standing.learning - standing.told_learning
        standing.told_tokens, standing.told_learning = standing.tokens, standing.learning
        values = {
            "train/loss": float(self._loss) / tokens,
            "train/learning_rate": rate,
            "train/gradient_norm": norm,
            "train/tokens_per_second": tokens / seconds,
            "train/seconds_left": self._steps_left() * standing.seconds / standing.step,
        }
        self._loss.zero_()
        return Metrics(standing.step, values)

    def _progress(self, message: str) -> Progress:
        self._told = time.perf_counter()
        return Progress(self.standing.step, self.standing.step + self._steps_left(), "steps", message)

    def _judge(self) -> Job[None]:
        """Measure the validation perplexity, keep the weights if they are the best so far, and show a sample text."""
        standing = self.standing
        parts = []
        for targets, found in score_windows(self._network, self._validation, self._curve, self._bfloat16):
            parts.append(Scores.of(targets, found))
            yield self._progress("Judging the model on the validation text")
        scores = sum(parts[1:], parts[0])
        text = self._model.generate(tokens=SAMPLE_TOKENS, temperature=SAMPLE_TEMPERATURE, seed=self._settings.seed)
        epochs = standing.step / self.streams.steps
        self._look_at_the_clock()
        yield Sample("text", {"epoch": epochs, "step": standing.step, "text": text})
        standing.judged = standing.step
        standing.since_best += 1
        if scores.loss < standing.best_loss:
            standing.best_loss, standing.best_step, standing.since_best = scores.loss, standing.step, 0
            checkpoint.write_best(self._folder, self._network.state_dict())
        yield Metrics(standing.step, {"validation/perplexity": scores.perplexity, "validation/loss": scores.loss})

    def _look_at_the_clock(self) -> None:
        now = time.perf_counter()
        self.standing.seconds += now - self._looked
        self._looked = now

    def _require_a_number(self) -> None:
        if not math.isfinite(float(self._loss)):
            raise InputError(
                f"The training loss stopped being a number at step {self.standing.step:,}.",
                "Train again with a smaller learning rate.",
            )

    def save(self) -> None:
        """Write the checkpoint that `restore` goes on from."""
        self._require_a_number()
        state = {
            **self._stamp,
            "standing": asdict(self.standing),
            "loss": float(self._loss),
            "state": self._state,
            "network": self._network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }
        checkpoint.write(self._folder, state)
        self._saved = time.perf_counter()

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from the checkpoint `saved`."""
        self.standing = Standing(**saved["standing"])
        self._loss.fill_(saved["loss"])
        device = self._network.bias.device
        self._state = saved["state"] and tuple(part.to(device) for part in saved["state"])
        self._network.load_state_dict(saved["network"])
        self._optimizer.load_state_dict(saved["optimizer"])


def optimizer(network: Tied, settings: LmSettings) -> Any:
    """Return the fused optimiser of the preset: plain SGD, or AdamW that leaves biases and norms undecayed."""
    rate = settings.recipe.learning_rate
    if settings.preset == "classic":
        return torch.optim.SGD(network.parameters(), rate, fused=True)
    groups = [
        {"params": [p for p in network.parameters() if p.dim() > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in network.parameters() if p.dim() == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, rate, fused=True)

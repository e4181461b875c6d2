"""The judge: a small classifier of the real pictures, through whose eyes generated ones are measured.

Importing this module imports torch.
"""

import math
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn
from torch.nn import functional as F

from core import checkpoint
from core.gan.digits.measures import Floats
from core.gan.digits.model import to_tensor
from core.gan.digits.pictures import Pictures, Pixels
from core.jobs import Job, Progress
from core.randomness import rng_for

FOLDER = "judges"  # in the home folder: one file for each set of pictures
FEATURES = 64
HELD_OUT = 0.1
LOOKS, LOOKS_EACH = 60_000, 30  # at pictures, and at each of them, at most
BATCH = 64
AT_ONCE = 500  # pictures that are judged in one go
SEED = 0


class Classifier(nn.Module):  # type: ignore[misc]
    """Two convolutions that halve the picture, then FEATURES numbers, then a score for each class."""

    def __init__(self, size: tuple[int, int], classes: int) -> None:
        super().__init__()
        self.large = nn.Conv2d(1, 16, 3, padding=1)
        self.small = nn.Conv2d(16, 32, 3, padding=1)
        self.features = nn.Linear(32 * (size[0] // 4) * (size[1] // 4), FEATURES)
        self.scores = nn.Linear(FEATURES, classes)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return features (B, FEATURES) and scores (B, K) of pictures (B, 1, H, W)."""
        x = F.max_pool2d(F.relu(self.large(pictures)), 2)  # (B, 16, H/2, W/2)
        x = F.max_pool2d(F.relu(self.small(x)), 2)  # (B, 32, H/4, W/4)
        features = F.relu(self.features(x.flatten(1)))
        return features, self.scores(features)


class Judge:
    """A trained classifier. `accuracy` is the share of held-out real pictures whose class it tells."""

    def __init__(self, network: Classifier, accuracy: float) -> None:
        self._network = network.eval()
        self.accuracy = accuracy

    def look(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """Return the features (N, FEATURES) and the probabilities of the classes (N, K) of pictures (N, H, W)."""
        features, probabilities = [], []
        with torch.inference_mode():
            for first in range(0, len(pixels), AT_ONCE):
                found, scores = self._network(to_tensor(pixels[first : first + AT_ONCE]))
                features.append(found.double().numpy())
                probabilities.append(scores.double().softmax(1).numpy())
        return np.concatenate(features), np.concatenate(probabilities)


def judge_for(pictures: Pictures, home: Path) -> Job[Judge]:
    """Return the judge of these pictures: the one kept in `home`, else a new one, which is then kept there."""
    path = home / FOLDER / f"{pictures.digest}.safetensors"
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        network = Classifier(pictures.size, len(pictures.names))
    if path.is_file():
        try:
            kept = load(path.read_bytes())
            accuracy = float(kept.pop("accuracy"))
            network.load_state_dict(kept)
            return Judge(network, accuracy)
        except (SafetensorError, KeyError, RuntimeError):
            path.unlink()  # of another version, or damaged: it is made anew
    accuracy = yield from _learn(network, pictures)
    path.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.replace(path, save({**network.state_dict(), "accuracy": torch.tensor(accuracy)}))
    return Judge(network, accuracy)


def _learn(network: Classifier, pictures: Pictures) -> Job[float]:
    """Train the classifier and return its accuracy on the pictures held out."""
    rng = rng_for(SEED, pictures.digest, "judge")
    order = rng.permutation(len(pictures.pixels))
    cut = max(1, round(len(order) * HELD_OUT))
    held_out, train = order[:cut], order[cut:]
    inputs, targets = to_tensor(pictures.pixels), torch.from_numpy(pictures.classes)
    optimizer = torch.optim.Adam(network.parameters(), 2e-3, fused=True)
    steps = math.ceil(min(LOOKS, LOOKS_EACH * len(train)) / BATCH)
    for step in range(steps):
        if step % 20 == 0:
            yield Progress(step, steps, "steps", "Training the judge, a classifier of the real pictures")
        some = torch.from_numpy(rng.choice(train, BATCH))
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * (1 - step / steps)
        F.cross_entropy(network(inputs[some])[1], targets[some]).backward()
        optimizer.step()
        optimizer.zero_grad()
    _, probabilities = Judge(network, 0.0).look(pictures.pixels[held_out])
    return float((probabilities.argmax(1) == pictures.classes[held_out]).mean())

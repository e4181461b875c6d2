"""The peer of bench_gan_digits: the classic GAN of MNIST trained as tutorials write it, written out.

`python -m tests.benchmarks.gan_digits_tutorial FOLDER SECONDS SAMPLES.npz`; prints JSON. A DataLoader that transforms
one picture at a time, probabilities and BCELoss, two passes of the discriminator, Adam as it comes.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

from core.data.sources.images import idx_folder

WARM_UP = 20  # steps that are not timed
BATCH, LATENT, HIDDEN = 100, 784, 256
PRINTED = 200
SAMPLES = 2_000


class Mnist(Dataset):
    """One picture at a time: through PIL to a tensor from 0 to 1, then to one from -1 to 1."""

    def __init__(self, folder: Path) -> None:
        images = idx_folder(folder)
        self.data, self.targets = torch.from_numpy(images.pixels.copy()), torch.from_numpy(images.labels.copy())

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        image = Image.fromarray(self.data[index].numpy())
        tensor = torch.from_numpy(np.array(image, np.uint8, copy=True)).unsqueeze(0).to(torch.float32).div(255)
        return tensor.sub_(torch.tensor([0.5])[:, None, None]).div_(torch.tensor([0.5])[:, None, None]), int(
            self.targets[index]
        )


def main(folder: Path, seconds: float, samples: Path) -> dict[str, float]:
    torch.manual_seed(0)
    discriminator = nn.Sequential(nn.Linear(784, HIDDEN), nn.LeakyReLU(0.2), nn.Linear(HIDDEN, 1), nn.Sigmoid())
    generator = nn.Sequential(nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 784), nn.Tanh())
    criterion = nn.BCELoss()
    d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=2e-4)
    g_optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4)
    loader = DataLoader(Mnist(folder), BATCH, shuffle=True)
    begun = timed = time.perf_counter()
    steps = 0
    while time.perf_counter() - begun < seconds:
        for images, _ in loader:
            if steps == WARM_UP:
                timed = time.perf_counter()
            images = images.reshape(len(images), -1)
            real, fake = torch.ones(len(images), 1), torch.zeros(len(images), 1)
            outputs = discriminator(images)
            d_loss_real, real_score = criterion(outputs, real), outputs
            made = generator(torch.randn(len(images), LATENT))
            outputs = discriminator(made)
            d_loss_fake, fake_score = criterion(outputs, fake), outputs
            d_loss = d_loss_real + d_loss_fake
            d_optimizer.zero_grad()
            g_optimizer.zero_grad()
            d_loss.backward()
            d_optimizer.step()
            made = generator(torch.randn(len(images), LATENT))
            g_loss = criterion(discriminator(made), real)
            d_optimizer.zero_grad()
            g_optimizer.zero_grad()
            g_loss.backward()
            g_optimizer.step()
            steps += 1
            if steps % PRINTED == 0:
                scores = real_score.mean().item(), fake_score.mean().item()
                print(steps, d_loss.item(), g_loss.item(), *scores, file=sys.stderr)
            if time.perf_counter() - begun > seconds and steps > WARM_UP:
                break
    speed = (steps - WARM_UP) / (time.perf_counter() - timed)
    with torch.no_grad():
        drawn = generator(torch.randn(SAMPLES, LATENT)).reshape(-1, 28, 28)
    np.savez(samples, images=((drawn + 1) * 127.5).round().to(torch.uint8).numpy())
    return {"speed": speed, "steps": steps}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))))

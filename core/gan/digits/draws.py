"""What an update begins with: real pictures, their classes and noise, drawn ahead by a thread while the last one works.

Importing this module imports torch.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import torch

from core.randomness import rng_for

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


class Draws:
    """Batches by their number, so that a training that goes on from a checkpoint draws what it would have drawn.

    `pictures` are (N, 1, H, W) and `classes` (N,); a batch is `size` of both and as much noise, (size, noise).
    """

    def __init__(self, pictures: torch.Tensor, classes: torch.Tensor, noise: int, size: int, seed: int) -> None:
        self._pictures, self._classes, self._noise, self._size, self._seed = pictures, classes, noise, size, seed
        self._random = torch.Generator()
        self._thread = ThreadPoolExecutor(1, "draws", lambda: torch.set_num_threads(1))
        self._ahead: tuple[int, Future[Batch]] | None = None

    def take(self, number: int) -> Batch:
        """Return the batch of this number, and begin to draw the one after it."""
        if self._ahead is None or self._ahead[0] != number:
            self._ahead = number, self._thread.submit(self._drawn, number)
        batch = self._ahead[1].result()
        self._ahead = number + 1, self._thread.submit(self._drawn, number + 1)
        return batch

    def _drawn(self, number: int) -> Batch:
        self._random.manual_seed(int(rng_for(self._seed, f"draw {number}", "digits").integers(2**62)))
        chosen = torch.randint(len(self._classes), (self._size,), generator=self._random)
        noise = torch.randn(self._size, self._noise, generator=self._random)
        chosen = chosen.to(self._classes.device)
        return self._pictures[chosen], self._classes[chosen], noise.to(self._pictures)

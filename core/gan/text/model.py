"""A text GAN to use: its two networks, its words and its settings, in a folder of four files.

`generator.safetensors` and `discriminator.safetensors` are the weights, `vocabulary.json` the words and labels,
`model.json` the settings. Importing this module imports torch.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.errors import InputError
from core.gan.text.batches import batch_of, uniform
from core.gan.text.config import GanTextSettings
from core.gan.text.encoder import word_start
from core.gan.text.material import Material, Part
from core.gan.text.networks import Batch, Discriminator, Generator
from core.gan.text.vocabulary import PAD, Flags, Ids, Vocabulary

MODEL = "model"
EMBEDDING_WIDTH = 128
AT_ONCE = 128


@dataclass(frozen=True)
class Written:
    """N rows that were written: `ids` (N, T), `blanks` (N, T) which places were filled, and `parents` (N,), the places
    of the rows that they were made from; in unconditional mode those gave the label only."""

    ids: Ids
    blanks: Flags
    parents: Ids


@dataclass(frozen=True)
class TextGan:
    """The two networks with what they need to write and to judge."""

    generator: Generator
    discriminator: Discriminator
    vocabulary: Vocabulary
    labels: tuple[str, ...]
    settings: GanTextSettings

    @classmethod
    def new(cls, settings: GanTextSettings, material: Material) -> "TextGan":
        """Return untrained networks; torch's random state is drawn from."""
        gan = cls._build(settings, material.vocabulary, material.labels)
        start = (
            word_start(material.vocabulary, gan.generator.embedding.embedding_dim) if settings.word_vectors else None
        )
        if start is not None:
            with torch.no_grad():
                noise = gan.generator.embedding.weight
                noise.copy_(
                    torch.where(torch.from_numpy(np.abs(start).sum(1) > 0)[:, None], torch.from_numpy(start), noise)
                )
                gan.discriminator.embedding.weight.copy_(noise * noise.shape[1] ** 0.5)
        return gan

    @classmethod
    def _build(cls, settings: GanTextSettings, vocabulary: Vocabulary, labels: tuple[str, ...]) -> "TextGan":
        embedding = min(EMBEDDING_WIDTH, settings.width)
        infill = settings.mode == "infill"
        return cls(
            Generator(len(vocabulary), len(labels), embedding, settings.width, settings.dropout, infill),
            Discriminator(len(vocabulary), len(labels), embedding, settings.width // 2, settings.dropout),
            vocabulary,
            labels,
            settings,
        )

    def write(
        self, part: Part, parents: Ids, salt: str, temperature: float | None = None, anew: bool = False
    ) -> Written:
        """Write a row for each of the `parents` (N,), places in `part`; the same for the same `salt`.

        With `anew` no blank gets the word that stood there.
        """
        made: list[Written] = []
        for start in range(0, len(parents), AT_ONCE):
            some = parents[start : start + AT_ONCE]
            batch = batch_of(part, some, self.settings, f"{salt} {start}")
            filled = self.fill(batch, f"{salt} {start}", temperature or self.settings.temperature, anew)
            pad = part.ids.shape[1] - filled.ids.shape[1]
            ids = np.pad(filled.ids.numpy(), ((0, 0), (0, pad)), constant_values=PAD)
            blanks = np.pad(filled.judged.numpy(), ((0, 0), (0, pad)))
            made.append(Written(ids, blanks, some))
        return Written(*(np.concatenate([getattr(w, name) for w in made]) for name in ("ids", "blanks", "parents")))

    def fill(self, batch: Batch, salt: str, temperature: float = 1.0, anew: bool = False) -> Batch:
        """Return `batch` with its blanks filled; what is judged are the words that were written."""
        self.generator.eval()
        may_end = self.may_end(batch)
        numbers = uniform(tuple(batch.ids.shape), self.settings.seed, salt)
        with torch.inference_mode():
            forbidden = batch.ids if anew and may_end is None else None
            ids = self.generator.write(batch, numbers, temperature, forbidden, may_end)
        ids = ids.clone()
        return Batch(ids, batch.blanks, batch.blanks & (ids != PAD), batch.labels)

    def may_end(self, batch: Batch) -> Any:
        """Return where a row that is written may end, (B, T); None where rows end as the real ones do."""
        if self.settings.mode == "infill":
            return None
        return (torch.arange(batch.ids.shape[1]) >= self.settings.shortest).expand(batch.ids.shape)

    def scores(self, ids: Ids, labels: Ids) -> Any:
        """Return how real the discriminator holds each word, (N, T) float32 in [0, 1]."""
        self.discriminator.eval()
        with torch.inference_mode():
            return torch.sigmoid(self.discriminator(torch.from_numpy(ids), torch.from_numpy(labels))).numpy()

    def state(self) -> dict[str, Any]:
        """Return the weights of both networks by name."""
        named: dict[str, Any] = {"generator": self.generator, "discriminator": self.discriminator}
        return {f"{name}.{key}": value for name, net in named.items() for key, value in net.state_dict().items()}

    def load_state(self, state: dict[str, Any], *networks: str) -> None:
        """Take the weights that `state` returned, of the named networks only."""
        for name in networks or ("generator", "discriminator"):
            own = {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}
            getattr(self, name).load_state_dict(own)

    def at(self, state: dict[str, Any]) -> "TextGan":
        """Return networks of their own with the weights that `state` returned."""
        gan = TextGan._build(self.settings, self.vocabulary, self.labels)
        gan.load_state(state)
        return gan

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, which is made."""
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        for name in ("generator", "discriminator"):
            weights = {key: value.contiguous() for key, value in getattr(self, name).state_dict().items()}
            save_file(weights, str(folder / f"{name}.safetensors"))
        words = {"words": self.vocabulary.words, "labels": self.labels}
        (folder / "vocabulary.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
        (folder / "model.json").write_text(self.settings.model_dump_json(indent=1), "utf-8")


def load(folder: Path) -> TextGan:
    """Return the text GAN in `folder`. Raises InputError where there is none or it is damaged."""
    from safetensors.torch import load_file

    try:
        words = json.loads((folder / "vocabulary.json").read_text("utf-8"))
        settings = GanTextSettings.model_validate_json((folder / "model.json").read_text("utf-8"))
        gan = TextGan._build(settings, Vocabulary(tuple(words["words"])), tuple(words["labels"]))
        for name in ("generator", "discriminator"):
            getattr(gan, name).load_state_dict(load_file(str(folder / f"{name}.safetensors")))
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise InputError(f"There is no finished text GAN in {folder.name}.", "Train one first.") from error
    return gan

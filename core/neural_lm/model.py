"""A finished language model: loaded from its folder, it scores and writes text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config import parse_config
from core.data.corpus import Corpus
from core.errors import CorpusLabError, InputError, NotFound
from core.neural_lm.config import LmSettings
from core.neural_lm.sampling import check, choose
from core.neural_lm.scores import LogProbabilities, Scores
from core.neural_lm.vocabulary import END_ID, UNKNOWN_ID, Ids, Vocabulary
from core.randomness import rng_for
from core.text.tokenizers import TOKENIZERS

if TYPE_CHECKING:
    from core.neural_lm.networks import Tied

MODEL = "model"  # the folder in a run's folder that holds the finished model
WEIGHTS, CONFIG, VOCABULARY = "model.safetensors", "config.json", "vocabulary.json"
LINES_AT_ONCE = 20_000


@dataclass(frozen=True)
class TokenScore:
    """A token of a text: whether the model knows it, its probability there, and the word it held likeliest."""

    token: str
    known: bool
    probability: float
    likeliest: str


class LanguageModel:
    """A trained network with its vocabulary. It computes in float32, so a text gets the same answer everywhere.

    `settings` are those it was trained with; `about` says where it comes from: tokenizer, language, and the numbers
    of its training.
    """

    def __init__(self, network: "Tied", vocabulary: Vocabulary, settings: LmSettings, about: Mapping[str, Any]) -> None:
        self.network = network.eval()
        self.vocabulary = vocabulary
        self.settings = settings
        self.about = about

    @classmethod
    def load(cls, folder: Path) -> "LanguageModel":
        """Return the model in `folder`, or the one that the run with this folder made.

        Raises NotFound when there is none (yet), InputError when its files do not fit together.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load

        from core.neural_lm.networks import build

        folder = folder / MODEL if (folder / MODEL).is_dir() else folder
        if not (folder / WEIGHTS).is_file():
            raise NotFound(f"There is no finished language model in {folder}.", "Choose a folder that holds one.")
        vocabulary = Vocabulary.load(folder / VOCABULARY)
        try:
            about = json.loads((folder / CONFIG).read_text("utf-8"))
            settings = parse_config(LmSettings, about.pop("settings"))
            about["tokenizer"] = TOKENIZERS[about["tokenizer"]].name
            network = build(settings, len(vocabulary))
            network.load_state_dict(load((folder / WEIGHTS).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError, CorpusLabError) as error:
            problem = f"The folder {folder.name!r} holds no language model that can be loaded."
            raise InputError(problem, f"Choose a folder with {CONFIG}, {WEIGHTS} and {VOCABULARY}.") from error
        return cls(network, vocabulary, settings, about)

    def save(self, folder: Path) -> None:
        """Write the model to `folder`: weights (safetensors), settings and vocabulary (JSON)."""
        from safetensors.torch import save

        folder.mkdir(parents=True, exist_ok=True)
        self.vocabulary.save(folder / VOCABULARY)
        described = {**self.about, "settings": self.settings.model_dump(mode="json")}
        (folder / CONFIG).write_text(json.dumps(described, ensure_ascii=False, indent=2), "utf-8")
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in self.network.state_dict().items()}
        (folder / WEIGHTS).write_bytes(save(weights))

    @property
    def parameters(self) -> int:
        """How many numbers the network has learned."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def corpus(self, text: str) -> Corpus:
        """Return `text` cut into lines of tokens as the training text was."""
        tokenizer, language = self.about["tokenizer"], self.about["language"]
        return Corpus("text", language, tokenizer, self.settings, lambda: iter([(["1"], [text])]))

    def perplexity(self, lines: Iterable[Sequence[str]]) -> Scores:
        """Return how well `lines`, each a sequence of tokens, are predicted as one text, the end of each included.

        Raises InputError where there is no line.
        """
        parts = []
        rest = iter(lines)
        while some := list(islice(rest, LINES_AT_ONCE)):
            ids = self.vocabulary.encode(some)
            parts.append(Scores.of(ids, self.log_probabilities(ids)))
        if not parts:
            raise InputError("The text has no words.", "Choose a text that has some.")
        return sum(parts[1:], parts[0])

    def log_probabilities(self, ids: Ids) -> LogProbabilities:
        """Return the natural log-probability of each token of a text, (N,) -> (N,)."""
        from core.neural_lm.scoring import score_windows, windows

        chosen = windows(len(ids), self.network.span, self.network.context)
        return np.concatenate([found for _, found in score_windows(self.network, ids, chosen)])

    def token_table(self, text: str) -> list[TokenScore]:
        """Return every token of `text`, the end of each line among them, with its probability."""
        from core.neural_lm.scoring import likeliest, windows

        lines = list(self.corpus(text).sequences())
        ids = self.vocabulary.encode(lines)
        if not len(ids):
            return []
        chosen = windows(len(ids), self.network.span, self.network.context)
        guesses = likeliest(self.network, ids, chosen)
        words = [token for line in lines for token in (*line, self.vocabulary.words[END_ID])]
        probabilities = np.exp(self.log_probabilities(ids))
        return [
            TokenScore(word, bool(number != UNKNOWN_ID), float(probability), self.vocabulary.words[guess])
            for word, number, probability, guess in zip(words, ids, probabilities, guesses, strict=True)
        ]

    def generate(
        self,
        prompt: str = "",
        tokens: int = 60,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> str:
        """Return `prompt` continued by `tokens` tokens, lines as the model ends them; the same for the same seed.

        See core.neural_lm.sampling.choose for the settings. Raises InputError for values out of bounds.
        """
        from core.neural_lm.scoring import continued

        check(temperature, top_k, top_p)
        rng = rng_for(seed, prompt, "generate")
        lines = list(self.corpus(prompt).sequences()) or [[]]
        ids = [END_ID, *self.vocabulary.encode(lines)[:-1].tolist()]
        written = continued(self.network, ids, tokens, lambda logits: choose(logits, rng, temperature, top_k, top_p))
        for number in written:
            if number == END_ID:
                lines.append([])
            else:
                lines[-1].append(self.vocabulary.words[number])
        join = TOKENIZERS[self.about["tokenizer"]].join
        return "\n".join(join(line, self.about["language"]) for line in lines).strip("\n")


def load(folder: Path) -> LanguageModel:
    """Return the language model in `folder`. Raises as LanguageModel.load."""
    return LanguageModel.load(folder)

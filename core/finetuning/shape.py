"""How large a BERT-like model is, told from its config.json: no weight is read and torch is not imported."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.finetuning.config import FinetuneConfig
from core.finetuning.strategies import frozen_by_epoch

# What transformers takes for a number that a config.json leaves out, where it is BERT-base's, and where it is not.
DEFAULTS = {
    "vocab_size": 30_522,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3_072,
}
OTHER_DEFAULTS = {
    "distilbert": {"num_hidden_layers": 6},
    "electra": {"hidden_size": 256, "num_attention_heads": 4, "intermediate_size": 1_024, "embedding_size": 128},
    "roberta": {"vocab_size": 50_265},
}
NAMES_OF_DISTILBERT = {
    "hidden_size": "dim",
    "num_hidden_layers": "n_layers",
    "num_attention_heads": "n_heads",
    "intermediate_size": "hidden_dim",
}
QUICK_TYPES = ("bert", "camembert", "electra", "roberta", "xlm-roberta")  # whose layers have the same parts
FIRST_PLACE_AFTER_PADDING = ("camembert", "roberta", "xlm-roberta")


@dataclass(frozen=True)
class Shape:
    """The sizes of a model."""

    type: str  # of transformers: "bert", "distilbert" and so on
    words: int  # in its vocabulary
    positions: int
    token_types: int
    embedding: int  # the width of a word's vector, before the layers
    width: int
    layers: int
    heads: int
    inner: int
    places: int  # the most tokens a text can have

    @property
    def quick(self) -> bool:
        """Whether the layers are known to core.finetuning.quick_layers and take the word vectors as they are."""
        return self.type in QUICK_TYPES and self.embedding == self.width

    @property
    def word_vectors(self) -> int:
        """How many weights the table of the words' vectors has."""
        return self.words * self.embedding

    @property
    def embeddings(self) -> int:
        """How many weights come before the layers: vectors of words, positions and types, and a normalisation."""
        # Electra's word vectors are narrower than its layers, and a projection comes between.
        projection = self.embedding * self.width + self.width if self.embedding != self.width else 0
        return (self.words + self.positions + self.token_types + 2) * self.embedding + projection

    @property
    def layer(self) -> int:
        """How many weights a layer has: four matrices of attention, two of feed-forward, two normalisations."""
        return (
            4 * self.width * (self.width + 1) + 2 * self.width * self.inner + self.inner + self.width + 4 * self.width
        )

    @property
    def pooler(self) -> int:
        """How many weights stand between the last layer and the classifier: one matrix, whatever its name is."""
        return self.width * (self.width + 1)


@dataclass(frozen=True)
class Sizes:
    """How many weights a model with its classifier has, and which of them are trained."""

    weights: int
    trained: int
    trained_word_vectors: int
    layers_kept: int  # layers whose numbers are kept for the way back: those that are trained or lie above one that is
    layers_frozen: int  # in the last epoch


def shape_of(config: Mapping[str, Any]) -> Shape:
    """Return the shape of the model whose config.json is `config`. Raises KeyError without a type."""
    kind = config["model_type"]
    defaults = {**DEFAULTS, **OTHER_DEFAULTS.get(kind, {})}
    names = NAMES_OF_DISTILBERT if kind == "distilbert" else {}

    def number(name: str) -> int:
        return int(config.get(names.get(name, name), defaults[name]))

    width, positions = number("hidden_size"), number("max_position_embeddings")
    first = int(config.get("pad_token_id", 1)) + 1 if kind in FIRST_PLACE_AFTER_PADDING else 0
    return Shape(
        type=kind,
        words=number("vocab_size"),
        positions=positions,
        token_types=number("type_vocab_size") if kind != "distilbert" else 0,
        embedding=number("embedding_size") if kind == "electra" else width,
        width=width,
        layers=number("num_hidden_layers"),
        heads=number("num_attention_heads"),
        inner=number("intermediate_size"),
        places=positions - first,
    )


def sizes_of(shape: Shape, config: FinetuneConfig, labels: int) -> Sizes:
    """Return the sizes of a model of `shape` with a classifier for `labels`, trained as `config` says.

    Raises InputError where more layers are to be frozen than there are.
    """
    head = shape.pooler + (shape.width + 1) * labels
    every = shape.embeddings + shape.layers * shape.layer + head
    by_epoch = frozen_by_epoch(config, shape.layers)
    left, frozen = shape.layers - by_epoch[0], by_epoch[-1]
    match config.strategy:
        case "full":
            return Sizes(every, every, shape.word_vectors, left, frozen)
        case "freeze embeddings":
            return Sizes(every, every - shape.embeddings, 0, left, frozen)
        case "freeze layers":
            return Sizes(every, left * shape.layer + head, 0, left, frozen)
        case "head only":
            return Sizes(every, head, 0, left, frozen)
        case "LoRA":
            added = 2 * shape.layers * 2 * config.lora_rank * shape.width  # to the queries and the values
            return Sizes(every + added, added + head, 0, left, frozen)

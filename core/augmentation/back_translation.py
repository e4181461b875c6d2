"""Back-translation: into another language and back, sentence by sentence.

Sennrich et al. 2016, "Improving Neural Machine Translation Models with Monolingual Data", section 3; as augmentation,
with sampling instead of the likeliest translation, Xie et al. 2020, "Unsupervised Data Augmentation", section 2.2.
"""

import importlib.util
import re
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from core.augmentation.operator import OPERATORS, Context, Made, Operator, OperatorConfig, Row
from core.augmentation.translation import Search, Translator
from core.randomness import Draws
from core.text.characters import word_pattern
from core.text.protected import is_literal, is_negation
from core.text.sentences import sentences
from core.text.word_slots import slots

DIGITS = re.compile(r"\d+")
SEEDS = 1 << 32


@OPERATORS.register("back_translation")
class BackTranslation(OperatorConfig):
    """Settings of back-translation."""

    title: ClassVar[str] = "Back-translation"
    summary: ClassVar[str] = (
        "A text is translated into another language and back, which words it anew. A text is left out where a "
        "negation, a number or a link did not come back."
    )

    forward: str = Field(
        "Helsinki-NLP/opus-mt-en-zh",
        min_length=1,
        title="Model there",
        description="A Marian model out of the dataset's language: its id on the hub, or the path of a folder.",
    )
    backward: str = Field(
        "Helsinki-NLP/opus-mt-zh-en",
        min_length=1,
        title="Model back",
        description="A Marian model back into the dataset's language: its id on the hub, or the path of a folder.",
    )
    forward_token: str = Field(
        "", title="Language token there", description="For models into several languages, such as >>cmn_Hans<<."
    )
    backward_token: str = Field(
        "", title="Language token back", description="For models into several languages, such as >>eng<<."
    )
    temperature: float = Field(
        0.7,
        ge=0,
        le=2,
        title="Temperature",
        description="0 gives the likeliest translation, the same for every copy; more gives freer ones.",
    )
    top_k: int = Field(
        10, ge=1, le=100, title="Likeliest tokens", description="Each token is drawn among so many likeliest ones."
    )
    beams: int = Field(
        4, ge=1, le=16, title="Beams", description="How many translations are weighed at a time at temperature 0."
    )
    max_characters: int = Field(
        2_000, ge=1, le=100_000, title="Longest text", description="Texts of more characters are left as they are."
    )

    @classmethod
    def missing(cls) -> str | None:
        """Return None, or how to get what Marian's tokenizer needs."""
        if importlib.util.find_spec("sentencepiece") is None:
            return "The package sentencepiece is not installed. Install it with `pip install sentencepiece`."
        return None

    def build(self, context: Context) -> Operator:
        """Return the operator with both models loaded.

        Raises InputError where a model is none or of another kind, MissingResource where it cannot be had.
        """
        search = Search(self.temperature, self.top_k, self.beams)
        there = Translator.load(self.forward, search, self.forward_token)
        back = Translator.load(self.backward, search, self.backward_token)

        def translate(rows: Sequence[Row], draws: Sequence[Draws]) -> list[Made | None]:
            parts = [sentences(row.text) if len(row.text) <= self.max_characters else [] for row in rows]
            spoken = [
                (row, place)
                for row, found in enumerate(parts)
                for place, part in enumerate(found)
                if word_pattern().search(part)
            ]
            seeds = [draws[row].below(SEEDS) for row, _ in spoken]
            foreign = there.translate([parts[row][place].strip() for row, place in spoken], seeds)
            both = [(where, text, seed) for where, text, seed in zip(spoken, foreign, seeds, strict=True) if text]
            home = back.translate([text for _, text, _ in both], [seed + SEEDS for _, _, seed in both])
            for ((row, place), _, _), text in zip(both, home, strict=True):
                if text:
                    part = parts[row][place]
                    start = len(part) - len(part.lstrip())
                    parts[row][place] = part[:start] + text + part[len(part.rstrip()) :]
            made = ["".join(found) for found in parts]
            return [
                Made(text) if text.strip() and _is_faithful(row.text, text, context.language) else None
                for row, text in zip(rows, made, strict=True)
            ]

        return translate


def _is_faithful(text: str, made: str, language: str) -> bool:
    """Tell whether `made` is another text with the same numbers and links and as many negations."""
    if made.split() == text.split() or sorted(DIGITS.findall(text)) != sorted(DIGITS.findall(made)):
        return False
    words, others = slots(text, language)[1::2], slots(made, language)[1::2]
    negated, made_negated = (sum(is_negation(word, language) for word in found) for found in (words, others))
    links, made_links = (sorted(filter(is_literal, found)) for found in (words, others))
    return negated == made_negated and links == made_links

"""What holds for every operator that needs no model: texts survive, randomness belongs to rows, negations stay."""

import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.augmentation.casing_noise import CasingNoise
from core.augmentation.character_swap import CharacterSwap
from core.augmentation.keyboard_noise import KeyboardNoise
from core.augmentation.ocr_noise import OcrNoise
from core.augmentation.operator import Context, OperatorConfig, Row
from core.augmentation.random_deletion import RandomDeletion
from core.augmentation.random_insertion import RandomInsertion
from core.augmentation.random_swap import RandomSwap
from core.augmentation.sentence_deletion import SentenceDeletion
from core.augmentation.sentence_insertion import SentenceInsertion
from core.randomness import Draws
from core.text.protected import CHINESE_NEGATIONS, CHINESE_NOT_NEGATIONS, is_negation
from core.text.word_slots import slots
from tests.core.augmentation.carrying_out import hotel_reviews, sst2

CONFIGS = (
    *(RandomSwap(), RandomDeletion(), RandomInsertion(), SentenceInsertion(), SentenceDeletion()),
    *(KeyboardNoise(), CharacterSwap(), OcrNoise(), CasingNoise()),
)
HOSTILE = (
    *(
        "",
        " ",
        "\n\t\u3000",
        "word",
        "a",
        "7",
        "。",
        "...",
        "!!!",
        ":-)",
        "😀",
        "😀👍🏽 👩‍👩‍👧 ok",
        "\0",
        "\ud83d",
        "\u200d\u0301",
    ),
    *(
        "مرحبا بالعالم. كيف حالك؟",
        "שלום עולם",
        "नमस्ते दुनिया। कैसे हो?",
        "สวัสดีชาวโลก",
        "東京は大きい。京都は古い。",
        "한국어 문장.",
    ),
    *(
        "<p>not <b>bold</b><br/>at all</p>",
        "&amp; &nbsp; &#39;",
        "mixed 中文 and English, 混合 text。Yes!",
        "the of and to",
        "no",
    ),
    *("http://example.com/a/b.html", "me@example.com @you #tag", "3.14 2020-01-02 12:30", "不", "没有", "ß ŉ ﬁ İ ı"),
    *("a" * 100_000, "ab " * 33_000, "Ab. " * 25_000, "!" * 100_000, "." * 100_000, "\n" * 100_000, "a." * 50_000),
    *("酒店很好。" * 20_000, "好" * 20_000, "-" * 100_000, "(" * 100_000, "@" * 50_000, "1" * 100_000, "&" * 50_000),
    *("<" * 100_000, "a-" * 50_000, "don't " * 10_000, ", " * 50_000, "in the house " * 5_000, "。” " * 30_000),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file train.parquet."""
    folder = tmp_path_factory.mktemp("train")
    texts = ["The dog is in the yard", "Rooms were clean. Staff was kind!", "房间很大。早餐很好！", "", "😀"]
    ids = [f"t{i}" for i in range(len(texts))]
    labels = pa.nulls(len(texts), pa.string())
    pq.write_table(pa.table({"id": ids, "text": texts, "label": labels}), folder / "train.parquet")
    return folder


@pytest.fixture(params=CONFIGS, ids=lambda config: type(config).__name__)
def config(request: pytest.FixtureRequest) -> OperatorConfig:
    chosen: OperatorConfig = request.param
    if reason := type(chosen).missing():
        pytest.skip(reason)
    return chosen


@pytest.mark.parametrize("language", ["en", "zh", "und"])
def test_hostile_texts_survive(config: OperatorConfig, language: str, folder: Path, synonyms: Path) -> None:
    operator = config.build(Context(language, folder / "train.parquet", synonyms))
    rows = [Row(f"r{i}", text) for i, text in enumerate(HOSTILE)]
    for row, outcome in zip(rows, operator(rows, [Draws(0, row.id) for row in rows]), strict=True):
        assert outcome is None or (outcome.text.strip() and outcome.text != row.text), row.text[:30]
        if not row.text.strip():
            assert outcome is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_outcome_belongs_to_its_row(
    config: OperatorConfig, language: str, folder: Path, synonyms: Path, shared_data: Path
) -> None:
    texts = sst2(shared_data, 120) if language == "en" else hotel_reviews(shared_data, 40)
    rows = [Row(f"r{i}", text) for i, text in enumerate(texts)]
    context = Context(language, folder / "train.parquet", synonyms)
    together = config.build(context)(rows, [Draws(5, row.id) for row in rows])
    backwards = config.build(context)(rows[::-1], [Draws(5, row.id) for row in rows[::-1]])
    alone = [config.build(context)([row], [Draws(5, row.id)])[0] for row in rows[:3]]
    assert together == backwards[::-1] and together[:3] == alone
    other_seed = config.build(context)(rows, [Draws(6, row.id) for row in rows])
    assert together != other_seed or all(outcome is None for outcome in together)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_negation_is_lost(
    config: OperatorConfig, language: str, folder: Path, synonyms: Path, shared_data: Path
) -> None:
    texts = sst2(shared_data, 700) if language == "en" else hotel_reviews(shared_data, 150)
    rows = [Row(f"r{i}", text) for i, text in enumerate(texts)]
    operator = config.build(Context(language, folder / "train.parquet", synonyms))
    found = 0
    for row, outcome in zip(rows, operator(rows, [Draws(1, row.id) for row in rows]), strict=True):
        before = negations(row.text, language)
        text = outcome.text if outcome else row.text
        after = Counter(text) if language == "zh" else negations(text, language)
        found += sum(before.values())
        assert not before - after, (row.text, text)
    assert found > 50


def negations(text: str, language: str) -> Counter[str]:
    """Return how often each word that denies is there; in Chinese each character, outside words such as 非常."""
    if language == "zh":
        plain = re.sub("|".join(CHINESE_NOT_NEGATIONS), "", text)
        return Counter(character for character in plain if character in CHINESE_NEGATIONS)
    return Counter(word.lower().split()[-1] for word in slots(text, language)[1::2] if is_negation(word, language))


def test_pages_and_recipes_find_words_for_each_setting(config: OperatorConfig) -> None:
    assert config.title and config.summary.endswith(".")
    for field in type(config).model_fields.values():
        assert field.title and (field.description or "").endswith(".")
    assert type(config).model_validate(config.model_dump()) == config

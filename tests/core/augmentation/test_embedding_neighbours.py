"""Neighbours learned from a corpus in which two sets of words are used in two ways.

core.augmentation.embedding_neighbours is what is called; core.augmentation.word_vectors works inside it.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.augmentation.embedding_neighbours import EmbeddingNeighbours
from core.augmentation.operator import Context, Row
from core.augmentation.word_vectors import neighbour_table
from core.errors import InputError
from core.randomness import Draws

ROOT = Path(__file__).parents[3]
ANIMALS = ["dog", "cat", "horse", "sheep"]
VEHICLES = ["car", "truck", "bus", "train"]
HOSTILE = ["", "  ", "dog", "!!!", "😀 dog", "שלום עולם", "<p>the dog</p>", "the and of", "dog " * 25_000, "dog狗пёс"]


def corpus() -> list[str]:
    chance = random.Random(7)
    texts = []
    for _ in range(400):
        texts.append(f"the {chance.choice(ANIMALS)} eats grass and drinks water near the farm")
        texts.append(f"the {chance.choice(VEHICLES)} burns fuel and drives fast along the road")
    return texts


def context_of(folder: Path, texts: list[str], language: str = "en", reverse: bool = False) -> Context:
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"r{i}" for i in range(len(texts))]
    table = pa.table({"id": ids, "text": texts, "label": ["x"] * len(texts)})
    pq.write_table(table.take(list(range(len(texts)))[::-1]) if reverse else table, folder / "train.parquet")
    return Context(language, folder / "train.parquet", folder / "cache")


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    return context_of(tmp_path_factory.mktemp("corpus"), corpus())


@pytest.fixture(scope="module")
def operator(context):
    return EmbeddingNeighbours(neighbours=3, least_cosine=0.2, rate=0.1).build(context)


def made(operator, texts, seed=1):
    return operator(
        [Row(f"r{i}", text) for i, text in enumerate(texts)], [Draws(seed, str(i)) for i in range(len(texts))]
    )


def test_words_used_alike_are_neighbours(context):
    table = neighbour_table(context, 10, 5)
    for words in (ANIMALS, VEHICLES):
        for word in words:
            assert {near for near, _ in table[word][:3]} == set(words) - {word}
    assert all(-1.001 <= cosine <= 1.001 for near in table.values() for _, cosine in near)
    assert all(found == sorted(found, key=lambda pair: -pair[1]) for found in table.values())
    assert "the" not in table


def test_one_word_gives_way_to_another_of_its_kind(operator):
    text = "The dog is not 3 years old, Dog!"
    for seed in range(20):
        (outcome,) = made(operator, [text], seed)
        changed = [(a, b) for a, b in zip(text.split(), outcome.text.split(), strict=True) if a != b]
        assert len(changed) == outcome.details["replaced"] == 1
        assert changed[0][1].strip("!").lower() in {"cat", "horse", "sheep"}
        assert changed[0][0][0].isupper() == changed[0][1][0].isupper()


def test_protected_words_stay(context):
    operator = EmbeddingNeighbours(least_cosine=0.2, protected=("Dog",)).build(context)
    assert made(operator, ["dog", "DOG dog"]) == [None, None]


def test_texts_of_every_kind_survive(operator):
    outcomes = made(operator, HOSTILE)
    for text, outcome in zip(HOSTILE, outcomes, strict=True):
        assert outcome is None or (outcome.text.strip() and outcome.text != text)
    assert [outcomes[i] is None for i in (0, 1, 2, 3, 5, 7)] == [True, True, False, True, True, True]
    assert outcomes[8].details["replaced"] == 2_500  # a tenth of 25,000


def test_the_batch_and_its_order_change_nothing(operator):
    rows = [Row(f"r{i}", text) for i, text in enumerate(corpus()[:50])]

    def run(some):
        return [outcome and outcome.text for outcome in operator(some, [Draws(3, row.id) for row in some])]

    together = run(rows)
    assert [run([row])[0] for row in rows] == together
    assert run(rows[::-1])[::-1] == together
    assert len(set(together)) > 5


def test_the_order_of_the_rows_and_the_process_change_nothing(tmp_path, context):
    expected = neighbour_table(context, 3, 5)
    again = context_of(tmp_path, corpus(), reverse=True)
    program = (
        "import sys, json; from pathlib import Path; from core.augmentation.operator import Context;"
        "from core.augmentation.word_vectors import neighbour_table;"
        "print(json.dumps(neighbour_table(Context('en', Path(sys.argv[1]), Path(sys.argv[2])), 3, 5)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "5"}
    command = [sys.executable, "-c", program, str(again.train), str(again.cache)]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert {word: [near for near, _ in pairs] for word, pairs in json.loads(found).items()} == {
        word: [near for near, _ in pairs] for word, pairs in expected.items()
    }
    kept = [path.name for path in again.cache.glob("neighbours-*")]
    assert set(kept) <= {path.name for path in context.cache.iterdir()}  # the same hash
    assert len(kept) == 1


def test_the_table_is_made_once_and_anew_for_other_rows(tmp_path):
    first = context_of(tmp_path, corpus())
    EmbeddingNeighbours(epochs=1).build(first)
    (cached,) = first.cache.iterdir()
    written = cached.stat().st_mtime_ns
    EmbeddingNeighbours(epochs=1, neighbours=1, least_cosine=0.9).build(first)
    assert cached.stat().st_mtime_ns == written
    context_of(tmp_path, [*corpus(), "one more row"])
    EmbeddingNeighbours(epochs=1).build(first)
    assert len(list(first.cache.iterdir())) == 2


def test_chinese_words_are_learned_too(tmp_path):
    chance = random.Random(1)
    texts = [f"这家{chance.choice(['酒店', '宾馆', '旅馆'])}的房间很干净" for _ in range(300)]
    texts += [f"司机开着{chance.choice(['汽车', '卡车', '火车'])}在路上跑" for _ in range(300)]
    operator = EmbeddingNeighbours(neighbours=2, least_cosine=0.1).build(context_of(tmp_path, texts, "zh"))
    (outcome,) = made(operator, ["酒店没有3个！"])
    assert outcome.text in {"宾馆没有3个！", "旅馆没有3个！"}


def test_too_few_words_are_said(tmp_path):
    for number, texts in enumerate([["one two three"], [""], []]):
        with pytest.raises(InputError, match="No word occurs 5 times or more"):
            EmbeddingNeighbours().build(context_of(tmp_path / str(number), texts))
    assert not list(tmp_path.glob("*/cache/*"))

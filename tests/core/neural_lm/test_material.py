import numpy as np
import pytest

from core.errors import FileError, InputError
from core.jobs import run
from core.neural_lm.config import LmConfig, LmSettings
from core.neural_lm.material import hold_out, read_files, read_version
from core.neural_lm.vocabulary import END_ID

LINES = LmSettings(tokenizer="whitespace", unit="document", validation_share=0.05)


def words(material, ids):
    return " ".join(material.vocabulary.words[number] for number in ids)


def test_a_version_is_read_by_its_splits_and_knows_the_words_of_the_training_rows(workspace, make_version):
    version = make_version(
        ["a b", "b c", "", "a new d"], splits=["train", None, "train", "validation"], name="small", language="en"
    )
    config = LmConfig(version=version.id, tokenizer="whitespace", unit="document")
    material = run(read_version(config, workspace))
    assert material.vocabulary.words == ("<unk>", "</s>", "b", "a", "c")
    assert words(material, material.train) == "a b </s> b c </s>"
    assert words(material, material.validation) == "a <unk> <unk> </s>"
    assert (material.test, material.tokenizer, material.language, material.notes) == (None, "whitespace", "en", [])


def test_a_version_without_validation_rows_gives_some_and_a_test_split_is_kept_apart(workspace, make_version):
    version = make_version([f"row {n} end" for n in range(40)], splits=["train"] * 30 + ["test"] * 10)
    config = LmConfig(version=version.id, tokenizer="whitespace", validation_share=0.2)
    material = run(read_version(config, workspace))
    lines = [int((ids == END_ID).sum()) for ids in (material.train, material.validation, material.test)]
    assert lines == [24, 6, 10]
    assert "6 training rows" in material.notes[0]


def test_a_file_is_read_by_lines_and_judged_on_another(tmp_path, write_lines):
    source, other = write_lines(tmp_path / "a", ["x y", "", "y <unk>"]), write_lines(tmp_path / "b", ["x z </s>"])
    material = run(read_files(LINES, source, other))
    assert material.vocabulary.words == ("<unk>", "</s>", "y", "x")
    assert words(material, material.train) == "x y </s> y <unk> </s>"
    assert words(material, material.validation) == "x <unk> <unk> </s>"


def test_the_end_of_a_file_is_held_out_and_its_words_are_known(tmp_path, write_lines):
    source = write_lines(tmp_path / "a", [f"w{n} and more" for n in range(100)])  # 400 tokens
    material = run(read_files(LINES, source, None))
    assert (len(material.train), len(material.validation)) == (380, 20)
    assert words(material, material.validation).startswith("w95 and more </s>")
    assert material.notes == ["Held out for validation: the last 20 of 400 tokens."]


def test_where_a_text_is_cut():
    def text(*lengths):
        return np.concatenate([[*[5] * (length - 1), END_ID] for length in lengths]).astype(np.int32)

    assert [len(part) for part in hold_out(text(50, 43, 7), 0.1)[:2]] == [93, 7]  # the line's end nearest to 90
    assert [len(part) for part in hold_out(text(10, 990), 0.1)[:2]] == [900, 100]  # a line too long to be held out
    assert [len(part) for part in hold_out(text(1_000), 0.1)[:2]] == [900, 100]
    train, held_out, note = hold_out(text(30), 0.5)
    assert train.tolist() == held_out.tolist() == text(30).tolist()
    assert "too few to hold some out" in note


def test_text_that_nothing_can_be_learned_from_is_refused_in_a_sentence(tmp_path, write_lines, workspace, make_version):
    with pytest.raises(InputError, match="training text of empty has no words"):
        run(read_files(LINES, write_lines(tmp_path / "empty", ["", " "]), None))
    stops, source = write_lines(tmp_path / "stops", ["the of", "and"]), write_lines(tmp_path / "a", ["x y"] * 30)
    no_stops = LINES.model_copy(update={"stop_words": True})
    with pytest.raises(InputError, match="training text of stops has no words"):
        run(read_files(no_stops, stops, None))
    with pytest.raises(InputError, match="validation text of stops has no words"):
        run(read_files(no_stops, write_lines(tmp_path / "b", ["the good end of it"] * 9), stops))
    with pytest.raises(InputError, match="No word occurs 50 times"):
        run(read_files(LINES.model_copy(update={"cutoff": 50}), source, None))
    with pytest.raises(InputError, match="No word occurs 1 times"):
        run(read_files(LINES, write_lines(tmp_path / "u", ["<unk> <unk>"]), None))
    with pytest.raises(FileError, match="There is no file"):
        run(read_files(LINES, tmp_path / "nowhere", None))
    version = make_version(["one sentence only"])
    with pytest.raises(InputError, match="too few different texts"):
        run(read_version(LmConfig(version=version.id), workspace))

import numpy as np
import pytest

from core.config import parse_config
from core.errors import InputError
from core.gan.text.config import GanTextSettings
from core.gan.text.material import read
from core.jobs import run
from tests.core.gan.text.conftest import sentences


def test_rows_are_divided_by_their_splits_and_held_out_rows_are_the_same_for_a_seed(make_version, settings):
    texts, labels = sentences(100)
    divided = run(read(settings, make_version(texts, labels, ["train"] * 60 + ["validation"] * 20 + ["test"] * 20)))
    assert (len(divided.train), len(divided.validation), len(divided.judge)) == (60, 20, 20)
    assert divided.notes == ()
    whole = make_version(texts, labels)
    first, again = (run(read(settings, whole)) for _ in range(2))
    assert (len(first.train), len(first.validation)) == (85, 15)
    assert first.judge is not None and [row.id for row in first.judge.rows] == [row.id for row in again.judge.rows]
    assert not {row.words for row in first.train.rows} & {row.words for row in first.validation.rows}
    other = run(read(settings.model_copy(update={"seed": 1}), whole))
    assert [row.id for row in other.validation.rows] != [row.id for row in first.validation.rows]


def test_rows_come_as_numbers_with_their_labels(make_version, settings):
    texts, labels = sentences(60)
    material = run(read(settings, make_version([*texts, "far too short"], [*labels, "bad"])))
    row, ids = material.train.rows[0], material.train.ids[0]
    assert material.vocabulary.decode(ids.tolist()) == list(row.words)
    assert material.labels[material.train.labels[0]] == row.label == labels[texts.index(" ".join(row.words))]
    assert (material.train.lengths == np.array([len(row.words) for row in material.train.rows])).all()
    assert "fewer than 4 words: 1 rows" in material.notes[0]


@pytest.mark.parametrize(
    ("suffix", "tokenizer", "text"),
    [(" .", "whitespace", "it 's here , you see ."), (".", "basic_english", "it's here, you see.")],
)
def test_text_that_is_cut_already_is_kept_as_it_is(make_version, settings, suffix, tokenizer, text):
    texts, labels = sentences(60)
    material = run(read(settings, make_version([one + suffix for one in texts], labels)))
    assert material.tokenizer == tokenizer
    words = (
        ["it", "'s", "here", ",", "you", "see", "."]
        if material.spaced
        else ["it", "'", "s", "here", ",", "you", "see", "."]
    )
    assert material.text(words) == text


def test_only_original_rows_are_learned_from(workspace, make_version, settings):
    texts, labels = sentences(60)
    first = make_version(texts, labels)
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(first.path)
    made = ["generated" if n % 2 else "original" for n in range(60)]
    staged = workspace.staging_path()
    place = table.schema.get_field_index("origin")
    pq.write_table(table.set_column(place, table.schema.field(place), pa.array(made)), staged)
    material = run(read(settings, workspace.add(staged, action="test", params={}, parent=first)))
    assert len(material.train) + len(material.validation) == 30
    assert material.known.has(texts[1].split()), "but it is known, so that it is not made again"


def test_bounds_that_contradict_each_other_are_refused():
    with pytest.raises(InputError, match="The longest row cannot be shorter than the shortest, 9 words"):
        parse_config(GanTextSettings, {"shortest": 9, "longest": 5})
    with pytest.raises(InputError, match=r"The most blanks cannot be fewer than the fewest, 0\.5"):
        parse_config(GanTextSettings, {"blanks_least": 0.5, "blanks_most": 0.4})

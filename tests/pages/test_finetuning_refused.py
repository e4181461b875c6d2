"""What the fine-tuning page says of a run that could not learn from its labels."""

import pytest

from core.runs.store import TERMINAL, RunStore
from core.runs.worker import carry_out


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["0.25", "0.5"] * 4, "The labels of sample@1 are numbers with fractions, such as 0.25."),
        (["same"] * 8, "All labelled rows of sample@1 have the label 'same'."),
        (["a", "b"] * 3 + ["a", "rare"], "The label 'rare' has a single row."),
        ([None] * 8, "None of the 8 rows of sample@1 has a label."),
    ],
    ids=["floats", "one class", "a class of one row", "no labels"],
)
def test_labels_that_cannot_be_learned_are_one_sentence(home, make_version, open_app, labels, sentence) -> None:
    version = make_version([f"text {number}" for number in range(8)], labels)
    store = RunStore(home, "local")
    queued = store.submit("finetune", "BERT on sample@1", {"version": version.id}, (version.id,), lane=TERMINAL)
    assert carry_out(store, queued.id).state == "failed"
    page = open_app("finetuning")
    assert not page.exception
    shown = [str(element.value) for kind in (page.error, page.warning, page.markdown) for element in kind]
    assert any(sentence in text.replace("\\", "") for text in shown), shown

"""Reading datasets from the hub, against a stand-in on this machine, in a process that knows only the stand-in.

core.data.sources.hub is what is called; core.data.sources.hub_rows and core.data.sources.hub_errors work inside it.
"""

from typing import Any

import pytest

from tests.core.data.sources.hub_client import ask, refused
from tests.core.data.sources.hub_datasets import ROWS, put_datasets, questions


@pytest.fixture(scope="module")
def answers(hub: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All questions asked in one process, since loading the libraries takes seconds."""
    folder = tmp_path_factory.mktemp("client")
    put_datasets(hub, folder)
    asked = questions(hub)
    return dict(zip(asked, ask(hub.endpoint, folder, *asked.values()), strict=True))


def test_the_training_split_is_streamed_up_to_the_row_limit_with_class_names(answers: dict[str, Any]) -> None:
    answer = answers["reviews"]
    assert answer["sizes"] == [8_192, 10_000 - 8_192]
    assert answer["total"] == answer["done"] == 10_000
    assert answer["first"][:2] == [
        {"text": "row 0 reads well", "label": "bad"},
        {"text": "row 1 reads well", "label": "good"},
    ]
    assert answer["last"][-1] == {"text": "row 9999 reads well", "label": "good"}
    assert answer["mapping"] == {"text": "text", "label": "label", "split": None, "id": None}
    assert answer["name"] == "reviews"
    assert answer["language"] == "en"


def test_notes_name_the_revision_the_licence_and_what_was_not_read(answers: dict[str, Any]) -> None:
    assert answers["reviews"]["notes"] == [
        "Read from the hub's dataset acme/reviews at revision 0123456789ab.",
        "Its card gives the licence as cc0-1.0.",
        "Only the first 10,000 rows of the split train were read.",
    ]
    assert len(answers["no limit"]["notes"]) == 2


def test_the_address_of_a_page_will_do_and_no_limit_reads_all(answers: dict[str, Any]) -> None:
    answer = answers["no limit"]
    assert answer["done"] == answer["total"] == sum(answer["sizes"]) == ROWS
    assert max(answer["sizes"]) == 8_192


def test_a_dataset_that_moved_is_followed_and_an_unknown_class_is_null(answers: dict[str, Any]) -> None:
    answer = answers["moved"]
    assert "acme/reviews" in answer["notes"][0]
    assert [row["label"] for row in answer["first"] + answer["last"][1:]] == ["bad", "good", None, "bad", "good"]


def test_all_splits_take_the_limit_of_each_and_say_where_a_row_is_from(answers: dict[str, Any]) -> None:
    answer = answers["all splits"]
    assert answer["total"] == answer["done"] == 10 + 5
    assert answer["first"][0]["split"] == "train"
    assert answer["last"][-1] == {"text": "test 4 reads well", "label": "good", "split": "test"}
    assert answer["mapping"]["split"] == "split"


def test_splits_and_configurations_are_listed(answers: dict[str, Any]) -> None:
    assert answers["splits"] == {"names": ["train", "test"]}
    assert answers["configs"] == {"names": ["de", "fr"]}
    assert answers["one config"] == {"names": ["default"]}


def test_a_configuration_is_chosen_by_name_and_the_text_is_found(answers: dict[str, Any]) -> None:
    answer = answers["config"]
    assert answer["first"] == [{"satz": "Guten Tag, wie geht es?", "n": 1}, {"satz": "Auf Wiedersehen!", "n": None}]
    assert answer["mapping"]["text"] == "satz"
    assert answer["total"] is None


def test_lists_of_classes_get_names_and_pictures_are_left_out(answers: dict[str, Any]) -> None:
    answer = answers["feelings"]
    assert answer["first"] == [
        {"text": "What a lovely day", "feelings": ["joy"]},
        {"text": "Who is there", "feelings": ["fear", "joy"]},
    ]
    assert "These columns were left out: photo." in answer["notes"]


def test_batches_of_long_texts_are_kept_small(answers: dict[str, Any]) -> None:
    characters = len("word " * 13_000)
    assert sum(answers["books"]["sizes"]) == 1_200
    assert max(answers["books"]["sizes"]) * characters < 2 * (32 << 20)


def test_wrong_names_are_answered_with_the_right_ones(answers: dict[str, Any]) -> None:
    assert refused(answers["no such split"], "UnknownName", "'tset'", "Did you mean 'test'?", "train")
    assert refused(answers["no such config"], "UnknownName", "'es'", "de, fr")
    assert refused(answers["needs config"], "InputError", "2 configurations", "Choose one of: de, fr.")
    assert refused(answers["missing"], "InputError", "no public dataset 'acme/nothing'")
    assert refused(answers["bad id"], "InputError", "owner/name")


def test_a_dataset_that_asks_for_permission_says_how_to_get_it(answers: dict[str, Any]) -> None:
    assert refused(answers["gated"], "InputError", "acme/asking", "HF_TOKEN")


def test_files_that_cannot_be_read_are_named(answers: dict[str, Any]) -> None:
    assert refused(answers["broken"], "FileError", "acme/broken")
    assert refused(answers["changing"], "FileError", "acme/changing", "'many'")
    assert refused(answers["script"], "FileError", "acme/script", "no longer supported")
    assert refused(answers["pictures"], "InputError", "imagefolder")
    assert refused(answers["empty"], "InputError", "has no rows")


def test_files_of_this_machine_are_never_read(answers: dict[str, Any], hub: Any) -> None:
    assert refused(answers["local folder"], "InputError", "no public dataset 'acme/here'")
    assert refused(answers["bare name"], "InputError", "'csv'", "owner/name")
    for name in ("evil path", "evil up", "evil url"):
        assert refused(answers[name], "InputError", "not one of its own files")
    assert refused(answers["evil hidden"], "FileError", "evil/hidden")
    assert not [request for request in hub.requests if "secret" in request]


def test_reading_the_hub_loads_nothing_heavy(answers: dict[str, Any]) -> None:
    assert answers["feelings"]["heavy"] == answers["books"]["heavy"] == []


def test_nothing_is_asked_of_the_hub_but_datasets(answers: dict[str, Any], hub: Any) -> None:
    assert hub.requests
    assert all("/datasets/" in request for request in hub.requests)

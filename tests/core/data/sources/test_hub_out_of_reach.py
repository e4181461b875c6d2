"""A hub that cannot be reached is one sentence, with the way to go on without it."""

import socket
from pathlib import Path

from tests.core.data.sources.hub_client import ask, refused

ONE = ("open_hub", {"dataset_id": "acme/reviews"})


def test_a_closed_port_gives_a_sentence_with_the_offline_way(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound but not listening: nobody else can open this port
        taken.bind(("127.0.0.1", 0))
        [answer] = ask(f"http://127.0.0.1:{taken.getsockname()[1]}", tmp_path, ONE)
    assert refused(answer, "MissingResource", "cannot be reached (Connection refused)", "import it as a file")


def test_a_hub_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        [answer] = ask(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path, ONE, timeout_s=0.5)
    assert refused(answer, "MissingResource", "cannot be reached (timed out)", "import it as a file")


def test_offline_mode_is_named(tmp_path: Path) -> None:
    [answer] = ask("http://127.0.0.1:9", tmp_path, ONE, HF_HUB_OFFLINE="1")
    assert refused(answer, "MissingResource", "HF_HUB_OFFLINE")

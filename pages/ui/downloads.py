"""A download whose file is made once it is asked for; where that fails, a sentence says why."""

import io
import mimetypes
import mmap
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import CorpusLabError
from pages.ui.words import plain

SLOT = "downloads"
LOOK_S = 0.05
ASKED_WITHIN_S = 5.0  # the browser asks for the file together with the click; where it does not, nobody waits for it
KNOWN_S = 1.0  # how long a browser may take to hear that the buttons were drawn anew


class Content(io.RawIOBase):
    """What is in a file, without a copy of it in memory, also once the file is deleted or replaced by another.

    The file itself must not change any more. Streamlit keeps what it sends for a while, and does with it what can be
    done with any piece of memory.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            empty = not path.stat().st_size  # which cannot be mapped
            self._memory = memoryview(b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Stay: the content is read as a whole."""
        return 0

    def read(self, size: int = -1) -> Any:
        """Return all of it."""
        return self._memory


@dataclass
class Making:
    """How often the file of a button was begun and ended, how many ends were told, and what the last one failed of."""

    begun: int = 0
    ended: int = 0
    told: int = 0
    problem: str = ""

    def make(self, content: Callable[[], Content]) -> Content:
        """Return the content; for Streamlit, which calls this from a thread of its own."""
        self.begun, self.problem = self.begun + 1, ""
        try:
            return content()
        except CorpusLabError as error:
            self.problem = str(error)
            raise
        finally:
            self.ended += 1

    def wait(self) -> None:
        """Return when the file that was asked for just now is made or has failed."""
        asked = time.monotonic()
        while self.ended == self.told and (self.begun > self.ended or time.monotonic() < asked + ASKED_WITHIN_S):
            _rest()


def download_button(label: str, content: Callable[[], Content], file_name: str, key: str, **looks: Any) -> None:
    """Draw one button for a download; what it gets is as in `download_buttons`."""
    download_buttons(lambda button: button(label, content, file_name, key, **looks))


def download_buttons(draw: Callable[[Callable[..., None]], None]) -> None:
    """Let `draw` draw buttons for downloads, and below what it draws, say why the last one that was pressed failed.

    It gets a function for one button: its label, what returns the content when it is pressed (a CorpusLabError becomes
    the sentence), the name of the file, its key, and further arguments of st.download_button.
    """
    # A press runs the fragment alone: when a whole page starts, Streamlit drops what is on its way to the browser.
    st.fragment(_buttons)(draw)


def _media_type(file_name: str) -> str:
    """Return what the browser and Streamlit are told of the file; what is gzipped, Streamlit does not gzip again."""
    kind, packed = mimetypes.guess_type(file_name)
    return "application/gzip" if packed else kind or "application/octet-stream"


def _buttons(draw: Callable[[Callable[..., None]], None]) -> None:
    kept: dict[str, Making] = st.session_state.setdefault(SLOT, {})
    drawn: list[Making] = []
    pressed: list[Making] = []

    def button(label: str, content: Callable[[], Content], file_name: str, key: str, **looks: Any) -> None:
        making = kept.setdefault(key, Making())
        drawn.append(making)
        if st.download_button(label, partial(making.make, content), file_name, _media_type(file_name), key, **looks):
            pressed.append(making)

    draw(button)
    for making in pressed:
        making.wait()
    for making in drawn:
        if making.ended > making.told and making.problem:
            st.error(plain(making.problem))
        making.told = making.ended
    if pressed:
        _let_the_browser_know()


def _let_the_browser_know() -> None:
    """Stay for a while, for when this ends, Streamlit forgets the files of the buttons that were there before.

    A browser that has not drawn the new ones yet would ask for one of those in vain.
    """
    drawn = time.monotonic()
    while time.monotonic() < drawn + KNOWN_S:
        _rest()


def _rest() -> None:
    time.sleep(LOOK_S)
    st.session_state.get(SLOT)  # here a click on something else ends the waiting

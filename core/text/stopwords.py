"""Stop words by language: NLTK's lists where they are on this machine, else the short ones that come with Corpus Lab.

The short lists hold articles, pronouns, prepositions, conjunctions, auxiliary verbs and negations. Japanese has none,
since no tokenizer here finds Japanese words.
"""

import functools
import json
import os
import sys
import zipfile
from pathlib import Path

from core.errors import FileError
from core.storage import home_folder

BUNDLED = Path(__file__).with_name("stopwords.json")

NLTK_FILES = {
    **{"ar": "arabic", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fr": "french"},
    **{"he": "hebrew", "it": "italian", "nl": "dutch", "pt": "portuguese", "ru": "russian", "zh": "chinese"},
}

# What is left of "it's" and "wo n't" in texts that a tokenizer has cut already; NLTK lists some of them bare.
CLITICS = {"en": frozenset({"'s", "'m", "'re", "'ve", "'ll", "'d", "n't"})}


def stopwords(language: str) -> frozenset[str]:
    """Return the stop words of `language` (ISO 639-1) in lower case, empty where there is no list."""
    found = nltk_stopwords(language) or bundled_stopwords().get(language, frozenset())
    return found | CLITICS.get(language, frozenset()) if found else found


@functools.cache
def bundled_stopwords() -> dict[str, frozenset[str]]:
    """Return the lists that come with Corpus Lab, by language: 100 to 200 words each."""
    lists = json.loads(BUNDLED.read_text(encoding="utf-8"))
    return {language: frozenset(" ".join(lines).split()) for language, lines in lists.items()}


def nltk_stopwords(language: str) -> frozenset[str]:
    """Return NLTK's list for `language`, empty where its stopwords corpus is not on this machine.

    The corpus may be a folder or the zip file that `nltk.download("stopwords")` leaves. Raises FileError where that
    is damaged.
    """
    name = NLTK_FILES.get(language)
    if name is None:
        return frozenset()
    for root in nltk_folders():
        plain, packed = root / "corpora" / "stopwords" / name, root / "corpora" / "stopwords.zip"
        if plain.is_file():
            return _words(plain.read_bytes())
        if packed.is_file():
            return _unpacked(packed, f"stopwords/{name}")
    return frozenset()


def nltk_folders() -> list[Path]:
    """Return where NLTK's data may be: the cache of Corpus Lab, then `nltk.data.path`.

    NLTK's own list is worked out here by its documented rule, because importing NLTK takes seconds.
    """
    given = [folder for folder in os.environ.get("NLTK_DATA", "").split(os.pathsep) if folder]
    prefix = Path(sys.prefix)
    system = [Path(base) for base in ("/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib")]
    inside = [prefix, prefix / "share", prefix / "lib", *system]
    return [
        home_folder() / "cache" / "nltk",
        *(Path(os.path.expanduser(folder)) for folder in given),  # noqa: PTH111  Path's fails without a home
        Path(os.path.expanduser("~/nltk_data")),  # noqa: PTH111
        *(folder / "nltk_data" for folder in inside),
    ]


def _unpacked(archive: Path, member: str) -> frozenset[str]:
    try:
        with zipfile.ZipFile(archive) as pack:
            return _words(pack.read(member)) if member in pack.namelist() else frozenset()
    except (zipfile.BadZipFile, EOFError) as error:
        raise FileError(f"{archive} is damaged ({error}).", "Delete it, then try again.") from error


def _words(content: bytes) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in content.decode("utf-8").splitlines() if word.strip())

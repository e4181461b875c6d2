"""Where WordNet's files are on this machine, how to get them, and their synsets read as a stream.

The files are read directly: NLTK's reader holds all synsets in memory at once (600 MB), and Debian's package
lacks two files that it asks for. The format is described in WordNet's manual page wndb(5).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from core.errors import FileError, MissingResource
from core.storage import home_folder, storage_errors

PARTS_OF_SPEECH = {"n": "noun", "v": "verb", "a": "adjective", "s": "adjective", "r": "adverb"}
DATA_FILES = ("data.noun", "data.verb", "data.adj", "data.adv")

# The file `lexnames`, which Debian's package leaves out: a synset's number is its place in this list (lexnames(5)).
LEXICOGRAPHER_FILES = (
    *("adj.all", "adj.pert", "adv.all"),
    *("noun.Tops", "noun.act", "noun.animal", "noun.artifact", "noun.attribute", "noun.body", "noun.cognition"),
    *("noun.communication", "noun.event", "noun.feeling", "noun.food", "noun.group", "noun.location", "noun.motive"),
    *("noun.object", "noun.person", "noun.phenomenon", "noun.plant", "noun.possession", "noun.process"),
    *("noun.quantity", "noun.relation", "noun.shape", "noun.state", "noun.substance", "noun.time"),
    *("verb.body", "verb.change", "verb.cognition", "verb.communication", "verb.competition", "verb.consumption"),
    *("verb.contact", "verb.creation", "verb.emotion", "verb.motion", "verb.perception", "verb.possession"),
    *("verb.social", "verb.stative", "verb.weather", "adj.ppl"),
)

SYSTEM_FOLDERS = (
    Path("/usr/share/wordnet"),  # Debian and Ubuntu: wordnet-base
    Path("/opt/homebrew/opt/wordnet/dict"),
    Path("/usr/local/opt/wordnet/dict"),
    Path("/home/linuxbrew/.linuxbrew/opt/wordnet/dict"),
)
REMEDY = (
    "Run `make setup` where there is a network, or install it with `sudo apt-get install wordnet-base`, then try again."
)
HYPERNYM = re.compile(r" @i? (\d{8}) ([nvasr]) ")  # of a class or an instance: symbol, offset, kind
DOWNLOAD_LIMIT_S = 120.0
# `python -m nltk.downloader`, without scikit-learn and SciPy, which NLTK imports for two seconds where they are there.
DOWNLOADER = (
    "import runpy, sys; sys.modules.update(sklearn=None, scipy=None); "
    "runpy.run_module('nltk.downloader', run_name='__main__')"
)
MAX_UNZIPPED = 200_000_000  # bytes; WordNet itself is 35 million


class Synset(NamedTuple):
    """One meaning: `words` share it, `topic` is the lexicographer file it stands in, `gloss` says what it is."""

    id: str  # "02958343-n": offset and kind, as other lexicons refer to WordNet
    part_of_speech: str  # one of PARTS_OF_SPEECH's values
    topic: str  # one of LEXICOGRAPHER_FILES
    words: tuple[str, ...]  # spaces between the words of a phrase
    gloss: str  # the definition, then examples between double quotes
    hypernyms: tuple[str, ...] = ()  # ids of the next wider meanings


def wordnet_folder(home: Path | None = None) -> Path:
    """Return the folder that holds WordNet's `data.*` files.

    Looks into the cache of `home` (default: CORPUS_LAB_HOME), then where Debian and Homebrew put it, then along
    `nltk.data.path`, where a `wordnet.zip` is unpacked into the cache. Raises MissingResource.
    """
    home = home or home_folder()
    for folder in (_cached(home), *SYSTEM_FOLDERS):
        if _is_complete(folder):
            return folder
    import nltk  # two seconds, so only when nothing nearer was found

    for root in map(Path, nltk.data.path):
        if _is_complete(root / "corpora" / "wordnet"):
            return root / "corpora" / "wordnet"
        if (root / "corpora" / "wordnet.zip").is_file():
            return _unpack(root / "corpora" / "wordnet.zip", home)
    raise MissingResource("WordNet is not on this machine.", REMEDY)


def get_wordnet(home: Path | None = None, index_url: str | None = None, limit_s: float = DOWNLOAD_LIMIT_S) -> Path:
    """Return WordNet's folder, after downloading it into the cache of `home` where it is not on this machine yet.

    `index_url` is the NLTK data index to ask (default: NLTK's own). Raises MissingResource where it could not be had
    within `limit_s` seconds, FileError where what came is not WordNet, StorageError.
    """
    home = home or home_folder()
    with suppress(MissingResource, FileError):
        return wordnet_folder(home)
    cache = _cached(home).parent
    with storage_errors(home):
        cache.mkdir(parents=True, exist_ok=True)
        fetched = Path(tempfile.mkdtemp(prefix="download-", dir=cache))
    try:
        # A process of its own, because NLTK waits up to two minutes for each read and can only be stopped from outside.
        # NLTK refuses proxies unless told that they are trusted: this one is the person's own.
        command = [sys.executable, "-c", DOWNLOADER, "-q", "-e", "-d", str(fetched)]
        command += ["-u", index_url] if index_url else []
        subprocess.run(
            [*command, "wordnet"],
            timeout=limit_s,
            env={**os.environ, "NLTK_ALLOW_PROXIED_URLOPEN": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if (archive := fetched / "corpora" / "wordnet.zip").is_file():
            return _unpack(archive, home)
    except subprocess.TimeoutExpired:
        raise MissingResource(f"WordNet could not be downloaded within {limit_s:.0f} seconds.", REMEDY) from None
    finally:
        shutil.rmtree(fetched, ignore_errors=True)
    raise MissingResource("WordNet is not on this machine and could not be downloaded.", REMEDY)


def read_synsets(folder: Path) -> Iterator[Synset]:
    """Yield WordNet's synsets in the order of its files: nouns, verbs, adjectives, adverbs. Raises FileError."""
    for name in DATA_FILES:
        with (folder / name).open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.startswith(" "):  # the licence
                    continue
                try:
                    yield _parse(line)
                except (ValueError, IndexError, KeyError):
                    problem = f"Line {number} of WordNet's file {folder / name} is damaged."
                    raise FileError(problem, "Delete that folder, then get WordNet again with `make setup`.") from None


def _parse(line: str) -> Synset:
    data, bar, gloss = line.partition(" | ")
    if not bar:
        raise ValueError(line)
    offset, lexicographer_file, kind, count, rest = data.split(" ", 4)
    *fields, pointers = rest.split(" ", 2 * int(count, 16))  # a word and a number, as often as it counts; all pointers
    if pointers.count(" ") < 4 * int(pointers[:3]):  # how many there are: symbol, offset, kind and two words each
        raise ValueError(line)
    return Synset(
        id=f"{int(offset):08d}-{kind}",
        part_of_speech=PARTS_OF_SPEECH[kind],
        topic=LEXICOGRAPHER_FILES[int(lexicographer_file)],
        # Some adjectives carry where they may stand: "galore(ip)".
        words=tuple([word.partition("(")[0].replace("_", " ") for word in fields[::2]]),
        gloss=gloss.strip(),
        hypernyms=tuple([f"{at}-{of}" for at, of in HYPERNYM.findall(pointers)]),
    )


def _cached(home: Path) -> Path:
    """The folder below `home` for WordNet, placed so that `home`/cache/nltk can be put on `nltk.data.path`."""
    return home / "cache" / "nltk" / "corpora" / "wordnet"


def _is_complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in DATA_FILES)


def _unpack(archive: Path, home: Path) -> Path:
    """Unpack `wordnet/*` of `archive` into the cache, whole or not at all, and return the folder. Raises FileError."""
    target = _cached(home)
    with storage_errors(home):
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix="wordnet-", dir=target.parent))
        try:
            with zipfile.ZipFile(archive) as pack:
                members = [m for m in pack.infolist() if m.filename.startswith("wordnet/") and not m.is_dir()]
                if sum(member.file_size for member in members) > MAX_UNZIPPED:
                    raise FileError(f"{archive} is too large to be WordNet.", "Delete it and get WordNet again.")
                for member in members:
                    with pack.open(member) as packed, (staged / Path(member.filename).name).open("wb") as file:
                        shutil.copyfileobj(packed, file)
            if not _is_complete(staged):
                raise FileError(f"{archive} does not hold WordNet.", "Delete it and get WordNet again.")
            staged.chmod(0o755)
            if _is_complete(target):  # another process was quicker
                return target
            shutil.rmtree(target, ignore_errors=True)
            staged.rename(target)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise FileError(f"{archive} is damaged ({error}).", "Delete it and get WordNet again.") from error
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    return target

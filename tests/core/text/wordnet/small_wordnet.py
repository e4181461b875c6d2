"""A WordNet of four synsets, as files and as an archive."""

import io
import zipfile
from pathlib import Path

from core.text.wordnet import Synset

LICENCE = "  1 This software and database is being provided to you, the LICENSEE.  \n"
FILES = {
    "data.noun": "02084071 05 n 03 dog 0 domestic_dog 0 Canis_familiaris 0 001 @ 02083346 n 0000 | a pet; "
    '"the dog barked all night"  \n',
    "data.verb": '00001740 29 v 01 breathe 0 000 02 + 02 00 + 08 00 | draw air; "I can breathe better"  \n',
    "data.adj": "00014490 00 s 02 abounding 0 galore(ip) 0 001 & 00013887 a 0000 | existing in abundance  \n",
    "data.adv": "00001740 02 r 01 a_cappella 0 000 | without musical accompaniment  \n",
}
SYNSETS = [
    Synset(
        "02084071-n",
        "noun",
        "noun.animal",
        ("dog", "domestic dog", "Canis familiaris"),
        'a pet; "the dog barked all night"',
        ("02083346-n",),
    ),
    Synset("00001740-v", "verb", "verb.body", ("breathe",), 'draw air; "I can breathe better"'),
    Synset("00014490-s", "adjective", "adj.all", ("abounding", "galore"), "existing in abundance"),
    Synset("00001740-r", "adverb", "adv.all", ("a cappella",), "without musical accompaniment"),
]


def write(folder: Path, files: dict[str, str] = FILES) -> Path:
    folder.mkdir(parents=True)
    for name, line in files.items():
        (folder / name).write_text(LICENCE + line)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def packed(files: dict[str, str] = FILES) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("wordnet/", "")
        for name, line in files.items():
            pack.writestr(f"wordnet/{name}", LICENCE + line)
    return archive.getvalue()

"""nlpaug's side of bench_augmentation: `python -m tests.benchmarks.augmentation_nlpaug IN OUT RATE`; prints JSON.

nlpaug reads WordNet through NLTK, which lacks two files of Debian's package: `lexnames` is written here, and the
reader's `map_wn`, which would ask for `index.sense`, does nothing. NLTK's own tagger needs a download; TextBlob's
takes its place, which is the faster of the two and so in nlpaug's favour.
"""

import json
import random
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from core.text.wordnet import LEXICOGRAPHER_FILES, wordnet_folder

FILES = [f"{kind}.{name}" for kind in ("data", "index") for name in ("noun", "verb", "adj", "adv")]
FILES += ["noun.exc", "verb.exc", "adj.exc", "adv.exc", "cntlist.rev"]
PART = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}


def prepare_nltk(folder: Path) -> None:
    """Let NLTK read WordNet from `folder` and tag with TextBlob's tagger."""
    import nltk
    from nltk.corpus.reader.wordnet import WordNetCorpusReader
    from textblob.en import parser

    wordnet = folder / "corpora" / "wordnet"
    wordnet.mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(wordnet_folder() / name, wordnet / name)
    lexnames = (f"{i:02d}\t{n}\t{PART[n.split('.')[0]]}\n" for i, n in enumerate(LEXICOGRAPHER_FILES))
    (wordnet / "lexnames").write_text("".join(lexnames))
    (wordnet / "index.sense").touch()
    nltk.data.path.insert(0, str(folder))
    WordNetCorpusReader.map_wn = lambda self, version="wordnet": None
    nltk.pos_tag = lambda tokens: [(word, tag) for word, tag in parser.find_tags(tokens)]


def main(source: Path, target: Path, rate: float) -> dict[str, object]:
    texts = json.loads(source.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        prepare_nltk(Path(folder))
        from nlpaug.augmenter.word import SynonymAug

        random.seed(0)
        augmenter = SynonymAug(aug_p=rate, aug_max=None)
        augmenter.augment(texts[0])  # WordNet is read here
        start = time.perf_counter()
        made = [augmenter.augment(text)[0] for text in texts]
        seconds = time.perf_counter() - start
    target.write_text(json.dumps(made), encoding="utf-8")
    return {"version": version("nlpaug"), "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))))

"""nlpaug's side of bench_augmentation: `python -m tests.benchmarks.augmentation_nlpaug IN OUT RATE`; prints JSON.

nlpaug reads WordNet through NLTK, which lacks two files of Debian's package: `lexnames` is written here, and the
reader's `map_wn`, which would ask for `index.sense`, does nothing. NLTK's tagger needs a model that can only be
downloaded: the same tagger is trained here, on tags by TextBlob's. Told "--textblob", it tags with TextBlob's itself,
which is far quicker than what people have who use nlpaug.
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


TRAINED_ON = 1_000  # sentences


def prepare_nltk(folder: Path, texts: list[str], textblob: bool) -> None:
    """Let NLTK read WordNet from `folder`, and tag."""
    import nltk
    from nltk.corpus.reader.wordnet import WordNetCorpusReader
    from nltk.tag.perceptron import PerceptronTagger
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
    if textblob:
        nltk.pos_tag = lambda tokens: [(word, tag) for word, tag in parser.find_tags(tokens)]
    else:
        tagger = PerceptronTagger(load=False)
        tagger.train(
            [[tuple(pair) for pair in parser.find_tags(text.split())] for text in texts[:TRAINED_ON]], nr_iter=1
        )
        nltk.pos_tag = tagger.tag


def main(source: Path, target: Path, rate: float, textblob: bool) -> dict[str, object]:
    texts = json.loads(source.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        prepare_nltk(Path(folder), texts, textblob)
        from nlpaug.augmenter.word import SynonymAug

        random.seed(0)
        augmenter = SynonymAug(aug_p=rate, aug_max=None)
        augmenter.augment(texts[0])  # WordNet is read here
        start = time.process_time()
        made = [augmenter.augment(text)[0] for text in texts]
        seconds = time.process_time() - start
    target.write_text(json.dumps(made), encoding="utf-8")
    return {"version": version("nlpaug"), "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), "--textblob" in sys.argv)))

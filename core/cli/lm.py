"""`lm`: train a neural language model, score text with it, and let it write.

A text file has one sentence a line, already cut into tokens unless another tokenizer than whitespace is named.
"""

import argparse
import shutil
from pathlib import Path
from typing import Any

from core.cli.commands import Commands, follow, run_stoppable, show, store, watcher, workspace
from core.config import parse_config
from core.errors import InputError
from core.options import given
from core.runs.kinds import KINDS
from core.runs.store import TERMINAL

# How a file is read unless told otherwise.
AS_IT_IS = {"unit": "document", "tokenizer": "whitespace", "validation_share": 0.05}
SAMPLING = ("tokens", "temperature", "top_k", "top_p", "seed")


def add(commands: Commands) -> None:
    """Add the group."""
    group = commands.group("lm", "Train neural language models, score text with them, and let them write.")
    made = group.add("train", _train, "Train a language model on a dataset or on the lines of a file.")
    source = made.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", metavar="NAME", help="The dataset, or one version of it (NAME@2).")
    source.add_argument(
        "--input",
        type=Path,
        metavar="FILE",
        help="A text file, one sentence a line, cut at blanks unless told otherwise.",
    )
    made.add_argument("--validation", type=Path, metavar="FILE", help="With --input: a text to judge the model on.")
    made.add_argument("--output", type=Path, metavar="DIR", help="Where the model is written; needed with --input.")
    made.add_argument("--resume", action="store_true", help="With --input: go on from the checkpoint in DIR.")
    group.add_config(made, "lm", "version")
    made = group.add("perplexity", _perplexity, "Score the lines of a file with a model.")
    made.add_argument("model", type=Path, metavar="DIR")
    made.add_argument("--input", type=Path, required=True, metavar="FILE", help="A text file, one sentence a line.")
    made = group.add("sample", _sample, "Let a model write.")
    made.add_argument("model", type=Path, metavar="DIR")
    made.add_argument("--prompt", default="", metavar="TEXT", help="How the text begins.")
    made.add_argument("--tokens", type=int, default=60, metavar="N", help="How many tokens follow. Default: 60.")
    made.add_argument("--temperature", type=float, default=1.0, metavar="X", help="0: the likeliest. Default: 1.")
    made.add_argument("--top-k", type=int, metavar="N", help="Draw from the N likeliest words only.")
    made.add_argument("--top-p", type=float, default=1.0, metavar="X", help="Draw from the likeliest X of all.")
    made.add_argument("--seed", type=int, default=0, metavar="N", help="The same seed, the same text. Default: 0.")


def _train(a: argparse.Namespace) -> int:
    return _train_on_version(a) if a.data else _train_on_file(a)


def _train_on_version(a: argparse.Namespace) -> int:
    version = workspace().find(a.data)
    config = KINDS["lm"].load_config()
    values = parse_config(config, {**given(a, config), "version": version.id}).model_dump(mode="json")
    runs = store()
    queued = runs.submit("lm", version.label, values, (version.id,), lane=TERMINAL)
    code = follow(a, runs, queued)
    if code == 0 and a.output:
        shutil.copytree(queued.folder / "model", a.output, dirs_exist_ok=True)
    return code


def _train_on_file(a: argparse.Namespace) -> int:
    from core.neural_lm.config import LmSettings
    from core.neural_lm.training import train_on_files

    if a.output is None:
        raise InputError("There is no folder to write the model to.", "Name one with --output.")
    settings = parse_config(LmSettings, {**AS_IT_IS, **given(a, LmSettings)})
    result = run_stoppable(train_on_files(settings, a.input, a.validation, a.output, a.resume), watcher(a))
    show(a, result, str(result["summary"]))
    return 0


def _perplexity(a: argparse.Namespace) -> int:
    from core.data.corpus import file_corpus
    from core.neural_lm.model import load

    model = load(a.model)
    reading = model.settings.model_copy(update={"tokenizer": model.about["tokenizer"]})
    scores = model.perplexity(file_corpus(a.input, reading, model.about["language"]).sequences()).as_dict()
    show(a, scores, _sentence(scores))
    return 0


def _sentence(scores: dict[str, Any]) -> str:
    return (
        f"The perplexity is {scores['perplexity']:,.2f} on {scores['tokens']:,} tokens, "
        f"of which {scores['unknown']:,} are unknown to the model."
    )


def _sample(a: argparse.Namespace) -> int:
    from core.neural_lm.model import load

    text = load(a.model).generate(a.prompt, **{name: getattr(a, name) for name in SAMPLING})
    show(a, {"text": text}, text)
    return 0

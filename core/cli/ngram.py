"""`ngram`: fit n-gram models on text files and datasets, judge them, draw texts from them, read ARPA files.

A text file has one sentence a line, already cut into tokens unless another tokenizer than whitespace is named.
"""

import argparse
import time
from pathlib import Path

from core.cli.commands import Commands, on_version, show, watcher
from core.errors import FileError
from core.jobs import run
from core.options import add_options, given


def add(commands: Commands) -> None:
    """Add the group."""
    group = commands.group("ngram", "Fit n-gram language models, judge them, draw texts from them.")
    made = group.add("fit", _fit, "Fit a model on a text file, one sentence a line.")
    made.add_argument("--input", type=Path, required=True, metavar="FILE", help="The text to learn from.")
    made.add_argument("--output", type=Path, required=True, metavar="DIR", help="The folder to leave the model in.")
    made.add_argument("--arpa", type=Path, metavar="FILE", help="Also write the model as an ARPA file.")
    made.add_argument("--vocabulary", type=Path, metavar="FILE", help="The only words that are known, one a line.")
    made.add_argument(
        "--tokenizer", default="whitespace", metavar="NAME", help="How lines are cut. Default: whitespace."
    )
    made.add_argument("--lowercase", action="store_true", help="Write every token in lower case.")
    made.add_argument("--stop-words", action="store_true", help="Leave out the language's most common words.")
    if "ngram" in commands.typed:
        from core.ngram.config import FitConfig

        add_options(made, FitConfig, ("vocabulary",))
    made = group.add("train", on_version("ngram"), "Fit a model on a dataset, its settings chosen by validation.")
    made.add_argument("--data", required=True, metavar="NAME", help="The dataset, or one version of it (NAME@2).")
    group.add_config(made, "ngram", "version")
    made = group.add("perplexity", _perplexity, "Judge a model on a text file, one sentence a line.")
    _add_model(made)
    made.add_argument("--input", type=Path, required=True, metavar="FILE", help="The text to judge it on.")
    made = group.add("sample", _sample, "Draw texts from a model.")
    _add_model(made)
    made.add_argument("--prompt", default="", metavar="TEXT", help="What the texts begin with.")
    made.add_argument("--number", type=int, default=1, metavar="N", help="How many texts. Default: 1.")
    made.add_argument("--max-tokens", type=int, default=50, metavar="N", help="The longest text. Default: 50.")
    made.add_argument("--temperature", type=float, default=1.0, metavar="X", help="Below 1: likelier. Default: 1.")
    made.add_argument("--top-k", type=int, metavar="N", help="Draw from the N likeliest words only.")
    made.add_argument("--seed", type=int, default=0, metavar="N", help="The same seed, the same text. Default: 0.")
    made = group.add("import", _import, "Make an ARPA file a model.")
    made.add_argument("--input", type=Path, required=True, metavar="FILE", help="The ARPA file.")
    made.add_argument("--output", type=Path, required=True, metavar="DIR", help="The folder to leave the model in.")


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="DIR", help="The folder of the model.")


def _fit(a: argparse.Namespace) -> int:
    from core.config import parse_config
    from core.data.corpus import ReadingConfig, file_corpus
    from core.ngram.arpa import require_writable, write_arpa
    from core.ngram.config import FitConfig
    from core.ngram.fitting import fit

    started = time.perf_counter()
    words = _words(a.vocabulary) if a.vocabulary else ()
    values = {name: value for name, value in given(a, FitConfig).items() if name != "vocabulary"}
    config = parse_config(FitConfig, {**values, "vocabulary": words})
    read = {"tokenizer": a.tokenizer, "unit": "document", "lowercase": a.lowercase, "stop_words": a.stop_words}
    corpus = file_corpus(a.input, parse_config(ReadingConfig, read))
    if a.arpa:
        require_writable(config.estimator)
    model = run(fit(corpus, config, a.output), watcher(a))
    if a.arpa:
        run(write_arpa(model, a.arpa), watcher(a))
    seconds = time.perf_counter() - started
    known = model.settings
    summary = (
        f"The model of order {known.order} learned {sum(known.ngrams):,} n-grams from {known.tokens:,} tokens in "
        f"{seconds:.1f} seconds. It is in {a.output}."
    )
    result = {
        "summary": summary,
        **known.model_dump(mode="json", exclude={"format", "reading"}),
        "vocabulary": len(model.vocabulary),
        "seconds": round(seconds, 2),
        "model": str(a.output),
        "arpa": str(a.arpa) if a.arpa else None,
    }
    show(a, result, summary)
    return 0


def _perplexity(a: argparse.Namespace) -> int:
    from core.data.corpus import file_corpus
    from core.ngram.evaluation import evaluate
    from core.ngram.model import NgramModel

    model = NgramModel.load(a.model)
    a_line_a_sentence = {"tokenizer": model.settings.tokenizer, "unit": "document"}
    reading = model.settings.reading.model_copy(update=a_line_a_sentence)
    report = run(evaluate(model, file_corpus(a.input, reading, model.settings.language)), watcher(a))
    lines = [
        f"{name.replace('_', ' ')}: {'none' if value is None else format(value, ',.4f' if value % 1 else ',')}"
        for name, value in report.numbers().items()
    ]
    show(a, report.as_json(), "\n".join([*lines, *report.notes]))
    return 0


def _sample(a: argparse.Namespace) -> int:
    from core.ngram.model import NgramModel
    from core.ngram.sampling import sample
    from core.text.tokenizers import TOKENIZERS

    model = NgramModel.load(a.model)
    tokenizer = TOKENIZERS[model.settings.tokenizer]
    prompt = [token for tokens in model.corpus([a.prompt]).sequences() for token in tokens]
    texts = []
    for number in range(a.number):
        drawn = sample(model, prompt, a.max_tokens, a.temperature, a.top_k, a.seed + number)
        texts.append(tokenizer.join([*prompt, *drawn.tokens], model.settings.language))
    show(a, {"texts": texts, "seed": a.seed}, "\n".join(texts))
    return 0


def _import(a: argparse.Namespace) -> int:
    from core.ngram.arpa_reading import read_arpa

    model = run(read_arpa(a.input, a.output), watcher(a))
    summary = f"The model of order {model.order} has {sum(model.settings.ngrams):,} n-grams. It is in {a.output}."
    result = {"summary": summary, "order": model.order, "ngrams": model.settings.ngrams, "model": str(a.output)}
    show(a, result, summary)
    return 0


def _words(path: Path) -> tuple[str, ...]:
    try:
        return tuple(word for line in path.read_text("utf-8").splitlines() if (word := line.strip()))
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"The vocabulary {path} cannot be read ({error}).", "Give a text file in UTF-8.") from error

"""The model card: what someone who finds the model later must know, as Markdown that Hugging Face reads too."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from core.data.lineage import describe
from core.data.workspace import Version
from core.finetuning.baselines import TITLES
from core.finetuning.class_report import Interval
from core.finetuning.config import EMBEDDED, FinetuneConfig, Strategy
from core.finetuning.judging import Judgement
from core.text.embedded_model import NAME
from core.text.language import LANGUAGES

USE = """\
from transformers import pipeline
classify = pipeline("text-classification", model="{folder}", truncation=True)
print(classify("{example}"))
"""
UNKNOWN = "und"
ONLY_WITH: Mapping[str, tuple[Strategy, ...]] = {
    "frozen_layers": ("freeze layers",),
    "gradual_freezing": ("full", "freeze embeddings", "freeze layers"),
    "lora_rank": ("LoRA",),
}
USED = ("frozen_layers", "learning_rate", "max_length")  # may be left empty; the result has what was used
Escape = Callable[[object], str]
HUB_ID = re.compile(r"\w[\w.-]*/[\w.-]+")
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&])")


def literal(text: object) -> str:
    """Return `text` as one line that Markdown shows letter by letter: names come from files of strangers."""
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def model_card(
    name: str,
    config: FinetuneConfig,
    result: Mapping[str, Any],
    lineage: Sequence[Version],
    judged: Sequence[Judgement],
) -> str:
    """Return the card of a finished run: `result` is its result, `lineage` the data's versions from the first on
    (empty where they were deleted), `judged` its judgements.
    """
    head = _head(_language(lineage), _base(config.model))
    return f"{head}\n\n{card_text(name, config, result, lineage, judged)}\n"


def card_text(
    name: str,
    config: FinetuneConfig,
    result: Mapping[str, Any],
    lineage: Sequence[Version],
    judged: Sequence[Judgement],
    escape: Escape = literal,
) -> str:
    """Return what a person reads of the card, without the lines for the hub at its top.

    `escape` does what `literal` does, for a reader that knows more signs than Markdown's.
    """
    parts = [
        f"# {escape(name)}\n\nA text classifier: {escape(_base(config.model))}, fine-tuned with Corpus Lab. Labels: "
        f"{', '.join(map(escape, result['labels']))}.",
        f"## Use\n\n```python\n{USE.format(folder='path/to/this/folder', example='I love this movie!')}```",
        f"## Data\n\n{_data(lineage, result, escape)}",
        *(_scores(judgement, escape) for judgement in judged),
        f"## Limits\n\n{_limits(_language(lineage), result, judged, escape)}",
        f"## Settings\n\n{_settings(config, result, escape)}",
    ]
    return "\n\n".join(parts)


def _language(lineage: Sequence[Version]) -> str:
    return lineage[-1].language if lineage else UNKNOWN


def _base(model: str) -> str:
    """Return the public name of the pretrained model; of a folder of this machine only its own name."""
    return NAME if model == EMBEDDED else model if HUB_ID.fullmatch(model) else PurePath(model).name


def _head(language: str, base: str) -> str:
    lines = ["---", "library_name: transformers", "pipeline_tag: text-classification"]
    lines += [f"language: {language}"] if _is_known(language) else []
    lines += [f"base_model: {base}"] if HUB_ID.fullmatch(base) else []
    return "\n".join([*lines, "tags:", "- corpus-lab", "---"])


def _is_known(language: str) -> bool:
    return language in LANGUAGES and language != UNKNOWN


def _data(lineage: Sequence[Version], result: Mapping[str, Any], escape: Escape) -> str:
    if not lineage:
        return "The dataset version that the model learned from has been deleted since."
    steps = [f"{i}. {escape(v.label)}, {v.rows:,} rows: {escape(describe(v))}" for i, v in enumerate(lineage, 1)]
    counts = f"{result['train_rows']:,} rows trained the model, {result['validation_rows']:,} validation rows chose "
    counts += "its weights"
    counts += f", {result['test']['rows']:,} test rows were used once, at the end." if result["test"] else "."
    notes = [f"- {escape(note)}" for note in result.get("notes", ())]
    said = f"Dataset version {escape(lineage[-1].label)} (id {lineage[-1].id}). How it came about:"
    return "\n".join([said, "", *steps, "", counts, "", *notes]).strip()


def _scores(judgement: Judgement, escape: Escape) -> str:
    report, calibrated = judgement.report, judgement.calibration
    rows = [
        f"| {title} | {_share(value)} |"
        for title, value in (("Accuracy", report.accuracy), ("Macro F1", report.macro_f1), ("MCC", report.mcc))
    ]
    rows += [f"| {TITLES[name]}: accuracy | {rival.accuracy:.3f} |" for name, rival in judgement.rivals.items()]
    rows += [f"| Expected calibration error | {calibrated.before.ece:.3f} |"]
    rows += [f"| The same at temperature {calibrated.temperature:.2f} | {calibrated.after.ece:.3f} |"]
    labels = [
        f"| {escape(label.label)} | {label.rows:,} | {_share(label.precision)} | {_share(label.recall)} | "
        f"{_share(label.f1)} |"
        for label in report.labels
    ]
    return "\n".join(
        [
            f"## Scores on {report.rows:,} {judgement.part} rows",
            "",
            judgement.verdict.sentence,
            "",
            "| Measure | Value (95% interval) |",
            "| --- | --- |",
            *rows,
            "",
            "| Label | Rows | Precision | Recall | F1 |",
            "| --- | --- | --- | --- | --- |",
            *labels,
        ]
    )


def _limits(language: str, result: Mapping[str, Any], judged: Sequence[Judgement], escape: Escape) -> str:
    limits = [
        f"It reads the first {result['max_length']:,} tokens of a text; the rest is cut off.",
        "The scores hold for texts like those it was scored on. Other sources, topics or times can be much worse.",
        "It gives a label to every text, also to one that none of the labels fits.",
        "It can repeat what is unfair in its data; it was not examined for that.",
    ]
    if _is_known(language):
        limits.insert(1, f"Its data is in {LANGUAGES[language]}; it was not tried on other languages.")
    if not result["test"]:
        limits.append("There were no test rows: the validation rows also chose its weights, which flatters its score.")
    rare = [label.label for judgement in judged[-1:] for label in judgement.report.labels if label.rows < 30]
    if rare:
        limits.append(f"Fewer than 30 rows speak for the scores of: {', '.join(map(escape, rare))}.")
    return "\n".join(f"- {limit}" for limit in limits)


def _settings(config: FinetuneConfig, result: Mapping[str, Any], escape: Escape) -> str:
    """Return the table of the settings that mattered; what was left empty is shown as it was chosen, or not at all."""
    without = {name for name, strategies in ONLY_WITH.items() if config.strategy not in strategies}
    values = config.model_dump(mode="json", exclude={"version", *without})
    values |= {name: result[name] for name in USED if name in values and name in result}
    values |= {"model": _base(config.model), "seeds": ", ".join(map(str, config.seeds))}
    values |= {name: "yes" if value else "no" for name, value in values.items() if isinstance(value, bool)}
    fields = FinetuneConfig.model_fields
    lines = [f"| {fields[name].title} | {escape(v)} |" for name, v in values.items() if v is not None]
    return "\n".join(["| Setting | Value |", "| --- | --- |", *lines])


def _share(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"

"""The peer of bench_finetuning: transformers' Trainer with its own defaults, on the same model and rows; prints JSON.

`python -m tests.benchmarks.finetuning_trainer FOLDER --steps N` trains some steps for the speed; with `--epochs N
--seed N` it trains as long as ours does, at our learning rate, and is scored on the validation rows.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import transformers
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments

from core.finetuning.strategies import LEARNING_RATES
from core.text.embedded_model import embedded_model
from tests.benchmarks.measured import peak_mb

BATCH = 32


def rows(path: Path, tokenizer: object) -> list[dict[str, object]]:
    pairs = [line.rpartition("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    encoded = tokenizer([text for text, _, _ in pairs], truncation=True)["input_ids"]
    return [{"input_ids": ids, "label": int(label)} for ids, (_, _, label) in zip(encoded, pairs, strict=True)]


def main(source: Path, steps: int | None, epochs: int, seed: int) -> dict[str, object]:
    tokenizer = AutoTokenizer.from_pretrained(embedded_model())
    transformers.set_seed(seed)
    model = AutoModelForSequenceClassification.from_pretrained(embedded_model(), num_labels=2)
    train, validation = (rows(source / f"{part}.tsv", tokenizer) for part in ("train", "dev"))
    length = {"max_steps": steps} if steps else {"num_train_epochs": epochs, "learning_rate": LEARNING_RATES["full"]}
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=BATCH,
            seed=seed,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            **length,
        )
        trainer = Trainer(model, arguments, train_dataset=train, processing_class=tokenizer)
        started = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - started
        sentences = trainer.state.global_step * BATCH
        accuracy = None
        if not steps:
            answers = trainer.predict(validation)
            accuracy = float((answers.predictions.argmax(axis=1) == answers.label_ids).mean())
    return {
        "version": transformers.__version__,
        "sentences_per_second": sentences / seconds,
        "accuracy": accuracy,
        "peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(json.dumps(main(given.source, given.steps, given.epochs, given.seed)))

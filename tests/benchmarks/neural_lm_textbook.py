"""The peer of bench_neural_lm: a language model trained as PyTorch's word-level tutorial does it, written out.

`python -m tests.benchmarks.neural_lm_textbook FILE STEPS SETTINGS`; prints JSON. Plain SGD, float32, a loss of all
logits at once, one batch moved at a time, the loss read after every step.
"""

import json
import sys
import time
from pathlib import Path

import torch
from torch import nn

WARM_UP = 5  # steps that are not timed


class RNNModel(nn.Module):
    def __init__(self, tokens: int, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(tokens, width)
        self.rnn = nn.LSTM(width, width, layers, dropout=dropout if layers > 1 else 0.0)
        self.decoder = nn.Linear(width, tokens)
        self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)

    def forward(self, data: torch.Tensor, hidden: tuple) -> tuple:
        output, hidden = self.rnn(self.drop(self.encoder(data)), hidden)
        return self.decoder(self.drop(output)), hidden


def main(source: Path, steps: int, settings: dict) -> dict[str, float]:
    torch.manual_seed(settings["seed"])
    words = [w for line in source.read_text("utf-8").splitlines() if line.strip() for w in [*line.split(), "</s>"]]
    numbers = {word: number for number, word in enumerate(dict.fromkeys(["<unk>", *words]))}
    batch, bptt = settings["batch_size"], settings["bptt"]
    columns = len(words) // batch
    data = torch.tensor([numbers[word] for word in words])[: columns * batch].view(batch, columns).t().contiguous()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = RNNModel(len(numbers), settings["width"], settings["layers"], settings["dropout"]).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=5.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.95)
    losses = []
    started = time.perf_counter()
    while len(losses) < steps:
        hidden = tuple(torch.zeros(settings["layers"], batch, settings["width"], device=device) for _ in range(2))
        model.train()
        for i in range(0, columns - 1 - bptt, bptt):
            if len(losses) == WARM_UP:
                started = time.perf_counter()
            inputs, targets = data[i : i + bptt].to(device), data[i + 1 : i + 1 + bptt].reshape(-1).to(device)
            hidden = tuple(part.detach() for part in hidden)
            optimizer.zero_grad()
            output, hidden = model(inputs, hidden)
            loss = criterion(output.view(-1, len(numbers)), targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == steps:
                break
        scheduler.step()
    seconds = time.perf_counter() - started
    last = losses[-max(1, steps // 5) :]
    return {"speed": (steps - WARM_UP) * batch * bptt / seconds, "loss": sum(last) / len(last)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]))))

"""
`train.py ENCODED.npz MODEL.pt --minutes M`: trains the network for that long, from nothing or `--from MODEL.gguf`.
Needs torch (1.13 to 2.x) and numpy; gcc makes it faster. The loss is on answers only. Knows no grammar and no score.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoded", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=32)
    parser.add_argument("--steps", type=int, help="stop after so many steps, whatever the time")
    parser.add_argument("--learning-rate", type=float, default=0.02)
    parser.add_argument("--from", dest="start", type=Path, metavar="MODEL.gguf", help="go on from this model")
    parser.add_argument("--constant", type=float, default=0.2, help="part of the time before the learning rate falls")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


WARM_UP_STEPS = 60
SAVE_EVERY_SECONDS = 120


def schedule(part_done: float, constant: float, step: int) -> float:
    """The learning rate's factor: warm-up, a constant part of the time, then along a cosine to a hundredth."""
    warm = min(1.0, (step + 1) / WARM_UP_STEPS)
    if part_done < constant:
        return warm
    fall = 0.5 * (1 + math.cos(math.pi * min(1.0, (part_done - constant) / (1 - constant))))
    return warm * (fall * 0.99 + 0.01)


def faster_type() -> torch.dtype:
    """The type of number that this machine multiplies faster: bfloat16 where it has units for it, else mostly float32."""
    import torch

    def seconds(dtype: torch.dtype) -> float:
        left, right = torch.ones(1024, 256, dtype=dtype), torch.ones(768, 256, dtype=dtype)
        best = math.inf
        for _ in range(20):
            begin = time.perf_counter()
            torch.mm(left, right.t())
            best = min(best, time.perf_counter() - begin)
        return best

    return min((torch.bfloat16, torch.float32), key=seconds)


def main() -> None:
    """Trains and saves; prints a line of progress every 50 steps."""
    chosen = arguments()
    os.environ.setdefault("OMP_NUM_THREADS", str(chosen.threads))  # read when torch is loaded

    import numpy as np
    import torch
    import torch.nn.functional as F

    from training import fast_operations
    from training.batches import Examples, batches, padded
    from training.llama_file import read_model
    from training.network import Network, Shape
    from training.optimizer import Optimizer

    torch.set_num_threads(chosen.threads)
    torch.manual_seed(1)
    dtype = faster_type()
    print("numbers:", dtype)
    if why := fast_operations.build(dtype):
        print("slower, without fast_operations.c:", why)
    with np.load(chosen.encoded) as data:
        examples = Examples(dict(data))
    if chosen.start:
        weights, shape = read_model(chosen.start)
        network = Network(shape)
        network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.items()})
    else:
        network = Network(Shape())
    optimizer = Optimizer(network, dtype)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    print(f"{parameters} parameters, {len(examples)} examples, {len(examples.tokens)} tokens", flush=True)

    def save() -> None:
        torch.save({"shape": vars(network.shape), "weights": network.state_dict()}, chosen.out)

    begin = saved = time.monotonic()
    tokens = 0
    mean_loss = math.nan
    for step, batch in enumerate(batches(examples.lengths, np.random.default_rng(1))):
        seconds = time.monotonic() - begin
        part_done = seconds / (chosen.minutes * 60)
        if part_done > 1 or step == chosen.steps:
            break
        rate = chosen.learning_rate * schedule(part_done, chosen.constant, step)
        inputs, targets, in_answer = padded(examples, batch)
        positions = torch.from_numpy(in_answer).view(-1).nonzero().view(-1)
        logits = network(torch.from_numpy(inputs), positions, dtype).float()
        loss = F.cross_entropy(logits, torch.from_numpy(targets).view(-1)[positions])
        loss.backward()
        optimizer.step(rate)
        tokens += int(examples.lengths[batch].sum())
        mean_loss = loss.item() if math.isnan(mean_loss) else 0.98 * mean_loss + 0.02 * loss.item()
        if (step + 1) % 50 == 0:
            speed = tokens / (time.monotonic() - begin)
            print(
                f"step {step + 1}  {seconds / 60:.1f} min  {tokens / 1e6:.2f} M tokens  {speed:.0f} tokens/s  "
                f"loss {mean_loss:.4f}  learning rate {rate:.5f}",
                flush=True,
            )
        if time.monotonic() - saved > SAVE_EVERY_SECONDS:
            save()
            saved = time.monotonic()
    save()
    print(f"{tokens} tokens, loss {mean_loss:.4f}, saved in {chosen.out}")


if __name__ == "__main__":
    main()

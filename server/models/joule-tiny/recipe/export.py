"""`export.py MODEL.pt MODEL.gguf [--type q8_0|f16]`: the trained network as a file for llama.cpp. Needs torch and numpy."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from tokenizer import SHIPPED, Tokenizer
from training import gguf
from training.llama_file import write_model
from training.shape import Shape


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--type", choices=["q8_0", "f16"], default="q8_0")
    parser.add_argument("--tokenizer", type=Path, default=SHIPPED)
    chosen = parser.parse_args()
    saved = torch.load(chosen.model, map_location="cpu")
    weights = {name: tensor.float().numpy() for name, tensor in saved["weights"].items()}
    matrix_type = gguf.Q8_0 if chosen.type == "q8_0" else gguf.F16
    write_model(chosen.out, weights, Shape(**saved["shape"]), Tokenizer(chosen.tokenizer), matrix_type)
    print(
        f"{chosen.out}: {sum(array.size for array in weights.values())} parameters, {chosen.out.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()

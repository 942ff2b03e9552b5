"""joule-tiny's weights as the tensors and metadata of a llama GGUF file, and back. Needs numpy; knows no training."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tokenizer import SPECIAL, Tokenizer

from . import gguf
from .gguf import ARRAY, BOOL, FLOAT32, INT32, STRING, UINT32, Value
from .shape import Shape

CHAT_TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ '<|' + m['content'] + '|>' }}"
    "{% elif m['role'] == 'user' %}{{ m['content'] }}{% else %}{{ '<|out|>' + m['content'] + '<|im_end|>' }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|out|>' }}{% endif %}"
)
NORMAL, CONTROL = 1, 3
"""llama.cpp's token types."""

Weights = dict[str, np.ndarray]


def _interleaved(matrix: np.ndarray, heads: int) -> np.ndarray:
    """Rows of each head from two halves to pairs, as the llama architecture rotates them."""
    return matrix.reshape(heads, 2, -1, matrix.shape[1]).swapaxes(1, 2).reshape(matrix.shape)


def _halved(matrix: np.ndarray, heads: int) -> np.ndarray:
    """The way back."""
    return matrix.reshape(heads, -1, 2, matrix.shape[1]).swapaxes(1, 2).reshape(matrix.shape)


def to_tensors(weights: Weights, shape: Shape) -> Weights:
    """The network's parameters as llama.cpp's tensors."""
    tensors = {"token_embd.weight": weights["token_embd"], "output_norm.weight": weights["output_norm"]}
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        q, k, v = np.split(weights[block + "attn_qkv"], 3)
        gate, up = np.split(weights[block + "ffn_gate_up"], 2)
        parts = {
            "attn_norm": weights[block + "attn_norm"],
            "attn_q": _interleaved(q, shape.heads),
            "attn_k": _interleaved(k, shape.heads),
            "attn_v": v,
            "attn_output": weights[block + "attn_output"],
            "ffn_norm": weights[block + "ffn_norm"],
            "ffn_gate": gate,
            "ffn_up": up,
            "ffn_down": weights[block + "ffn_down"],
        }
        tensors.update({f"{block}{name}.weight": part for name, part in parts.items()})
    return tensors


def from_tensors(tensors: Weights, shape: Shape) -> Weights:
    """The way back."""
    weights = {"token_embd": tensors["token_embd.weight"], "output_norm": tensors["output_norm.weight"]}
    for layer in range(shape.layers):
        block = f"blk.{layer}."

        def part(name: str, block: str = block) -> np.ndarray:
            return tensors[f"{block}{name}.weight"]

        for name in ("attn_norm", "ffn_norm", "attn_output", "ffn_down"):
            weights[block + name] = part(name)
        q, k = (_halved(part(name), shape.heads) for name in ("attn_q", "attn_k"))
        weights[block + "attn_qkv"] = np.concatenate([q, k, part("attn_v")])
        weights[block + "ffn_gate_up"] = np.concatenate([part("ffn_gate"), part("ffn_up")])
    return weights


def metadata_of(shape: Shape, tokenizer: Tokenizer, matrix_type: int) -> dict[str, Value]:
    """What llama.cpp has to know beside the tensors."""
    special = tokenizer.special
    return {
        "general.architecture": Value(STRING, "llama"),
        "general.name": Value(STRING, "joule-tiny"),
        "general.description": Value(STRING, "Knows small Python utility functions and nothing else"),
        "general.file_type": Value(UINT32, 1 if matrix_type == gguf.F16 else 7),
        "general.quantization_version": Value(UINT32, 2),
        "llama.vocab_size": Value(UINT32, shape.vocabulary),
        "llama.context_length": Value(UINT32, shape.context),
        "llama.embedding_length": Value(UINT32, shape.width),
        "llama.block_count": Value(UINT32, shape.layers),
        "llama.feed_forward_length": Value(UINT32, shape.feed_forward),
        "llama.attention.head_count": Value(UINT32, shape.heads),
        "llama.attention.head_count_kv": Value(UINT32, shape.heads),
        "llama.attention.layer_norm_rms_epsilon": Value(FLOAT32, 1e-5),
        "llama.rope.dimension_count": Value(UINT32, shape.head_width),
        "llama.rope.freq_base": Value(FLOAT32, shape.rope_base),
        "tokenizer.ggml.model": Value(STRING, "gpt2"),
        "tokenizer.ggml.pre": Value(STRING, "qwen2"),
        "tokenizer.ggml.tokens": Value(ARRAY, tokenizer.tokens),
        "tokenizer.ggml.token_type": Value(
            ARRAY, [CONTROL if token in SPECIAL else NORMAL for token in tokenizer.tokens], INT32
        ),
        "tokenizer.ggml.merges": Value(ARRAY, [" ".join(merge) for merge in tokenizer.merges]),
        "tokenizer.ggml.bos_token_id": Value(UINT32, special["<|endoftext|>"]),
        "tokenizer.ggml.eos_token_id": Value(UINT32, special["<|im_end|>"]),
        "tokenizer.ggml.padding_token_id": Value(UINT32, special["<|endoftext|>"]),
        "tokenizer.ggml.add_bos_token": Value(BOOL, False),
        "tokenizer.ggml.fim_pre_token_id": Value(UINT32, special["<|fim_prefix|>"]),
        "tokenizer.ggml.fim_suf_token_id": Value(UINT32, special["<|fim_suffix|>"]),
        "tokenizer.ggml.fim_mid_token_id": Value(UINT32, special["<|fim_middle|>"]),
        "tokenizer.chat_template": Value(STRING, CHAT_TEMPLATE),
    }


def write_model(path: Path, weights: Weights, shape: Shape, tokenizer: Tokenizer, matrix_type: int) -> None:
    """Writes the file that llama.cpp runs; `matrix_type` is gguf.F16 or gguf.Q8_0."""
    gguf.write(path, metadata_of(shape, tokenizer, matrix_type), to_tensors(weights, shape), matrix_type)


def read_model(path: Path) -> tuple[Weights, Shape]:
    """The weights and sizes of a file that `write_model` wrote."""
    metadata, tensors = gguf.read(path)
    shape = Shape(
        vocabulary=metadata["llama.vocab_size"],
        width=metadata["llama.embedding_length"],
        layers=metadata["llama.block_count"],
        heads=metadata["llama.attention.head_count"],
        feed_forward=metadata["llama.feed_forward_length"],
        context=metadata["llama.context_length"],
        rope_base=metadata["llama.rope.freq_base"],
    )
    return from_tensors(tensors, shape), shape

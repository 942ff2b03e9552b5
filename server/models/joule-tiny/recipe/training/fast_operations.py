"""RMSNorm, SwiGLU and RoPE with their gradients, from C where gcc built it. Knows no network."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import torch

SOURCE = Path(__file__).parent / "fast_operations.c"
_library: ctypes.CDLL | None = None
_dtype = torch.bfloat16


def build(dtype: torch.dtype) -> str | None:
    """Builds and loads the C functions for this type. Returns why there are none; all works without, only slower."""
    global _library, _dtype
    _dtype = dtype
    try:
        with tempfile.TemporaryDirectory() as folder:
            built = Path(folder) / "fast_operations.so"
            options = ["-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC"]
            options += ["-DFLOAT32"] * (dtype == torch.float32)
            subprocess.run(["gcc", *options, str(SOURCE), "-o", str(built), "-lm"], check=True, capture_output=True)
            _library = ctypes.CDLL(str(built))
    except (OSError, subprocess.CalledProcessError) as error:
        return str(error)
    return None


def usable(dtype: torch.dtype) -> bool:
    """Whether `build` succeeded and numbers are of the one type that it was for."""
    return _library is not None and dtype == _dtype


def _address(tensor: torch.Tensor, offset_bytes: int = 0) -> ctypes.c_void_p:
    return ctypes.c_void_p(tensor.data_ptr() + offset_bytes)


def _long(*numbers: int) -> list[ctypes.c_long]:
    return [ctypes.c_long(number) for number in numbers]


class RmsNorm(torch.autograd.Function):
    """x / rms(x) * weight, by rows."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        width = x.shape[-1]
        rows = x.numel() // width
        out, scales = torch.empty_like(x), torch.empty(rows)
        addresses = map(_address, (x, weight, out, scales))
        _library.rms_forward(*addresses, *_long(rows, width))
        ctx.save_for_backward(x, weight, scales)
        return out

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x, weight, scales = ctx.saved_tensors
        width = x.shape[-1]
        gradient = gradient.contiguous()
        x_gradient, weight_gradient = torch.empty_like(x), torch.zeros_like(weight)
        addresses = map(_address, (gradient, x, weight, scales, x_gradient, weight_gradient))
        _library.rms_backward(*addresses, *_long(x.numel() // width, width))
        return x_gradient, weight_gradient


class SwiGlu(torch.autograd.Function):
    """silu(gate) * up, from rows of [gate | up]."""

    @staticmethod
    def forward(ctx: Any, gate_up: torch.Tensor) -> torch.Tensor:
        rows, width = gate_up.shape[0], gate_up.shape[-1] // 2
        out = torch.empty(rows, width, dtype=gate_up.dtype)
        _library.swiglu_forward(_address(gate_up), _address(out), *_long(rows, width))
        ctx.save_for_backward(gate_up)
        return out

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        (gate_up,) = ctx.saved_tensors
        gradient, out = gradient.contiguous(), torch.empty_like(gate_up)
        addresses = map(_address, (gradient, gate_up, out))
        _library.swiglu_backward(*addresses, *_long(gate_up.shape[0], gate_up.shape[1] // 2))
        return out


class RotateHeads(torch.autograd.Function):
    """[batch * tokens, 3 * heads * width] to q and k (rotated) and v, each [batch, heads, tokens, width]."""

    @staticmethod
    def forward(
        ctx: Any, qkv: torch.Tensor, tables: Any, batch: int, tokens: int, heads: int
    ) -> tuple[torch.Tensor, ...]:
        width = qkv.shape[1] // (3 * heads)
        outs = []
        for index, (cosines, sines) in enumerate(tables):
            out = torch.empty(batch, heads, tokens, width, dtype=qkv.dtype)
            start = _address(qkv, qkv.element_size() * index * heads * width)
            sizes = _long(batch, tokens, heads, width, 3 * heads * width)
            _library.rope(start, _address(out), _address(cosines), _address(sines), *sizes, 0)
            outs.append(out)
        ctx.tables, ctx.sizes = tables, (batch, tokens, heads, width)
        return tuple(outs)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        batch, tokens, heads, width = ctx.sizes
        out = torch.empty(batch * tokens, 3 * heads * width, dtype=gradients[0].dtype)
        for index, (gradient, (cosines, sines)) in enumerate(zip(gradients, ctx.tables)):
            gradient = gradient.contiguous()
            start = _address(out, out.element_size() * index * heads * width)
            sizes = _long(batch, tokens, heads, width, 3 * heads * width)
            _library.rope(_address(gradient), start, _address(cosines), _address(sines), *sizes, 1)
        return out, None, None, None, None

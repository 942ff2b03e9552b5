"""A small Llama (RMSNorm, RoPE, SwiGLU, tied embeddings) for training on CPUs. Knows no file."""

from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import fast_operations
from .shape import Shape

__all__ = ["Network", "Shape"]


def rms_norm(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """x / rms(x) * weight, by rows."""
    if fast_operations.usable(x.dtype):
        return fast_operations.RmsNorm.apply(x.contiguous(), weight)
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-5) * weight).to(x.dtype)


def swiglu(gate_up: torch.Tensor) -> torch.Tensor:
    """silu(gate) * up."""
    if fast_operations.usable(gate_up.dtype):
        return fast_operations.SwiGlu.apply(gate_up)
    gate, up = gate_up.chunk(2, -1)
    return F.silu(gate) * up


def _matrix(outputs: int, inputs: int, scale: float = 1.0) -> nn.Parameter:
    return nn.Parameter(torch.randn(outputs, inputs) * scale * inputs**-0.5)


class Network(nn.Module):
    """Parameters are named as in the GGUF file; attn_qkv and ffn_gate_up hold several of its matrices."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width, feed_forward = shape.width, shape.feed_forward
        self.token_embd = nn.Parameter(torch.randn(shape.vocabulary, width) * 0.02)
        self.output_norm = nn.Parameter(torch.ones(width))
        residual_scale = (2 * shape.layers) ** -0.5
        self.blk = nn.ModuleList(
            nn.ParameterDict(
                {
                    "attn_norm": nn.Parameter(torch.ones(width)),
                    "ffn_norm": nn.Parameter(torch.ones(width)),
                    "attn_qkv": _matrix(3 * width, width),
                    "attn_output": _matrix(width, width, residual_scale),
                    "ffn_gate_up": _matrix(2 * feed_forward, width),
                    "ffn_down": _matrix(width, feed_forward, residual_scale),
                }
            )
            for _ in range(shape.layers)
        )
        exponents = -torch.arange(0, shape.head_width, 2).float() / shape.head_width
        angles = torch.outer(torch.arange(shape.context).float(), shape.rope_base**exponents)
        self.cosines, self.sines = angles.cos(), angles.sin()
        self.mask = torch.full((shape.context, shape.context), float("-inf")).triu(1)

    def forward(
        self, tokens: torch.Tensor, positions: torch.Tensor | None = None, dtype: torch.dtype = torch.bfloat16
    ) -> torch.Tensor:
        """tokens [batch, length]; returns logits at these flat positions (default: all)."""
        batch, length = tokens.shape
        width, heads, head_width = self.shape.width, self.shape.heads, self.shape.head_width
        mask = self.mask[:length, :length].to(dtype)
        embedding = self.token_embd.to(dtype)
        x = F.embedding(tokens.reshape(-1), embedding)
        for block in self.blk:
            qkv = rms_norm(x, block["attn_norm"]) @ block["attn_qkv"].to(dtype).t()
            q, k, v = (part.reshape(batch * heads, length, head_width) for part in self._heads(qkv, batch, length))
            attention = torch.softmax(torch.bmm(q, k.transpose(1, 2)) + mask, -1)
            y = torch.bmm(attention, v).view(batch, heads, length, head_width)
            y = y.transpose(1, 2).reshape(batch * length, width)
            if positions is not None and block is self.blk[-1]:  # what follows works on each token by itself
                x, y = x[positions], y[positions]
            x = x + y @ block["attn_output"].to(dtype).t()
            hidden = swiglu(rms_norm(x, block["ffn_norm"]) @ block["ffn_gate_up"].to(dtype).t())
            x = x + hidden @ block["ffn_down"].to(dtype).t()
        return rms_norm(x, self.output_norm) @ embedding.t()

    def _heads(self, qkv: torch.Tensor, batch: int, length: int) -> tuple[torch.Tensor, ...]:
        """q (scaled), k and v by head, q and k rotated by their place."""
        heads, head_width = self.shape.heads, self.shape.head_width
        cosines, sines = self.cosines[:length].contiguous(), self.sines[:length].contiguous()
        scale = head_width**-0.5
        scaled, plain = (cosines * scale, sines * scale), (cosines, sines)
        if fast_operations.usable(qkv.dtype):
            unturned = (torch.ones_like(cosines), torch.zeros_like(sines))
            tables = (scaled, plain, unturned)
            return fast_operations.RotateHeads.apply(qkv.contiguous(), tables, batch, length, heads)
        parts = (part.view(batch, length, heads, head_width).transpose(1, 2) for part in qkv.split(self.shape.width, 1))
        q, k, v = parts
        return _rotated(q, *scaled), _rotated(k, *plain), v


def _rotated(x: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor) -> torch.Tensor:
    left, right = x.chunk(2, -1)
    return torch.cat((left * cosines - right * sines, right * cosines + left * sines), -1).to(x.dtype)

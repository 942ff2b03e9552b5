"""Muon for matrices, Adam for the rest (Muon: momentum, made orthogonal by Newton-Schulz; Jordan et al. 2024). Knows no data."""

from __future__ import annotations

import torch

from .network import Network

MOMENTUM = 0.95
WEIGHT_DECAY = 0.02
ADAM_RATE = 0.15
"""Adam's learning rate as a part of Muon's."""


def orthogonal(gradient: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """About the nearest matrix whose singular values are all 1, by five Newton-Schulz steps in numbers of this type."""
    x = gradient.to(dtype)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.t()
    x = (x / (x.norm() + 1e-7)).contiguous()
    for _ in range(5):
        square = x @ x.t()
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return (x.t() if tall else x).float()


class Optimizer:
    """Takes one step at a time; `step` also clears the gradients."""

    def __init__(self, network: Network, dtype: torch.dtype) -> None:
        self.dtype = dtype
        named = [
            (name, parameter) for block in network.blk for name, parameter in block.items() if parameter.dim() == 2
        ]
        self.matrices = [(parameter, _parts(name), torch.zeros_like(parameter)) for name, parameter in named]
        own = {id(parameter) for parameter, _, _ in self.matrices}
        others = [parameter for parameter in network.parameters() if id(parameter) not in own]
        self.adam = torch.optim.AdamW(others, lr=1, betas=(0.9, 0.95), weight_decay=0)

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One step with this learning rate."""
        for parameter, parts, momentum in self.matrices:
            momentum.mul_(MOMENTUM).add_(parameter.grad)
            gradient = parameter.grad.add(momentum, alpha=MOMENTUM)
            updates = [
                orthogonal(part, self.dtype) * max(1, part.shape[0] / part.shape[1]) ** 0.5
                for part in gradient.chunk(parts)
            ]
            parameter.mul_(1 - WEIGHT_DECAY * rate).add_(torch.cat(updates), alpha=-rate)
            parameter.grad = None
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * rate
        self.adam.step()
        self.adam.zero_grad(set_to_none=True)


def _parts(name: str) -> int:
    """Matrices that one parameter holds: each is made orthogonal by itself."""
    return {"attn_qkv": 3, "ffn_gate_up": 2}.get(name, 1)

"""How large the network is. Knows no tensor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """Sizes of a llama network; the defaults are joule-tiny's."""

    vocabulary: int = 1280
    width: int = 256
    layers: int = 6
    heads: int = 4
    feed_forward: int = 704
    context: int = 512
    rope_base: float = 10000.0

    @property
    def head_width(self) -> int:
        """Numbers per attention head."""
        return self.width // self.heads

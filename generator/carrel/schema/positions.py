"""Where values were written, asked in the ways that a finding about their shape needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from carrel.diagnostics import Path, Span
from carrel.layers import Layer, Resolved


@dataclass(frozen=True, slots=True)
class Positions:
    """Positions in layers, of which the last that writes a value counts.

    Every answer is None where nothing was written.
    """

    layers: Sequence[Layer]
    resolved: Resolved

    def value(self, path: Path) -> Span | None:
        """Where the value at `path` was written, or else what holds it."""
        return self.resolved.span(path)

    def key(self, path: Path) -> Span | None:
        """Where the key or the item at the end of `path` was written, or else what holds it."""
        for length in range(len(path), 0, -1):
            is_item = isinstance(path[length - 1], int)
            for layer in reversed(self.layers):
                places = layer.spans if is_item else layer.keys
                span = places.get(path[:length])
                if span is not None:
                    return span
        return self.resolved.span(path)

    def removal(self, path: Path) -> Span | None:
        """Where a null was written that removed the default at `path`."""
        chain = self.resolved.origins.get(path, ())
        return chain[-1].span if chain and chain[-1].value is None else None

    def literal(self, path: Path) -> str | None:
        """How the number or boolean at `path` was written: `1.30`, `off`."""
        span = self.resolved.span(path)
        for layer in reversed(self.layers):
            if layer.spans.get(path) == span:
                return layer.literals.get(path)
        return None

"""What selects objects by their labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from carrel.diagnostics import dotted
from carrel.k8s.fields import Fields, labels, mappings, strings, text

_OPERATORS: dict[str, Callable[[str | None, list[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
}


@dataclass(frozen=True, slots=True)
class Selector:
    """A LabelSelector.

    Attributes:
        wanted: labels that a pod must have.
        expressions: conditions of matchExpressions.
    """

    wanted: Mapping[str, str]
    expressions: tuple[Fields, ...] = ()

    @classmethod
    def of(cls, field: Fields, *, plain: bool = False) -> "Selector":
        """The selector in a field: a LabelSelector, or plain labels."""
        if plain:
            return cls(labels(field))
        conditions = (condition for _, condition in mappings(field.get("matchExpressions")))
        return cls(labels(field.get("matchLabels")), tuple(conditions))

    @property
    def is_empty(self) -> bool:
        """Whether it selects everything."""
        return not self.wanted and not self.expressions

    def matches(self, pod_labels: Mapping[str, str]) -> bool:
        """Whether a pod with these labels is selected."""
        if any(pod_labels.get(name) != value for name, value in self.wanted.items()):
            return False
        for expression in self.expressions:
            holds = _OPERATORS.get(text(expression.get("operator")))
            value = pod_labels.get(text(expression.get("key")))
            if holds is not None and not holds(value, strings(expression.get("values"))):
                return False
        return True

    def __str__(self) -> str:
        """The labels as kubectl takes them, `app=dashboard,tier=web`."""
        parts = [f"{name}={value}" for name, value in sorted(self.wanted.items())]
        parts += [dotted((text(expression.get("key")),)) for expression in self.expressions]
        return ",".join(parts)

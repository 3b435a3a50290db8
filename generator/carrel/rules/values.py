"""A site's resolved values as rules see them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from carrel.diagnostics import Diagnostic, Path, Severity, dotted
from carrel.layers import Resolved


@dataclass(frozen=True, slots=True)
class Values:
    """Values that have passed the schema, with the places where they were written."""

    resolved: Resolved

    def __getitem__(self, key: str) -> Any:
        return self.resolved.values[key]

    def error(self, code: str, path: Path, message: str) -> Diagnostic:
        """A finding at the place where the value at `path` was written."""
        return Diagnostic(
            code, Severity.ERROR, message, span=self.resolved.span(path), path=dotted(path)
        )

    def warning(self, code: str, path: Path, message: str) -> Diagnostic:
        """As `error`, for what a site may well want."""
        return Diagnostic(
            code, Severity.WARNING, message, span=self.resolved.span(path), path=dotted(path)
        )

    def offered_images(self, application: str) -> Iterator[str]:
        """Names of the catalogue's images of an application type that the form offers, sorted."""
        images: Mapping[str, Any] = self["notebooks"]["images"]
        for name in sorted(images):
            entry = images[name]
            if entry["type"] == application and entry.get("state", "offered") == "offered":
                yield name

    def gateway_namespace(self) -> str:
        """Namespace of the ingress gateway's pods."""
        mesh: Mapping[str, Any] = self["mesh"]
        return str(mesh["gateway"]["namespace"] or mesh["namespace"])


def gibibytes(amount: str) -> float:
    """The number in an amount such as `4Gi`, which the schema has checked."""
    return float(amount.removesuffix("Gi"))


def shown(amount: int | float | str) -> str:
    """An amount as Helm prints it: a whole number has no fraction, however it was written."""
    return str(int(amount)) if isinstance(amount, float) and amount.is_integer() else str(amount)

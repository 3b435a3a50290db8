"""A site's resolved values as rules see them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from carrel.diagnostics import Diagnostic, Path, Severity, Span, dotted
from carrel.layers import Resolved


@dataclass(frozen=True, slots=True)
class Values:
    """Values that have passed the schema, with the places where they were written."""

    resolved: Resolved

    def __getitem__(self, key: str) -> Any:
        return self.resolved.values[key]

    def error(self, code: str, path: Path, message: str, causes: Iterable[Path] = ()) -> Diagnostic:
        """A finding at the place where the value at `path` was written.

        Args:
            code: what is wrong.
            path: the value in question.
            message: why, without a full stop.
            causes: values that the finding is about as well, the likeliest first: it is at the
                first of them that was written where the value itself is a default.
        """
        return Diagnostic(code, Severity.ERROR, message, self._place(path, causes), dotted(path))

    def _place(self, path: Path, causes: Iterable[Path]) -> Span | None:
        written = (self.resolved.written(each) for each in (path, *causes))
        return next(filter(None, written), None) or self.resolved.span(path)

    def warning(self, code: str, path: Path, message: str) -> Diagnostic:
        """As `error`, for what a site may well want."""
        return Diagnostic(
            code, Severity.WARNING, message, span=self.resolved.span(path), path=dotted(path)
        )

    def offered_images(self, application: str) -> Iterator[str]:
        """Names of the catalogue's images of an application type that the form offers, sorted."""
        return self.images_of_type(application, "offered")

    def images_of_type(self, application: str, *states: str) -> Iterator[str]:
        """Names of the catalogue's images of an application type in one of the states, sorted."""
        images: Mapping[str, Any] = self["notebooks"]["images"]
        for name in sorted(images):
            entry = images[name]
            if entry["type"] == application and entry.get("state", "offered") in states:
                yield name

    def is_installed(self, component: str) -> bool:
        """Whether the platform release has a component's objects.

        Dex and oauth2-proxy are there only where people log in through them, as in the chart's
        `carrel.login.dex` and `carrel.login.page`.
        """
        identity: Mapping[str, Any] = self["identity"]
        owner = "profileController" if component == "accessManagement" else component
        if not self["components"][owner]["enabled"]:
            return False
        if component == "dex":
            return bool(identity["mode"] == "dex")
        if component == "oauth2Proxy":
            client = identity["mode"] == "external" and identity["oidc"]["clientId"]
            return bool(identity["mode"] == "dex" or client)
        return True

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

"""Where a rendered object was written down: in a template, or in a site's `extraObjects`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from carrel.diagnostics import Diagnostic, Path, Severity, Span, dotted
from carrel.k8s.component_values import value_behind
from carrel.k8s.fields import Fields, mapping, text
from carrel.k8s.objects import Identity, RenderedObject
from carrel.layers import Resolved


@dataclass(frozen=True, slots=True)
class Places:
    """Positions for what is said about objects.

    Attributes:
        resolved: the site's values.
        entries: the name in `extraObjects` of each object there.
    """

    resolved: Resolved
    entries: Mapping[Identity, str] = field(default_factory=dict)

    @classmethod
    def of(cls, resolved: Resolved) -> "Places":
        """The places of a site."""
        extra = mapping(resolved.values.get("extraObjects"))
        return cls(resolved, {_identity(mapping(entry)): name for name, entry in extra.items()})

    def report(
        self,
        code: str,
        rendered: RenderedObject,
        where: Path,
        message: str,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """What is wrong with the field `where` of an object, at the best position known."""
        entry = self.entries.get(rendered.identity) if rendered.is_extra else None
        if entry is not None:
            path: Path = ("extraObjects", entry, *where)
            return Diagnostic(code, severity, message, self.resolved.span(path), dotted(path), hint)
        value = value_behind(rendered, where, self.resolved.values)
        written = self.resolved.written(value) if value else None
        if written is not None:
            return Diagnostic(code, severity, message, written, dotted(value), hint)
        place = f" {dotted(where)}" if where else ""
        sentence = f"{title(rendered)}{place}: {message}"
        return Diagnostic(code, severity, sentence, Span(rendered.source, 1, 1), "", hint)

    def report_value(
        self,
        code: str,
        path: Path,
        message: str,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """What is wrong with a value of the site that an object repeats."""
        return Diagnostic(code, severity, message, self.resolved.span(path), dotted(path), hint)


def title(rendered: RenderedObject) -> str:
    """How messages name an object: `Deployment kubeflow/dashboard`, `Namespace kubeflow`."""
    return target_title(rendered.identity)


def target_title(identity: Identity) -> str:
    """How messages name an object that may not exist."""
    prefix = f"{identity.namespace}/" if identity.namespace else ""
    return f"{identity.kind} {prefix}{identity.name}"


def _identity(entry: Fields) -> Identity:
    metadata = mapping(entry.get("metadata"))
    group, slash, _ = text(entry.get("apiVersion")).rpartition("/")
    return Identity(
        group if slash else "",
        text(entry.get("kind")),
        text(metadata.get("namespace")),
        text(metadata.get("name")),
    )

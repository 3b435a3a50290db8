"""Selectors, and the pods and ports that they are meant for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from carrel.diagnostics import Diagnostic, Path, Severity, dotted
from carrel.k8s.fields import Fields, descend, labels, mapping, mappings, strings, text
from carrel.k8s.kinds import Kind
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.workloads import PodTemplate, pod_templates

_SELECTING: dict[Kind, Path] = {
    ("", "Service"): ("spec", "selector"),
    ("networking.k8s.io", "NetworkPolicy"): ("spec", "podSelector"),
    ("networking.istio.io", "EnvoyFilter"): ("spec", "workloadSelector", "labels"),
    ("networking.istio.io", "Sidecar"): ("spec", "workloadSelector", "labels"),
    ("policy", "PodDisruptionBudget"): ("spec", "selector"),
    ("security.istio.io", "AuthorizationPolicy"): ("spec", "selector"),
    ("security.istio.io", "PeerAuthentication"): ("spec", "selector"),
    ("security.istio.io", "RequestAuthentication"): ("spec", "selector"),
    ("telemetry.istio.io", "Telemetry"): ("spec", "selector"),
}
"""Where a kind says which pods of its namespace it is about."""

_PLAIN_LABELS = frozenset({"Service", "EnvoyFilter", "Sidecar"})
"""Kinds whose selector is a mapping of labels and not a LabelSelector."""

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


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with selectors and port names.

    E430: a workload whose selector does not match its own pods, which the API server refuses.
    E431, W431: a Service, budget or policy that selects no pod in a namespace whose pods are
    rendered, so that it does nothing. E432: a port name that none of the pods has.
    """
    objects = tuple(objects)
    templates = pod_templates(objects)
    by_namespace: dict[str, list[PodTemplate]] = {}
    for template in templates:
        by_namespace.setdefault(template.namespace, []).append(template)
        yield from _own_pods(template, places)
        yield from _probes(template, places)
    for rendered in objects:
        where = _SELECTING.get((rendered.group, rendered.kind))
        pods = by_namespace.get(rendered.namespace)
        if where is not None and pods is not None:
            yield from _selected(rendered, where, pods, places)


def _own_pods(template: PodTemplate, places: Places) -> Iterator[Diagnostic]:
    owner = template.owner
    field = descend(owner.body, "spec", "selector")
    if owner.group != "apps" or not field:
        return
    selector = Selector.of(field)
    if not selector.matches(template.labels):
        own = ", ".join(f"{name}={value}" for name, value in sorted(template.labels.items()))
        message = f"selects pods with {selector}, but its own have {own or 'no labels'}"
        yield places.report("E430", owner, ("spec", "selector"), message)


def _probes(template: PodTemplate, places: Places) -> Iterator[Diagnostic]:
    for where, container in template.containers():
        names = {text(port.get("name")) for _, port in mappings(container.get("ports"))}
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            for handler in ("httpGet", "tcpSocket"):
                port = descend(container, probe, handler).get("port")
                if isinstance(port, str) and port not in names:
                    at: Path = (*where, probe, handler, "port")
                    yield places.report("E432", template.owner, at, _no_port(port, names))


def _selected(
    rendered: RenderedObject, where: Path, pods: list[PodTemplate], places: Places
) -> Iterator[Diagnostic]:
    field = descend(rendered.body, *map(str, where))
    selector = Selector.of(field, plain=rendered.kind in _PLAIN_LABELS)
    if selector.is_empty:
        return
    matched = [template for template in pods if selector.matches(template.labels)]
    if not matched:
        extra = rendered.is_extra
        yield places.report(
            "W431" if extra else "E431",
            rendered,
            where,
            f"no pod in namespace {rendered.namespace} has {selector}",
            _nearest(selector, pods),
            Severity.WARNING if extra else Severity.ERROR,
        )
    elif rendered.kind == "Service":
        names = frozenset[str]().union(*(template.port_names() for template in matched))
        for index, port in mappings(mapping(rendered.body.get("spec")).get("ports")):
            target = port.get("targetPort")
            if isinstance(target, str) and target not in names:
                at: Path = ("spec", "ports", index, "targetPort")
                yield places.report("E432", rendered, at, _no_port(target, names))


def _nearest(selector: Selector, pods: list[PodTemplate]) -> str:
    """The pods that match most of the labels, to show which one differs."""
    if not selector.wanted:
        return ""
    best = max(pods, key=lambda template: len(selector.wanted.items() & template.labels.items()))
    shown = (
        f"{name}={best.labels[name]}" for name in sorted(selector.wanted) if name in best.labels
    )
    found = ", ".join(shown)
    return f"{best.owner.kind} {best.owner.name} has {found}" if found else ""


def _no_port(port: str, names: Iterable[str]) -> str:
    known = ", ".join(sorted(filter(None, names)))
    return f"no container has a port named {port!r}; named are {known or 'none'}"

"""Selectors, and the pods and ports that they are meant for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from carrel.diagnostics import Diagnostic, Path, Severity
from carrel.k8s.fields import descend, mapping, mappings, text
from carrel.k8s.kinds import Kind
from carrel.k8s.label_selectors import Selector
from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.surroundings import Surroundings
from carrel.k8s.workloads import PodTemplate, pod_templates

_SELECTING: dict[Kind, Path] = {
    ("", "Service"): ("spec", "selector"),
    ("extensions.istio.io", "WasmPlugin"): ("spec", "selector"),
    ("networking.k8s.io", "NetworkPolicy"): ("spec", "podSelector"),
    ("networking.istio.io", "DestinationRule"): ("spec", "workloadSelector"),
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

_ENDPOINTS: Kind = ("discovery.k8s.io", "EndpointSlice")
_GATEWAY: Kind = ("networking.istio.io", "Gateway")
_PEERS = (("ingress", "from"), ("egress", "to"))
_NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has its own name in."""


@dataclass(frozen=True, slots=True)
class _Pods:
    """The pods that are known.

    Attributes:
        by_namespace: the rendered ones.
        surroundings: says which namespaces hold no other pods of the platform, and what the ingress
            gateway's pods are called.
        served: Services that EndpointSlices are rendered for.
    """

    by_namespace: Mapping[str, list[PodTemplate]]
    surroundings: Surroundings
    served: frozenset[Identity] = frozenset()

    def are_known(self, namespace: str) -> bool:
        """Whether the pods of a namespace are rendered."""
        return namespace in self.by_namespace or namespace in self.surroundings.own

    def are_known_to(self, rendered: RenderedObject) -> bool:
        """Whether all pods are known that an object of a namespace can be meant for.

        What we render means the gateway alone where its pods are; a site's own object may mean
        others there.
        """
        beside_gateway = rendered.namespace == self.surroundings.gateway_namespace
        return self.are_known(rendered.namespace) or (beside_gateway and not rendered.is_extra)

    def selected(self, namespace: str, selector: Selector) -> list[PodTemplate]:
        """The rendered pods of a namespace that a selector matches."""
        here = self.by_namespace.get(namespace, ())
        return [template for template in here if selector.matches(template.labels)]

    def is_gateway(self, namespace: str, selector: Selector) -> bool:
        """Whether a selector matches the ingress gateway's pods."""
        around = self.surroundings
        return namespace == around.gateway_namespace and selector.matches(
            dict(around.gateway_labels)
        )


def check(
    objects: Iterable[RenderedObject], surroundings: Surroundings, places: Places
) -> Iterator[Diagnostic]:
    """What is wrong with selectors and port names.

    E430: a workload whose selector does not match its own pods, which the API server refuses.
    E431, W431: a Service, budget, policy or Gateway that selects no pod in a namespace whose pods
    are known, so that it does nothing, or a NetworkPolicy that lets nobody in there. E432: a port
    name that none of the pods has.
    """
    objects = tuple(objects)
    templates = pod_templates(objects)
    by_namespace: dict[str, list[PodTemplate]] = {}
    for template in templates:
        by_namespace.setdefault(template.namespace, []).append(template)
        yield from _own_pods(template, places)
        yield from _probes(template, places)
    served = (
        Identity("", "Service", rendered.namespace, _service_of(rendered))
        for rendered in objects
        if (rendered.group, rendered.kind) == _ENDPOINTS
    )
    pods = _Pods(by_namespace, surroundings, frozenset(served))
    for rendered in objects:
        kind = (rendered.group, rendered.kind)
        where = _SELECTING.get(kind)
        if where is not None:
            yield from _selected(rendered, where, pods, places)
            if rendered.kind == "NetworkPolicy":
                yield from _peers(rendered, pods, places)
        elif kind == _GATEWAY:
            yield from _served(rendered, pods, places)


def _service_of(endpoints: RenderedObject) -> str:
    """The Service of an EndpointSlice."""
    return text(descend(endpoints.body, "metadata", "labels").get("kubernetes.io/service-name"))


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
    rendered: RenderedObject, where: Path, pods: _Pods, places: Places
) -> Iterator[Diagnostic]:
    if not pods.are_known_to(rendered):
        return
    field = descend(rendered.body, *map(str, where))
    selector = Selector.of(field, plain=rendered.kind in _PLAIN_LABELS)
    if selector.is_empty:
        if rendered.kind == "Service":
            yield from _without_selector(rendered, pods, places)
        return
    matched = pods.selected(rendered.namespace, selector)
    if not matched:
        if not pods.is_gateway(rendered.namespace, selector):
            yield _idle(rendered, where, (rendered.namespace, selector), pods, places)
    elif rendered.kind == "Service":
        names = frozenset[str]().union(*(template.port_names() for template in matched))
        for index, port in mappings(mapping(rendered.body.get("spec")).get("ports")):
            target = port.get("targetPort")
            if isinstance(target, str) and target not in names:
                at: Path = ("spec", "ports", index, "targetPort")
                yield places.report("E432", rendered, at, _no_port(target, names))


def _without_selector(
    rendered: RenderedObject, pods: _Pods, places: Places
) -> Iterator[Diagnostic]:
    """A Service that selects no pods has the endpoints that somebody writes down for it."""
    spec = descend(rendered.body, "spec")
    if spec.get("type") != "ExternalName" and rendered.identity not in pods.served:
        extra = rendered.is_extra
        yield places.report(
            "W431" if extra else "E431",
            rendered,
            ("spec",),
            "it selects no pods, and no EndpointSlice is rendered for it",
            severity=Severity.WARNING if extra else Severity.ERROR,
        )


def _peers(rendered: RenderedObject, pods: _Pods, places: Places) -> Iterator[Diagnostic]:
    """The pods that a NetworkPolicy lets its own talk to, where their namespace is named."""
    spec = descend(rendered.body, "spec")
    for field, side in _PEERS:
        for position, rule in mappings(spec.get(field)):
            for number, peer in mappings(rule.get(side)):
                namespace = rendered.namespace
                if "namespaceSelector" in peer:
                    around = descend(peer, "namespaceSelector", "matchLabels")
                    namespace = text(around.get(_NAMESPACE_NAME))
                wanted = mapping(peer.get("podSelector"))
                if not (wanted and pods.are_known(namespace)):
                    continue
                selector = Selector.of(wanted)
                if not (pods.selected(namespace, selector) or pods.is_gateway(namespace, selector)):
                    where: Path = ("spec", field, position, side, number, "podSelector")
                    yield _idle(rendered, where, (namespace, selector), pods, places)


def _served(rendered: RenderedObject, pods: _Pods, places: Places) -> Iterator[Diagnostic]:
    """Whether an Istio Gateway is for pods that are known: those may be in any namespace."""
    selector = Selector.of(descend(rendered.body, "spec", "selector"), plain=True)
    gateway = pods.surroundings.gateway_namespace
    known = (gateway, *pods.by_namespace)
    if not (
        selector.is_empty
        or pods.is_gateway(gateway, selector)
        or any(pods.selected(namespace, selector) for namespace in known)
    ):
        yield _idle(rendered, ("spec", "selector"), (gateway, selector), pods, places)


def _idle(
    rendered: RenderedObject,
    where: Path,
    selecting: tuple[str, Selector],
    pods: _Pods,
    places: Places,
) -> Diagnostic:
    """What is said of a selector that matches nothing in a namespace."""
    namespace, selector = selecting
    extra = rendered.is_extra
    hint = _nearest(selector, pods.by_namespace.get(namespace, []))
    if not hint and namespace == pods.surroundings.gateway_namespace:
        hint = f"the ingress gateway has {Selector(dict(pods.surroundings.gateway_labels))}"
    return places.report(
        "W431" if extra else "E431",
        rendered,
        where,
        f"no pod in namespace {namespace} has {selector}",
        hint,
        Severity.WARNING if extra else Severity.ERROR,
    )


def _nearest(selector: Selector, pods: list[PodTemplate]) -> str:
    """The pods that match most of the labels, to show which one differs."""
    if not (selector.wanted and pods):
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

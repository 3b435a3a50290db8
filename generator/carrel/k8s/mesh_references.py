"""References of Istio's kinds: routes to Services and Gateways, principals, certificates."""

from collections.abc import Callable, Iterator

from carrel.diagnostics import Path
from carrel.k8s.fields import Fields, descend, mapping, mappings, strings, text
from carrel.k8s.kinds import Kind
from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.reference import TLS, Reference
from carrel.k8s.surroundings import Surroundings

_NETWORKING, _SECURITY = "networking.istio.io", "security.istio.io"


def service_of(host: str, namespace: str, cluster_domain: str) -> Identity | None:
    """The Service that a host of a route means, or None when it lies outside the cluster.

    Args:
        host: as a VirtualService or DestinationRule in `namespace` writes it.
        namespace: the namespace that completes a host without dots.
        cluster_domain: DNS domain of Services.
    """
    if "*" in host or not host:
        return None
    if "." not in host:
        return Identity("", "Service", namespace, host)
    inside = host.removesuffix(f".svc.{cluster_domain}")
    if inside == host:
        inside = host.removesuffix(".svc")
    name, dot, of_namespace = inside.partition(".")
    # Without `.svc` only a namespace can follow, which a domain of several labels cannot be.
    return Identity("", "Service", of_namespace, name) if dot and "." not in of_namespace else None


def _of_virtual_service(rendered: RenderedObject, around: Surroundings) -> Iterator[Reference]:
    spec = descend(rendered.body, "spec")
    for position, name in enumerate(strings(spec.get("gateways"))):
        if name != "mesh":
            namespace, _, gateway = name.rpartition("/")
            target = Identity(_NETWORKING, "Gateway", namespace or rendered.namespace, gateway)
            yield Reference(rendered, ("spec", "gateways", position), target)
    for protocol in ("http", "tcp", "tls"):
        for position, route in mappings(spec.get(protocol)):
            here: Path = ("spec", protocol, position)
            for number, choice in mappings(route.get("route")):
                at: Path = (*here, "route", number, "destination")
                yield from _of_host(rendered, at, mapping(choice.get("destination")), around)
            yield from _of_host(rendered, (*here, "mirror"), mapping(route.get("mirror")), around)


def _of_destination_rule(rendered: RenderedObject, around: Surroundings) -> Iterator[Reference]:
    yield from _of_host(rendered, ("spec",), descend(rendered.body, "spec"), around)


def _of_host(
    rendered: RenderedObject, here: Path, holder: Fields, around: Surroundings
) -> Iterator[Reference]:
    host = text(holder.get("host"))
    target = service_of(host, rendered.namespace, around.cluster_domain)
    if target is not None:
        # `example.com` is a domain as likely as the Service `example` of a namespace.
        yield Reference(rendered, (*here, "host"), target, outside=host.count(".") == 1)


def _of_gateway(rendered: RenderedObject, around: Surroundings) -> Iterator[Reference]:
    for position, server in mappings(descend(rendered.body, "spec").get("servers")):
        name = text(descend(server, "tls").get("credentialName"))
        if name:
            # The gateway's pods read it, so it lies beside them and not beside the Gateway.
            target = Identity("", "Secret", around.gateway_namespace, name)
            where: Path = ("spec", "servers", position, "tls", "credentialName")
            yield Reference(rendered, where, target, ("tls.crt", "tls.key"), secret_type=TLS)


def _of_sidecar(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    for position, listener in mappings(descend(rendered.body, "spec").get("egress")):
        for number, host in enumerate(strings(listener.get("hosts"))):
            namespace = host.partition("/")[0]
            # `.` is the Sidecar's own, `~` is none.
            if namespace not in ("*", ".", "~"):
                where: Path = ("spec", "egress", position, "hosts", number)
                yield Reference(rendered, where, Identity("", "Namespace", "", namespace))


def _of_authorization_policy(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    for position, rule in mappings(descend(rendered.body, "spec").get("rules")):
        for number, origin in mappings(rule.get("from")):
            source = mapping(origin.get("source"))
            here: Path = ("spec", "rules", position, "from", number, "source")
            for field, targets in _NAMED_BY_SOURCES.items():
                for item, name in enumerate(strings(source.get(field))):
                    target = None if "*" in name else targets(name)
                    if target is not None:
                        yield Reference(rendered, (*here, field, item), target)


def _of_principal(name: str) -> Identity | None:
    parts = name.split("/")
    if len(parts) != 5 or parts[1::2] != ["ns", "sa"]:
        return None
    return Identity("", "ServiceAccount", parts[2], parts[4])


def _of_namespace(name: str) -> Identity:
    return Identity("", "Namespace", "", name)


_NAMED_BY_SOURCES: dict[str, Callable[[str], Identity | None]] = {
    "namespaces": _of_namespace,
    "notNamespaces": _of_namespace,
    "notPrincipals": _of_principal,
    "principals": _of_principal,
}
"""Field of a source in an AuthorizationPolicy → what an entry of it names."""

MESH_REFERENCES: dict[Kind, Callable[[RenderedObject, Surroundings], Iterator[Reference]]] = {
    (_NETWORKING, "DestinationRule"): _of_destination_rule,
    (_NETWORKING, "Gateway"): _of_gateway,
    (_NETWORKING, "Sidecar"): _of_sidecar,
    (_NETWORKING, "VirtualService"): _of_virtual_service,
    (_SECURITY, "AuthorizationPolicy"): _of_authorization_policy,
}
"""Which function finds the references of which kind."""

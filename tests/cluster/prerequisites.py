"""What an installation finds in the cluster: the kinds and namespaces of Istio and cert-manager."""

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cluster.api import Api, Body
from tests.cluster.control_plane import ControlPlane

from carrel.build.schemas import sources

KINDS = frozenset(
    {
        "Certificate", "ClusterIssuer", "Issuer",
        "AuthorizationPolicy", "DestinationRule", "EnvoyFilter", "Gateway", "PeerAuthentication",
        "RequestAuthentication", "ServiceEntry", "Sidecar", "Telemetry", "VirtualService",
    }
)  # fmt: skip
"""Those of their kinds that an installation may need. Each costs the start a third of a second."""

NAMESPACES = ("carrel-system", "cert-manager", "istio-system")
"""Those of the prerequisites, and the one for Helm's release records."""


def definitions(root: Path) -> list[Body]:
    """The custom resource definitions of `KINDS`, as the Go modules of their owners have them.

    Args:
        root: the project, whose `tools/schemas/go.mod` pins the modules.
    """
    found = sources.custom(root, lambda said: print(said, file=sys.stderr))
    return [
        definition
        for each in found.values()
        for definition in each
        if definition["spec"]["names"]["kind"] in KINDS
    ]


def install(plane: ControlPlane, definitions: Iterable[Body]) -> None:
    """Bring the prerequisites into a cluster and wait until its server knows the kinds."""
    definitions = list(definitions)
    namespaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in NAMESPACES
    ]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(plane.api.create, [*definitions, *namespaces]))
    names = {definition["metadata"]["name"] for definition in definitions}
    plane.wait("the prerequisites' kinds are served", lambda: names <= _served(plane.api))


def _served(api: Api) -> set[str]:
    return {each.name for each in api.resources(afresh=True)}

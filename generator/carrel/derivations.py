"""What the chart makes of several values at once, and which values those are.

The templates are the truth; a test follows them and compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Pattern: TypeAlias = tuple[str, ...]
"""A path as it is declared, with `*` for the name of an entry."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """Something in the rendered objects that is no value of its own.

    Attributes:
        what: a noun phrase for people.
        made_in: the helper, or the template, that makes it.
        sources: dotted paths of the values it is made of, `*` for the name of an entry.
    """

    what: str
    made_in: str
    sources: tuple[str, ...]


_MEMBERS = ("groups.*", *(f"tenants.*.{key}" for key in ("groups", "members", "owner", "state")))

DERIVATIONS = (
    Derivation(
        "whether browsers keep cookies to HTTPS (APP_SECURE_COOKIES)",
        "carrel.secureCookies",
        ("gateway.tls.mode",),
    ),
    Derivation(
        "the gateway's principal, whose requests programs and notebooks accept",
        "carrel.gatewayPrincipal",
        (
            "mesh.gateway.namespace",
            "mesh.gateway.serviceAccount",
            "mesh.namespace",
            "mesh.trustDomain",
        ),
    ),
    Derivation(
        "the dashboard's principal, whose requests access-management accepts",
        "carrel.dashboardPrincipal",
        (
            "components.dashboard.serviceAccount.name",
            "mesh.trustDomain",
            "namespaces.kubeflow.name",
        ),
    ),
    Derivation(
        "the notebook controller's principal, which may ask notebooks for their activity",
        "carrel.notebookControllerPrincipal",
        (
            "components.notebookController.serviceAccount.name",
            "mesh.trustDomain",
            "namespaces.kubeflow.name",
        ),
    ),
    Derivation(
        "the Gateway object that routes bind to",
        "carrel.gateway",
        ("gateway.existing", "namespaces.kubeflow.name"),
    ),
    Derivation(
        "DNS names of the platform's Services",
        "carrel.serviceHost",
        (
            "kubernetes.clusterDomain",
            "namespaces.auth.name",
            "namespaces.kubeflow.name",
            "namespaces.oauth2Proxy.name",
        ),
    ),
    Derivation(
        "references of images",
        "carrel.image",
        (
            "components.*.image",
            "images.layout",
            "images.registry",
            "images.requireDigest",
            "notebooks.images.*.image",
        ),
    ),
    Derivation(
        "kinds of GPU that the form offers",
        "carrel.gpuVendors",
        ("notebooks.images.*.gpu", "notebooks.images.*.state"),
    ),
    Derivation(
        "GPU rows of every tenant's ResourceQuota",
        "carrel.gpuResources",
        ("notebooks.images.*.gpu", "notebooks.images.*.state", "plans.*.quota.gpus"),
    ),
    Derivation(
        "largest and default limits of a tenant's containers (LimitRange)",
        "chart/templates/tenants/limitrange.yaml",
        (
            "mesh.sidecar.cpuLimit",
            "mesh.sidecar.memoryLimit",
            "notebooks.limitFactor.cpu",
            "notebooks.limitFactor.memory",
            "notebooks.sizes.*.cpu",
            "notebooks.sizes.*.memory",
            "plans.*.largestSize",
            "tenants.*.plan",
        ),
    ),
    Derivation(
        "members of a tenant and what they may do (RoleBindings)", "carrel.tenant.members", _MEMBERS
    ),
    Derivation(
        "whether a release holds a tenant",
        "carrel.tenant.here",
        ("shard", "shards.count", "tenants.*.state"),
    ),
)
"""In the order in which they are shown."""


def derivations_from(pattern: Pattern) -> Iterator[Derivation]:
    """What is made of a value, of something in it, or of something that it is in."""
    for derivation in DERIVATIONS:
        if any(_overlap(tuple(source.split(".")), pattern) for source in derivation.sources):
            yield derivation


def _overlap(one: Pattern, other: Pattern) -> bool:
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=False))

"""The order in which `kubectl apply` has to bring objects into a cluster."""

from carrel.k8s.kinds import Kind
from carrel.k8s.objects import RenderedObject

NAMESPACES = "00-namespaces"
CRDS = "10-crds"
RBAC = "20-rbac"
CONFIG = "30-config"
CERTIFICATES = "40-certificates"
CONTROLLERS = "50-controllers"
WEBHOOKS = "60-webhooks"
POLICIES = "70-policies"
TENANTS = "80-tenants"
EXTRA = "90-extra"

PHASES = (
    NAMESPACES,
    CRDS,
    RBAC,
    CONFIG,
    CERTIFICATES,
    CONTROLLERS,
    WEBHOOKS,
    POLICIES,
    TENANTS,
    EXTRA,
)
"""Folders in the order of application.

Certificates come before the programs that mount them, so that waiting for one phase to be ready
never waits for a later one. Webhooks come after the programs that answer them.
"""

_BY_KIND: dict[Kind, str] = {
    ("", "Namespace"): NAMESPACES,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): CRDS,
    ("", "ServiceAccount"): RBAC,
    ("", "ConfigMap"): CONFIG,
    ("", "LimitRange"): CONFIG,
    ("", "PersistentVolume"): CONFIG,
    ("", "PersistentVolumeClaim"): CONFIG,
    ("", "ResourceQuota"): CONFIG,
    ("", "Secret"): CONFIG,
    ("networking.k8s.io", "IngressClass"): CONFIG,
    ("networking.k8s.io", "NetworkPolicy"): CONFIG,
    ("", "Pod"): CONTROLLERS,
    ("", "Service"): CONTROLLERS,
    ("networking.k8s.io", "Ingress"): CONTROLLERS,
    ("policy", "PodDisruptionBudget"): CONTROLLERS,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): WEBHOOKS,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): WEBHOOKS,
}

_BY_GROUP: dict[str, str] = {
    "admissionregistration.k8s.io": POLICIES,
    "apps": CONTROLLERS,
    "autoscaling": CONTROLLERS,
    "batch": CONTROLLERS,
    "cert-manager.io": CERTIFICATES,
    "networking.istio.io": POLICIES,
    "node.k8s.io": CONFIG,
    "rbac.authorization.k8s.io": RBAC,
    "scheduling.k8s.io": CONFIG,
    "security.istio.io": POLICIES,
    "storage.k8s.io": CONFIG,
    "telemetry.istio.io": POLICIES,
}

_BY_COMPONENT: dict[str, str] = {
    # The server refuses it where the cluster is another site's, and kubectl stops after that phase.
    "site": NAMESPACES,
}

_KIND_ORDER = (
    "Namespace",
    "CustomResourceDefinition",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "PriorityClass",
    "Profile",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
    "Issuer",
    "Certificate",
    "Service",
    "PodDisruptionBudget",
    "Deployment",
)
_RANKS = {kind: rank for rank, kind in enumerate(_KIND_ORDER)}


def phase(rendered: RenderedObject, *, tenants: bool) -> str:
    """The folder of an object; everything of a tenants release has the same one."""
    if tenants:
        return TENANTS
    return (
        _BY_COMPONENT.get(rendered.component)
        or _BY_KIND.get((rendered.group, rendered.kind))
        or _BY_GROUP.get(rendered.group)
        or EXTRA
    )


def order(rendered: RenderedObject) -> tuple[int, str, str, str, str]:
    """The sort key inside a file: what others need first, then kind, namespace and name."""
    rank = _RANKS.get(rendered.kind, len(_RANKS))
    return rank, rendered.kind, rendered.group, rendered.namespace, rendered.name

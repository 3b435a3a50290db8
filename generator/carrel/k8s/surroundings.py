"""What is in the cluster besides the rendered objects, and what a site says of it."""

import re
from dataclasses import dataclass

from carrel.diagnostics import Path
from carrel.k8s.fields import descend, labels, mapping, mappings, text
from carrel.k8s.namespaces import made_by_others
from carrel.k8s.objects import Identity
from carrel.layers import Resolved

RELEASE_NAMESPACE = "carrel-system"
"""Namespace of the Helm releases."""

_NAMESPACES = {"dex": "auth", "oauth2Proxy": "oauth2Proxy"}
"""Role of the namespace that a component lives in, where it is not `kubeflow`."""

_RBAC = "rbac.authorization.k8s.io"

_MADE_BY_OTHERS: tuple[tuple[str, str, "re.Pattern[str]"], ...] = tuple(
    (group, kind, re.compile(names))
    for group, kind, names in (
        # Kubernetes
        ("", "ConfigMap", "kube-root-ca[.]crt"),
        ("", "Namespace", "default|kube-(node-lease|public|system)"),
        ("", "ServiceAccount", "default"),
        (_RBAC, "ClusterRole", "cluster-admin|admin|edit|view|system:.*"),
        ("scheduling.k8s.io", "PriorityClass", "system-(cluster|node)-critical"),
        # istiod, in every namespace
        ("", "ConfigMap", "istio-ca-root-cert"),
        # The profile controller, in every tenant's namespace
        ("", "ServiceAccount", "default-(editor|viewer)"),
    )
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A site's cluster as far as the objects of the site touch it.

    Attributes:
        cluster_domain: DNS domain of Services.
        trust_domain: first part of every principal in the mesh.
        gateway_namespace: namespace of the ingress gateway's pods.
        gateway_labels: the labels that select these pods.
        gateway_account: their service account.
        identity_headers: the request headers that say who asks and in which groups they are.
        namespaces: namespaces that exist before the platform is installed, whatever the site says.
        own: the platform's namespaces, whoever makes them: what is in them is rendered.
        promised: objects that the site's values name as already there, and where they say so;
            an empty name stands for any.
    """

    cluster_domain: str = "cluster.local"
    trust_domain: str = "cluster.local"
    gateway_namespace: str = "istio-system"
    gateway_labels: tuple[tuple[str, str], ...] = (("istio", "ingressgateway"),)
    gateway_account: str = "istio-ingressgateway-service-account"
    identity_headers: tuple[str, ...] = ("kubeflow-userid", "kubeflow-groups")
    namespaces: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    promised: tuple[tuple[Identity, Path], ...] = ()

    @classmethod
    def of(cls, resolved: Resolved) -> "Surroundings":
        """The surroundings that a site's values describe."""
        values = resolved.values
        mesh = descend(values, "mesh")
        gateway = text(descend(mesh, "gateway").get("namespace")) or text(mesh.get("namespace"))
        own = {
            text(mapping(namespace).get("name"))
            for namespace in descend(values, "namespaces").values()
        }
        outside = {RELEASE_NAMESPACE, text(mesh.get("namespace")), gateway}
        outside.add(text(descend(values, "monitoring").get("namespace")))
        identity = descend(values, "identity")
        return cls(
            text(descend(values, "kubernetes").get("clusterDomain")) or "cluster.local",
            text(mesh.get("trustDomain")) or "cluster.local",
            gateway,
            tuple(labels(descend(mesh, "gateway").get("selector")).items()),
            text(descend(mesh, "gateway").get("serviceAccount")),
            (text(identity.get("userHeader")), text(identity.get("groupsHeader"))),
            frozenset(outside - {""}),
            frozenset(own),
            tuple(_promised(resolved)),
        )

    def makes(self, target: Identity) -> bool:
        """Whether Kubernetes or a controller makes the object, or it is there beforehand."""
        if target.kind == "Namespace" and target.name in self.namespaces:
            return True
        return any(
            target.group == group and target.kind == kind and names.fullmatch(target.name)
            for group, kind, names in _MADE_BY_OTHERS
        )

    def promise(self, target: Identity) -> Path | None:
        """Where the site's values name the object as already there, or None."""
        for promised, where in self.promised:
            if promised == target or (not promised.name and promised[:3] == target[:3]):
                return where
        return None


def _promised(resolved: Resolved) -> list[tuple[Identity, Path]]:
    """Objects that namespaces, components, the gateway and priority classes are told to use."""
    values = resolved.values
    found: list[tuple[Identity, Path]] = [
        (Identity("", "Namespace", "", kept), ("namespaces", role, "create"))
        for role, kept in made_by_others(values).items()
    ]
    for name, component in descend(values, "components").items():
        here: Path = ("components", name)
        role = _NAMESPACES.get(name, "kubeflow")
        namespace = text(descend(values, "namespaces", role).get("name"))
        account = descend(component, "serviceAccount")
        if account.get("create") is False:
            target = Identity("", "ServiceAccount", namespace, text(account.get("name")))
            found.append((target, (*here, "serviceAccount", "name")))
        found += _promised_priority(component, here)
        found += _promised_by_environment(component, namespace, here)
        found += _promised_by_volumes(component, namespace, here)
    notebook = descend(values, "notebooks", "podTemplate")
    found += _promised_priority(notebook, ("notebooks", "podTemplate"))
    gateway, slash, name = text(descend(values, "gateway").get("existing")).partition("/")
    if slash:
        target = Identity("networking.istio.io", "Gateway", gateway, name)
        found.append((target, ("gateway", "existing")))
    return found


def _promised_priority(pod: object, here: Path) -> list[tuple[Identity, Path]]:
    name = text(mapping(pod).get("priorityClassName"))
    target = Identity("scheduling.k8s.io", "PriorityClass", "", name)
    return [(target, (*here, "priorityClassName"))] if name else []


def _promised_by_environment(
    component: object, namespace: str, here: Path
) -> list[tuple[Identity, Path]]:
    found: list[tuple[Identity, Path]] = []
    for variable, value in descend(component, "extraEnv").items():
        for kind, field in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            name = text(descend(value, field).get("name"))
            if name:
                where = (*here, "extraEnv", variable, field, "name")
                found.append((Identity("", kind, namespace, name), where))
    return found


def _promised_by_volumes(
    component: object, namespace: str, here: Path
) -> list[tuple[Identity, Path]]:
    found: list[tuple[Identity, Path]] = []
    for volume, source in descend(component, "extraVolumes").items():
        at: Path = (*here, "extraVolumes", volume)
        for kind, field, key in (
            ("ConfigMap", "configMap", "name"),
            ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
            ("Secret", "secret", "secretName"),
        ):
            name = text(descend(source, field).get(key))
            if name:
                found.append((Identity("", kind, namespace, name), (*at, field, key)))
        for index, projected in mappings(descend(source, "projected").get("sources")):
            for kind, field in (("ConfigMap", "configMap"), ("Secret", "secret")):
                name = text(descend(projected, field).get("name"))
                if name:
                    where: Path = (*at, "projected", "sources", index, field, "name")
                    found.append((Identity("", kind, namespace, name), where))
    return found

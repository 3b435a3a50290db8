"""What a site says about its cluster is believed, and nothing else."""

from collections.abc import Callable

import pytest

from carrel.k8s.objects import Identity
from carrel.k8s.surroundings import Surroundings
from carrel.layers import Resolved

SiteWith = Callable[[str], Resolved]

VALUES = """\
kubernetes: {clusterDomain: corp.example}
mesh:
  namespace: mesh
  trustDomain: trust.example
  gateway: {namespace: ""}
namespaces:
  kubeflow: {name: notebooks, create: true}
gateway: {existing: ""}
components:
  web:
    serviceAccount: {create: true, name: mine}
    priorityClassName: ""
"""


def test_domains_and_namespaces_come_from_the_values(site_with: SiteWith) -> None:
    around = Surroundings.of(site_with(VALUES))

    assert (around.cluster_domain, around.trust_domain) == ("corp.example", "trust.example")
    assert around.gateway_namespace == "mesh"
    assert around.own == {"notebooks"}
    assert around.namespaces == {"mesh", "carrel-system"}


def test_a_namespace_that_the_chart_does_not_make_is_promised(site_with: SiteWith) -> None:
    around = Surroundings.of(
        site_with(VALUES.replace("create: true}\ngateway", "create: false}\ngateway"))
    )

    namespace = Identity("", "Namespace", "", "notebooks")
    assert around.promise(namespace) == ("namespaces", "kubeflow", "create")
    assert not around.makes(namespace)
    assert "notebooks" in around.own


def test_nothing_is_promised_by_default(site_with: SiteWith) -> None:
    assert Surroundings.of(site_with(VALUES)).promised == ()


@pytest.mark.parametrize(
    ("old", "new", "target", "where"),
    [
        (
            "{create: true, name: mine}",
            "{create: false, name: mine}",
            Identity("", "ServiceAccount", "notebooks", "mine"),
            "components.web.serviceAccount.name",
        ),
        (
            "{create: true, name: mine}",
            '{create: false, name: ""}',
            Identity("", "ServiceAccount", "notebooks", "any-name"),
            "components.web.serviceAccount.name",
        ),
        (
            'priorityClassName: ""',
            "priorityClassName: urgent",
            Identity("scheduling.k8s.io", "PriorityClass", "", "urgent"),
            "components.web.priorityClassName",
        ),
        (
            'priorityClassName: ""',
            "extraEnv: {A: {configMapKeyRef: {name: c, key: k}}}",
            Identity("", "ConfigMap", "notebooks", "c"),
            "components.web.extraEnv.A.configMapKeyRef.name",
        ),
        (
            'priorityClassName: ""',
            "extraVolumes: {v: {configMap: {name: c}}}",
            Identity("", "ConfigMap", "notebooks", "c"),
            "components.web.extraVolumes.v.configMap.name",
        ),
        (
            'priorityClassName: ""',
            "extraVolumes: {v: {persistentVolumeClaim: {claimName: c}}}",
            Identity("", "PersistentVolumeClaim", "notebooks", "c"),
            "components.web.extraVolumes.v.persistentVolumeClaim.claimName",
        ),
        (
            'priorityClassName: ""',
            "extraVolumes: {v: {projected: {sources: [{configMap: {name: c}}]}}}",
            Identity("", "ConfigMap", "notebooks", "c"),
            "components.web.extraVolumes.v.projected.sources[0].configMap.name",
        ),
        (
            'priorityClassName: ""',
            "extraEnv: {A: {secretKeyRef: {name: s, key: k}}}",
            Identity("", "Secret", "notebooks", "s"),
            "components.web.extraEnv.A.secretKeyRef.name",
        ),
        (
            'priorityClassName: ""',
            "extraVolumes: {v: {secret: {secretName: s}}}",
            Identity("", "Secret", "notebooks", "s"),
            "components.web.extraVolumes.v.secret.secretName",
        ),
        (
            'priorityClassName: ""',
            "extraVolumes: {v: {projected: {sources: [{secret: {name: s}}]}}}",
            Identity("", "Secret", "notebooks", "s"),
            "components.web.extraVolumes.v.projected.sources[0].secret.name",
        ),
        (
            'existing: ""',
            "existing: ingress/shared",
            Identity("networking.istio.io", "Gateway", "ingress", "shared"),
            "gateway.existing",
        ),
    ],
)
def test_what_the_values_name_is_promised(
    site_with: SiteWith, old: str, new: str, target: Identity, where: str
) -> None:
    from carrel.diagnostics import dotted

    around = Surroundings.of(site_with(VALUES.replace(old, new)))

    promise = around.promise(target)
    assert promise is not None
    assert dotted(promise) == where
    assert around.promise(target._replace(kind="Other")) is None


def test_what_kubernetes_makes_is_known_by_its_whole_name() -> None:
    around = Surroundings()
    roles = "rbac.authorization.k8s.io"

    assert around.makes(Identity(roles, "ClusterRole", "", "edit"))
    assert around.makes(Identity(roles, "ClusterRole", "", "system:auth-delegator"))
    assert not around.makes(Identity(roles, "ClusterRole", "", "kubeflow-edit"))
    assert not around.makes(Identity(roles, "Role", "a", "edit"))
    assert not around.makes(Identity("", "ServiceAccount", "a", "default-other"))

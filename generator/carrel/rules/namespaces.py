"""Names of namespaces, of which some are in use already."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values

_OF_OTHERS = (
    *("default", "kube-system", "kube-public", "kube-node-lease"),
    *("cert-manager", "kubeflow-system", "carrel-system"),
)
"""Kubernetes' own, those of programs beside the platform, and that of the releases' records."""


def check(values: Values) -> Iterator[Diagnostic]:
    """The platform's namespaces are nobody else's."""
    taken = taken_by_others(values)
    for role, namespace in values["namespaces"].items():
        if namespace["name"] in taken:
            yield values.error(
                "E260",
                ("namespaces", role, "name"),
                f"{namespace['name']} is one of the cluster's own; choose another name",
                [("mesh", "gateway", "namespace"), ("mesh", "namespace")],
            )


def taken_by_others(values: Values) -> frozenset[str]:
    """Names of the namespaces that neither the platform nor a tenant may have.

    The chart's `carrel.namespacesOfOthers` gives the same.
    """
    return frozenset((*_OF_OTHERS, values["mesh"]["namespace"], values.gateway_namespace()))

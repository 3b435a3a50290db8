"""Namespaces that somebody else makes, and what the platform needs them to be."""

from collections.abc import Mapping

from carrel.k8s.fields import descend, labels, mapping, text

KUBEFLOW = "kubeflow"
"""Role of the namespace of the platform's programs, below `namespaces`."""

_RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
_OWN: Mapping[str, Mapping[str, str]] = {
    KUBEFLOW: {"control-plane": "kubeflow", **_RESTRICTED},
    "auth": _RESTRICTED,
    "oauth2Proxy": _RESTRICTED,
}
"""Role → the chart's labels, of which those for injection depend on the mesh."""


def labels_to_set(values: object, role: str) -> Mapping[str, str]:
    """Labels that the owner of a namespace sets, sorted by name: the chart's and the site's.

    They decide sidecar injection, Pod Security and what the platform's webhooks look at. NOTES
    lists the same (`carrel.labelsToSet` in chart/templates/_lib/namespaces.tpl).

    Args:
        values: a site's resolved values.
        role: the key below `namespaces`.
    """
    found = dict(labels(descend(values, "namespaces", role).get("labels")))
    if role == KUBEFLOW:
        revision = text(descend(values, "mesh").get("revision"))
        found |= {"istio.io/rev": revision} if revision else {"istio-injection": "enabled"}
    found |= _OWN[role]
    return dict(sorted(found.items()))


def made_by_others(values: object) -> Mapping[str, str]:
    """Role → name of the namespaces that the platform release does not make."""
    return {
        role: text(mapping(namespace).get("name"))
        for role, namespace in descend(values, "namespaces").items()
        if mapping(namespace).get("create") is False
    }

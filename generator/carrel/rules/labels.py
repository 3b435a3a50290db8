"""Labels that other objects go by and that decide isolation, which are not a site's to set."""

from collections.abc import Collection, Iterator, Mapping

from carrel.diagnostics import Diagnostic, Path
from carrel.rules.values import Values

_RELEASE = ("app.kubernetes.io/managed-by", "helm.sh/chart")
_INJECTION = ("istio-injection", "istio.io/rev")
"""Istio heeds one of the two, and not the one that the chart may have set."""

_TENANT = (
    "app.kubernetes.io/part-of",
    "pod-security.kubernetes.io/enforce",
    *_INJECTION,
    *_RELEASE,
)
_PLATFORM = (*_TENANT, "app.kubernetes.io/component", "app.kubernetes.io/name", "control-plane")

_POD = (
    *("app", "app.kubernetes.io/component", "app.kubernetes.io/name"),
    "sidecar.istio.io/inject",
)

_NOTEBOOK = (
    *("app", "app.kubernetes.io/name", "notebook-name", "statefulset"),
    "sidecar.istio.io/inject",
)
"""The Service of a Notebook goes by `statefulset`, and the volumes web app takes whatever has a
name for a viewer of its own (crud-web-apps/volumes/backend/apps/common/viewer.py)."""

_LOGIN = tuple(label for label in _PLATFORM if label != "control-plane")

_AMBIENT = "istio.io/dataplane-mode"

_SENTENCE = "the chart sets this label itself; leave it out"
_NO_SIDECARS = (
    "Carrel's routes and policies are those of sidecars, which Istio's ambient mode leaves out; "
    "leave the label out, or write none"
)


def check(values: Values) -> Iterator[Diagnostic]:
    """What a site's own labels must leave alone.

    E240: the labels for injection, Pod Security, selectors and policies come from the chart. E241:
    the label that leaves out the sidecars. Ambient mode drops every rule about a header and has no
    waypoint for our routes, so that browsers and the culler are refused alike.
    """
    for path, labels, reserved in _sets(values):
        for label, value in labels.items():
            if label in reserved:
                yield values.error("E240", (*path, label), _SENTENCE)
            elif label == _AMBIENT and value != "none":
                yield values.error("E241", (*path, label), _NO_SIDECARS)


def _sets(values: Values) -> Iterator[tuple[Path, Mapping[str, str], Collection[str]]]:
    """Where a site sets labels, which, and those that are not its own there."""
    for name, component in values["components"].items():
        yield ("components", name, "podLabels"), component.get("podLabels", {}), _POD
    template = values["notebooks"]["podTemplate"]
    yield ("notebooks", "podTemplate", "labels"), template["labels"], _NOTEBOOK
    for role, namespace in values["namespaces"].items():
        reserved = _PLATFORM if role == "kubeflow" else _LOGIN
        yield ("namespaces", role, "labels"), namespace["labels"], reserved
    config = values["components"]["profileController"]["config"]
    own: Path = ("components", "profileController", "config", "namespaceLabels")
    yield own, config["namespaceLabels"], _TENANT
    for name, tenant in values["tenants"].items():
        yield ("tenants", name, "labels"), tenant.get("labels", {}), _TENANT

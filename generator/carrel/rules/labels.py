"""Labels that other objects go by and that decide isolation, which are not a site's to set."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
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

_SENTENCE = "the chart sets this label itself; leave it out"


def check(values: Values) -> Iterator[Diagnostic]:
    """The labels for injection, Pod Security, selectors and policies come from the chart."""
    for name, component in values["components"].items():
        for label in component.get("podLabels", {}):
            if label in _POD:
                yield values.error("E240", ("components", name, "podLabels", label), _SENTENCE)
    for label in values["notebooks"]["podTemplate"]["labels"]:
        if label in _NOTEBOOK:
            yield values.error("E240", ("notebooks", "podTemplate", "labels", label), _SENTENCE)
    for label in values["namespaces"]["kubeflow"]["labels"]:
        if label in _PLATFORM:
            yield values.error("E240", ("namespaces", "kubeflow", "labels", label), _SENTENCE)
    for role in ("auth", "oauth2Proxy"):
        for label in values["namespaces"][role]["labels"]:
            if label in _LOGIN:
                yield values.error("E240", ("namespaces", role, "labels", label), _SENTENCE)
    own = ("components", "profileController", "config", "namespaceLabels")
    for label in _TENANT:
        if label in values["components"]["profileController"]["config"]["namespaceLabels"]:
            yield values.error("E240", (*own, label), _SENTENCE)
        for name, tenant in values["tenants"].items():
            if label in tenant.get("labels", {}):
                yield values.error("E240", ("tenants", name, "labels", label), _SENTENCE)

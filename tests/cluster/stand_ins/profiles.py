"""Test code, never shipped: makes of a Profile what the real profile controller makes of it.

Held against recordings of profile-controller v2.0.0 by test_stand_ins.py.
"""

from collections.abc import Mapping
from contextlib import suppress

from tests.cluster.api import Api, ApiError, Body
from tests.cluster.stand_ins.contributors import from_gateway
from tests.cluster.stand_ins.ownership import owner_reference, owners
from tests.cluster.stand_ins.reconciler import Controller, Key

FINALIZER = "profile-finalizer"
NAMESPACE_LABELS = {
    "app.kubernetes.io/part-of": "kubeflow-profile",
    "istio-injection": "enabled",
    "katib.kubeflow.org/metrics-collector-injection": "enabled",
    "pipelines.kubeflow.org/enabled": "true",
    "pod-security.kubernetes.io/enforce": "baseline",
    "serving.kubeflow.org/inferenceservice": "enabled",
}
"""What upstream's own installation has it put on namespaces."""

_MANAGER = "profile-controller"
_VERSION = "kubeflow.org/v1"
_NOTEBOOK_CONTROLLER = "cluster.local/ns/kubeflow/sa/notebook-controller-service-account"


def namespace(profile: Body, labels: Mapping[str, str]) -> Body:
    """The Namespace that a Profile gets when there is none."""
    metadata = profile["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": metadata["name"],
            "annotations": {"owner": profile["spec"]["owner"]["name"]},
            "labels": dict(labels),
            "ownerReferences": [owner_reference(profile, _VERSION)],
        },
    }


def objects(profile: Body) -> list[Body]:
    """What stands in a Profile's namespace, without the quota."""
    owner = profile["spec"]["owner"]
    said = {"user": owner["name"], "role": "admin"}
    return [
        _owned(
            profile, "security.istio.io/v1", "AuthorizationPolicy", "ns-owner-access-istio", said
        )
        | {"spec": {"rules": _rules(profile)}},
        _owned(profile, "v1", "ServiceAccount", "default-editor"),
        _owned(profile, "v1", "ServiceAccount", "default-viewer"),
        _binding(profile, "default-editor", "kubeflow-edit", _account(profile, "default-editor")),
        _binding(profile, "default-viewer", "kubeflow-view", _account(profile, "default-viewer")),
        _binding(profile, "namespaceAdmin", "kubeflow-admin", owner, said),
    ]


def quota(profile: Body) -> Body | None:
    """The ResourceQuota of a Profile that sets limits, or None."""
    spec = profile["spec"].get("resourceQuotaSpec") or {}
    if not spec.get("hard"):
        return None
    return _owned(profile, "v1", "ResourceQuota", "kf-resource-quota") | {"spec": spec}


def controller(labels: Mapping[str, str] = NAMESPACE_LABELS) -> Controller:
    """The stand-in, which puts `labels` on namespaces as far as they lack them."""

    def reconcile(api: Api, key: Key) -> None:
        profile = api.find("profiles.kubeflow.org", key[1])
        if profile is not None:
            _reconcile(api, profile, labels)

    return Controller(
        "profiles",
        {
            "profiles.kubeflow.org": lambda body: [("", body["metadata"]["name"])],
            # Not quotas, and not namespaces: edits there stay until something else happens.
            "authorizationpolicies.security.istio.io": _of_owned,
            "serviceaccounts": _of_owned,
            "rolebindings.rbac.authorization.k8s.io": _of_owned,
        },
        reconcile,
    )


def _reconcile(api: Api, profile: Body, labels: Mapping[str, str]) -> None:
    metadata = profile["metadata"]
    name = metadata["name"]
    finalizers = metadata.get("finalizers", [])
    if "deletionTimestamp" in metadata:
        kept = [each for each in finalizers if each != FINALIZER]
        if kept != finalizers:
            change = {"metadata": {"finalizers": kept}}
            api.patch("profiles.kubeflow.org", name, "", change, _MANAGER)
        return
    if not _has_namespace(api, profile, labels):
        return
    for body in objects(profile):
        _bring(api, body)
    limits = quota(profile)
    if limits:
        _bring(api, limits)
    else:
        with suppress(ApiError):
            api.delete("resourcequotas", "kf-resource-quota", name)
    if FINALIZER not in finalizers:
        change = {"metadata": {"finalizers": [*finalizers, FINALIZER]}}
        api.patch("profiles.kubeflow.org", name, "", change, _MANAGER)


def _has_namespace(api: Api, profile: Body, labels: Mapping[str, str]) -> bool:
    """Make or adopt the namespace; False when it is somebody else's."""
    name = profile["metadata"]["name"]
    found = api.find("namespaces", name)
    if found is None:
        api.create(namespace(profile, labels))
        return True
    metadata = found["metadata"]
    if metadata.get("annotations", {}).get("owner") != profile["spec"]["owner"]["name"]:
        return False
    present = metadata.get("labels", {})
    missing = {key: value for key, value in labels.items() if key not in present}
    if missing:
        api.patch("namespaces", name, "", {"metadata": {"labels": missing}}, _MANAGER)
    return True


def _bring(api: Api, body: Body) -> None:
    """Apply, except where only a new object would do."""
    try:
        api.apply(body, _MANAGER, force="true")
    except ApiError as error:
        if error.status != 422:
            raise
        metadata = body["metadata"]
        api.delete(api.resource_of(body).name, metadata["name"], metadata["namespace"])
        api.create(body)


def _owned(
    profile: Body, version: str, kind: str, name: str, said: Mapping[str, str] | None = None
) -> Body:
    metadata: Body = {
        "name": name,
        "namespace": profile["metadata"]["name"],
        "ownerReferences": [owner_reference(profile, _VERSION)],
    }
    if said:
        metadata["annotations"] = dict(said)
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def _account(profile: Body, name: str) -> Body:
    return {"kind": "ServiceAccount", "name": name, "namespace": profile["metadata"]["name"]}


def _binding(
    profile: Body, name: str, role: str, subject: Body, said: Mapping[str, str] | None = None
) -> Body:
    return _owned(profile, "rbac.authorization.k8s.io/v1", "RoleBinding", name, said) | {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }


def _rules(profile: Body) -> list[Body]:
    name = profile["metadata"]["name"]
    return [
        from_gateway(profile["spec"]["owner"]["name"]),
        {"when": [{"key": "source.namespace", "values": [name]}]},
        {"to": [{"operation": {"paths": ["/healthz", "/metrics", "/wait-for-drain"]}}]},
        {
            "from": [{"source": {"principals": [_NOTEBOOK_CONTROLLER]}}],
            "to": [{"operation": {"methods": ["GET"], "paths": ["*/api/kernels"]}}],
        },
    ]


def _of_owned(body: Body) -> list[Key]:
    return [("", name) for _, name in owners(body, "Profile")]

"""Test code, never shipped: adds and removes contributors as the real access-management does.

Held against recordings of access-management v2.0.0 by test_stand_ins.py.
"""

import re

from tests.cluster.api import Api, ApiError, Body

_CLUSTER_ROLES = {
    "admin": "kubeflow-admin",
    "edit": "kubeflow-edit",
    "view": "kubeflow-view",
    "kubeflow-admin": "admin",
    "kubeflow-edit": "edit",
    "kubeflow-view": "view",
}
"""Role → ClusterRole. Upstream maps both ways with one table: long names lose their prefix."""

_GATEWAYS = (
    "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account",
    "cluster.local/ns/kubeflow/sa/ml-pipeline-ui",
)


class Refused(Exception):
    """The answer that access-management gives.

    Attributes:
        status: HTTP status.
        body: what it says.
    """

    def __init__(self, status: int, body: str = "") -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def from_gateway(user: str) -> Body:
    """The rule that lets a user's requests in, if they come through the gateway."""
    return {
        "from": [{"source": {"principals": list(_GATEWAYS)}}],
        "when": [{"key": "request.headers[kubeflow-userid]", "values": [user]}],
    }


def role_binding(namespace: str, subject: Body, role: str) -> Body:
    """The RoleBinding of a contributor."""
    subject = {"kind": subject["kind"], "name": subject["name"]}
    if subject["kind"] != "ServiceAccount":
        subject["apiGroup"] = "rbac.authorization.k8s.io"
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": _metadata(namespace, subject, role),
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": _CLUSTER_ROLES.get(role, ""),
        },
        "subjects": [subject],
    }


def authorization_policy(namespace: str, subject: Body, role: str) -> Body:
    """The AuthorizationPolicy of a contributor."""
    return {
        "apiVersion": "security.istio.io/v1beta1",
        "kind": "AuthorizationPolicy",
        "metadata": _metadata(namespace, subject, role),
        "spec": {"rules": [from_gateway(subject["name"])]},
    }


def add(api: Api, asking: str | None, binding: Body, admins: tuple[str, ...] = ()) -> None:
    """Add a contributor.

    Args:
        api: access-management's own way to the server.
        asking: the user who does so; None: the request names none.
        binding: `user`, `referredNamespace` and `roleRef`, as the dashboard sends them.
        admins: the cluster's administrators.

    Raises:
        Refused: with the answer that the dashboard would get.
    """
    namespace, role = binding["referredNamespace"], binding["roleRef"]["name"]
    _authorise(api, asking, namespace, admins)
    try:
        api.create(role_binding(namespace, binding["user"], role))
        api.create(authorization_policy(namespace, binding["user"], role))
    except ApiError as error:
        raise Refused(403, error.message) from error


def remove(api: Api, asking: str | None, binding: Body, admins: tuple[str, ...] = ()) -> None:
    """Remove a contributor; arguments and errors as for `add`."""
    namespace = binding["referredNamespace"]
    _authorise(api, asking, namespace, admins)
    name = _metadata(namespace, binding["user"], binding["roleRef"]["name"])["name"]
    api.delete("rolebindings.rbac.authorization.k8s.io", name, namespace)
    api.delete("authorizationpolicies.security.istio.io", name, namespace)


def listed(api: Api, namespace: str = "") -> list[Body]:
    """The contributors of a namespace, or of all: whatever binding has the two annotations.

    Raises:
        Refused: one of them names another number of subjects than one, so that none is listed.
    """
    found = []
    for binding in api.list("rolebindings.rbac.authorization.k8s.io", namespace):
        metadata, subjects = binding["metadata"], binding.get("subjects", [])
        if not {"user", "role"} <= metadata.get("annotations", {}).keys():
            continue
        if len(subjects) != 1:
            raise Refused(
                401, f"binding subject length not equal to 1, actual length: {len(subjects)}"
            )
        role = _CLUSTER_ROLES.get(binding["roleRef"]["name"], "")
        found.append(
            {
                "user": {key: subjects[0][key] for key in ("kind", "name")},
                "referredNamespace": metadata["namespace"],
                "RoleRef": {"apiGroup": "", "kind": "ClusterRole", "name": role},
            }
        )
    return found


def _authorise(api: Api, asking: str | None, namespace: str, admins: tuple[str, ...]) -> None:
    """Only owners and the cluster's administrators may, and only where there is a Profile."""
    profile = api.find("profiles.kubeflow.org", namespace)
    owner = profile and profile["spec"]["owner"]["name"]
    if profile is None or asking is None or asking not in (owner, *admins):
        raise Refused(403)


def _metadata(namespace: str, subject: Body, role: str) -> Body:
    words = f"{subject['kind']}-{subject['name']}-clusterrole-{role}"
    return {
        "name": re.sub("[^a-zA-Z0-9]+", "-", words).lower(),
        "namespace": namespace,
        "annotations": {"user": subject["name"], "role": role},
    }

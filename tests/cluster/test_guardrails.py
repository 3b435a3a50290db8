"""The API server refuses tenants' objects that would break the platform or somebody's walls."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from tests.cluster.api import ApiError, Body
from tests.cluster.cluster import Cluster, refusal
from tests.cluster.conftest import Install, StartCluster
from tests.cluster.installation import succeeds

from carrel.tools.helm import Helm

TENANT = "desk"
IMAGE = "ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0"
HEADERS = "notebooks.kubeflow.org/http-headers-request-set"
REWRITE = "notebooks.kubeflow.org/http-rewrite-uri"

NOTEBOOK: Body = {
    "apiVersion": "kubeflow.org/v1beta1",
    "kind": "Notebook",
    "metadata": {
        "name": "mine",
        "namespace": TENANT,
        "labels": {"app": "mine"},
        "annotations": {
            "notebooks.kubeflow.org/server-type": "group-two",
            REWRITE: "/",
            HEADERS: '{"X-RStudio-Root-Path":"/notebook/desk/mine/"}',
        },
    },
    "spec": {
        "template": {
            "spec": {
                "serviceAccountName": "default-editor",
                "containers": [
                    {
                        "name": "mine",
                        "image": IMAGE,
                        "resources": {"requests": {"cpu": "0.1", "memory": "0.1Gi"}},
                        "volumeMounts": [],
                    }
                ],
                "volumes": [],
            }
        }
    },
}
"""As the form makes it."""


def notebook(*changes: tuple[str, Any]) -> Body:
    """The same with something else: a dotted path, and the value there; None: nothing."""
    body = deepcopy(NOTEBOOK)
    for path, value in changes:
        *steps, last = path.split("|")
        at: Any = body
        for step in steps:
            at = at[int(step)] if step.isdigit() else at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return body


POD = "spec|template|spec"
CONTAINER = f"{POD}|containers|0"

REFUSED: dict[str, tuple[Body, str]] = {
    "a name of 53 characters": (
        notebook(("metadata|name", "m" * 53), (f"{CONTAINER}|name", "m" * 53)),
        "a notebook's name has at most 52",
    ),
    "a container of another name": (
        notebook((f"{CONTAINER}|name", "other")),
        "the first container must have the notebook's name",
    ),
    "no requests": (
        notebook((f"{CONTAINER}|resources", {"limits": {"cpu": "1"}})),
        "the first container must request cpu and memory",
    ),
    "no resources": (
        notebook((f"{CONTAINER}|resources", None)),
        "the first container must request cpu and memory",
    ),
    "no memory": (
        notebook((f"{CONTAINER}|resources|requests|memory", None)),
        "the first container must request cpu and memory",
    ),
    "no volumes": (notebook((f"{POD}|volumes", None)), "volumeMounts of the first container"),
    "no mounts": (
        notebook((f"{CONTAINER}|volumeMounts", None)),
        "volumeMounts of the first container",
    ),
    "a label that keeps the sidecar out": (
        notebook(("metadata|labels|sidecar.istio.io/inject", "false")),
        "labels of Istio's",
    ),
    "an annotation that leads past the sidecar": (
        notebook(("metadata|annotations|traffic.sidecar.istio.io/excludeInboundPorts", "8888")),
        "annotations of Istio's",
    ),
    "a header that names another user": (
        notebook((f"metadata|annotations|{HEADERS}", '{"kubeflow-userid":"ada@example.com"}')),
        "another header could name another user",
    ),
    "somebody else's path": (
        notebook((f"metadata|annotations|{REWRITE}", "/notebook/other/theirs/")),
        "may lead to / or to the notebook's own path",
    ),
    "a strange image": (
        notebook((f"{CONTAINER}|image", "docker.io/stranger/things:1")),
        "every image must be one of the catalogue",
    ),
    "a strange image beside it": (
        notebook(
            (f"{POD}|initContainers", [{"name": "x", "image": "docker.io/stranger/things:1"}])
        ),
        "every image must be one of the catalogue",
    ),
}


@pytest.fixture(scope="module")
def guarded(start_cluster: StartCluster, install: Install, helm4: Helm) -> Iterator[Cluster]:
    """A cluster with lab's platform, and the namespace of a tenant."""
    with start_cluster() as cluster:
        succeeds(install(cluster, helm4, "lab").platform())
        tenants = {"app.kubernetes.io/part-of": "kubeflow-profile"}
        for metadata in ({"name": TENANT, "labels": tenants}, {"name": "elsewhere"}):
            cluster.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}])
        body = REFUSED["no requests"][0]
        # The server learns of a policy a moment after it has stored it.
        cluster.until(lambda: refusal(cluster.api, body))
        yield cluster


def test_what_the_form_makes_is_let_in(guarded: Cluster) -> None:
    assert refusal(guarded.api, NOTEBOOK) == ""


@pytest.mark.parametrize("case", REFUSED)
def test_a_notebook_with_this_is_refused(guarded: Cluster, case: str) -> None:
    body, said = REFUSED[case]
    for version in ("v1", "v1beta1", "v1alpha1"):
        message = refusal(guarded.api, {**body, "apiVersion": f"kubeflow.org/{version}"})
        assert "ValidatingAdmissionPolicy 'carrel-notebooks'" in message
        assert said in message


def test_outside_of_tenants_nothing_is_said(guarded: Cluster) -> None:
    for body, _ in REFUSED.values():
        moved = deepcopy(body)
        moved["metadata"]["namespace"] = "elsewhere"
        assert refusal(guarded.api, moved) == ""


def test_what_was_there_before_can_be_stopped_and_labelled(
    guarded: Cluster, install: Install, helm4: Helm
) -> None:
    """Stopping is an annotation, which the culler and the form write."""
    lab = install(guarded, helm4, "lab")
    succeeds(lab.having({"guardrails": {"action": "off"}}).platform())
    guarded.until(lambda: not refusal(guarded.api, REFUSED["no requests"][0]))
    old = {}
    for number, (body, _) in enumerate(REFUSED.values()):
        body = deepcopy(body)
        if len(body["metadata"]["name"]) < 50:
            body["metadata"]["name"] = f"old-{number}"
            container = body["spec"]["template"]["spec"]["containers"][0]
            container["name"] = container["name"].replace("mine", f"old-{number}")
        old[body["metadata"]["name"]] = body
    guarded.apply(old.values())
    succeeds(lab.platform())
    guarded.until(lambda: refusal(guarded.api, REFUSED["no requests"][0]))

    for name in old:
        stop = {"metadata": {"annotations": {"kubeflow-resource-stopped": "2026-01-01T00:00:00Z"}}}
        guarded.api.patch("notebooks.kubeflow.org", name, TENANT, stop, "form")
    spec = {"spec": {"template": {"spec": {"enableServiceLinks": False}}}}
    with pytest.raises(ApiError, match="must request cpu and memory"):
        guarded.api.patch("notebooks.kubeflow.org", "old-2", TENANT, spec, "kubectl")


def binding(subjects: int, **annotations: str) -> Body:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "probe", "namespace": TENANT, "annotations": annotations},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "kubeflow-edit"},
        "subjects": [
            {"apiGroup": group, "kind": "User", "name": f"user-{number}@example.com"}
            for number in range(subjects)
        ],
    }


@pytest.mark.parametrize("subjects", [0, 2])
def test_a_contributor_is_one_person(guarded: Cluster, subjects: int) -> None:
    annotations = {"user": "user-0@example.com", "role": "edit"}
    said = refusal(guarded.api, binding(subjects, **annotations))
    assert "ValidatingAdmissionPolicy 'carrel-contributors'" in said
    assert "must have exactly one subject" in said
    assert refusal(guarded.api, binding(1, **annotations)) == ""
    # Whatever access-management does not read is nobody's business.
    assert refusal(guarded.api, binding(subjects, team="x")) == ""


def test_who_may_only_view_is_not_let_into_notebooks(guarded: Cluster) -> None:
    policy: Body = {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": "probe", "namespace": TENANT, "annotations": {"role": "view"}},
        "spec": {"rules": [{}]},
    }
    assert "who may only view" in refusal(guarded.api, policy)
    policy["metadata"]["annotations"] = {"role": "edit"}
    assert refusal(guarded.api, policy) == ""

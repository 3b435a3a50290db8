"""The stand-ins for upstream's programs do what recordings of those programs show."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.api import Api, ApiError, Body
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import StartCluster
from tests.cluster.homes import make_home
from tests.cluster.recordings import by_name, comparable, recording
from tests.cluster.stand_ins import contributors, culling, notebooks, poddefaults, profiles
from tests.cluster.stand_ins.reconciler import Reconciler

from carrel.yamlio.reader import read_objects

RECORDED = Path(__file__).resolve().parents[1] / "fixtures" / "recorded"
NOTEBOOKS = [path.stem for path in sorted(RECORDED.glob("notebooks/[a-i]*.json"))]
PROFILES = [path.stem for path in sorted(RECORDED.glob("profiles/*-owner*.json"))]
DIGIT = "9lives"
"""A name that begins with one."""

QUOTAS = {
    "gpu2": {"requests.nvidia.com/gpu": "2"},
    "quota-full": {
        "limits.cpu": "64",
        "limits.memory": "256Gi",
        "pods": "20",
        "requests.cpu": "32",
        "requests.memory": "128Gi",
    },
}


@pytest.fixture(scope="module")
def cluster(start_cluster: StartCluster, project_root: Path) -> Iterator[Cluster]:
    """A cluster with our definitions and the stand-ins, and nothing else of ours."""
    files = sorted((project_root / "chart/charts/crds/files").glob("*.yaml"))
    definitions = [body for file in files for body in read_objects(file.read_text())]
    with start_cluster(keep=True) as first:
        first.apply(body for body in definitions if isinstance(body, dict))
        first.until(lambda: _are_served(first.api, ["notebooks", "profiles", "poddefaults"]))
    # Kubernetes needs half a minute to collect what belongs to kinds that are not there from its
    # start.
    with start_cluster(first.plane.folder) as started:
        with Reconciler(started.api, [profiles.controller(), *notebooks.CONTROLLERS]) as running:
            yield started
        # Kubernetes 1.33 has no Service whose name begins with a digit.
        faults = [each for each in running.faults if f'Service "{DIGIT}" is invalid' not in each]
        assert faults == []


@pytest.fixture
def desk(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[str]:
    """The namespace of a recorded Notebook, as the recording found it."""
    name = request.getfixturevalue("notebook")["metadata"]["namespace"]
    quota = {"hard": QUOTAS[name]} if name in QUOTAS else {}
    cluster.api.apply(profile(name, resourceQuotaSpec=quota))
    cluster.until(lambda: cluster.api.find("serviceaccounts", "default-editor", name))
    if quota:
        cluster.until(lambda: _status(cluster.api, "resourcequotas", "kf-resource-quota", name))
    if not cluster.api.find("persistentvolumeclaims", "alice-workspace", name):
        make_home(cluster, "alice-workspace", name)
    yield name
    for each in cluster.api.list("notebooks.kubeflow.org", name):
        cluster.api.delete("notebooks.kubeflow.org", each["metadata"]["name"], name)
    if cluster.api.find("pods", "busy", name):
        cluster.api.delete("pods", "busy", name)
    cluster.until(lambda: not cluster.api.list("pods", name))


@pytest.fixture
def notebook(recorded: Any) -> Body:
    found: Body = recorded["input"]
    return found


@pytest.fixture
def recorded(request: pytest.FixtureRequest, project_root: Path) -> Any:
    return recording(project_root, request.param)


@pytest.mark.parametrize("recorded", [f"profiles/{name}" for name in PROFILES], indirect=True)
def test_a_profile(cluster: Cluster, recorded: Any) -> None:
    api = cluster.api
    body = recorded.get("inputProfile") or recorded["input"]
    name = body["metadata"]["name"]
    if "inputNamespace" in recorded:
        api.create(recorded["inputNamespace"])
        _add_data(api, recorded["objectsAfter"])

    made = api.create(body)
    expected = recorded.get("objectsAfter") or recorded["objects"]
    after = recorded.get("namespaceAfter") or recorded["namespace"]
    cluster.until(lambda: _equal(_objects(api, name, expected), expected))

    assert comparable(api.get("namespaces", name)) == comparable(after)
    if "deleteProfile" in recorded:
        api.delete("profiles.kubeflow.org", name)
        left = recorded["objectsAfterProfileDelete"]
        cluster.until(lambda: _equal(_objects(api, name, expected), left))
        assert api.get("namespaces", name)["metadata"].get("ownerReferences") is None
    else:
        owner = api.get("namespaces", name)["metadata"]["ownerReferences"][0]
        assert owner["uid"] == made["metadata"]["uid"]
        api.delete("profiles.kubeflow.org", name)
        cluster.until(lambda: api.find("namespaces", name) is None)


@pytest.mark.parametrize("recorded", [f"notebooks/{name}" for name in NOTEBOOKS], indirect=True)
def test_a_notebook(cluster: Cluster, recorded: Any, notebook: Body, desk: str) -> None:
    api, name = cluster.api, notebook["metadata"]["name"]
    if name == "third":
        _use_two_gpus(cluster, desk)

    created = api.create(notebook)
    if name == DIGIT and not _may_be_made(api, notebooks.service(created)):
        # Then the controller gets no further than this, which nobody has recorded.
        cluster.until(lambda: api.find("statefulsets.apps", name, desk))
        return

    expected = {(each["type"], each["reason"]) for each in recorded["eventsOnNotebook"]}
    cluster.until(lambda: expected <= {each[:2] for each in _events(api, desk, name)})
    cluster.until(
        lambda: (
            comparable(api.get("notebooks.kubeflow.org", name, desk).get("status"))
            == comparable(recorded["finalStatus"])
        )
    )
    assert _events(api, desk, name) == {
        (each["type"], each["reason"], comparable(each["message"]))
        for each in recorded["eventsOnNotebook"]
    }
    found = {
        "statefulSet": api.get("statefulsets.apps", name, desk),
        "service": api.get("services", name, desk),
        "virtualService": api.get(
            "virtualservices.networking.istio.io", f"notebook-{desk}-{name}", desk
        ),
    }
    for kind, body in found.items():
        assert comparable(body) == comparable(recorded[kind]), kind


@pytest.mark.parametrize("recorded", ["notebooks/k-transitions"], indirect=True)
def test_a_notebook_that_is_changed(
    cluster: Cluster, recorded: Any, notebook: Body, desk: str
) -> None:
    api, name = cluster.api, notebook["metadata"]["name"]
    virtual_service = f"notebook-{desk}-{name}"
    changes: dict[str, Body] = {
        "label opt-in=true added": {"metadata": {"labels": {"opt-in": "true"}}},
        "annotation team=x added": {"metadata": {"annotations": {"team": "x"}}},
        "http-rewrite-uri annotation added": _annotate(
            "notebooks.kubeflow.org/http-rewrite-uri", "/"
        ),
        "image changed": _container({"name": name, "image": "busybox:2"}),
        "containerPort set to 8080": _container(
            {"name": name, "image": "busybox:2", "ports": [{"containerPort": 8080}]}
        ),
        "stopped": _annotate(notebooks.STOPPED, "2026-01-01T00:00:00Z"),
        "started again": _annotate(notebooks.STOPPED, None),
    }

    for step in recorded["steps"]:
        if step["after"] == "created":
            api.create(notebook)
        elif step["after"] in changes:
            api.patch("notebooks.kubeflow.org", name, desk, changes[step["after"]])
        else:
            assert step["after"] == "VirtualService deleted by hand"
            api.delete("virtualservices.networking.istio.io", virtual_service, desk)
        expected = comparable(
            {k: v for k, v in step.items() if k not in {"after", "podIncarnation"}}
        )
        try:
            cluster.until(partial(_is_state, api, name, desk, expected))
        except AssertionError:
            assert _state(api, name, desk) == expected, step["after"]

    api.delete("notebooks.kubeflow.org", name, desk)
    for resource in ("statefulsets.apps", "services", "pods"):
        cluster.until(partial(_is_empty, api, resource, desk))
    cluster.until(partial(_is_empty, api, "virtualservices.networking.istio.io", desk))


@pytest.mark.parametrize("recorded", ["notebooks/c-rstudio-group-two"], indirect=True)
def test_a_notebook_whose_server_tells_nothing_is_culled(
    cluster: Cluster, project_root: Path, notebook: Body, desk: str
) -> None:
    api, name = cluster.api, notebook["metadata"]["name"]
    recorded = recording(project_root, "notebooks/j-culling-unreachable-server")["timeline"]
    before, first_check, idle = (
        comparable({key: each for key, each in step.items() if key != "atSecond"})
        for step in recorded
    )
    assert len(recorded) == 3

    api.create(notebook)
    cluster.until(lambda: _culled(api, name, desk) == before)
    check = partial(culling.check, api, name, desk, timedelta(seconds=5))
    check()
    cluster.until(lambda: _culled(api, name, desk) == first_check)
    # Nothing happens to it until the time is over, however often it is looked at.
    check()
    assert _culled(api, name, desk) == first_check

    def stopped() -> bool:
        check()
        return bool(_culled(api, name, desk) == idle)

    cluster.until(stopped)


def _culled(api: Api, name: str, namespace: str) -> Any:
    """What the recording of culling holds for each step."""
    found = api.get("notebooks.kubeflow.org", name, namespace)
    made = api.find("statefulsets.apps", name, namespace)
    return comparable(
        {
            "annotations": found["metadata"].get("annotations"),
            "statefulSetReplicas": made and made["spec"]["replicas"],
            "podExists": api.find("pods", f"{name}-0", namespace) is not None,
            "status": found.get("status"),
        }
    )


def test_a_profile_that_is_changed(cluster: Cluster, project_root: Path) -> None:
    api, name = cluster.api, "drift"
    facts = recording(project_root, "profiles/drift-and-deletion-facts")
    api.create(profile(name, resourceQuotaSpec={"hard": {"pods": "10"}}))
    cluster.until(
        lambda: api.find("rolebindings.rbac.authorization.k8s.io", "namespaceAdmin", name)
    )
    cluster.until(lambda: api.find("resourcequotas", "kf-resource-quota", name))

    cluster.settled()
    # Nobody looks at quotas and namespaces that are edited by hand.
    edited = facts["quotaEditedByHand->"]
    api.patch("resourcequotas", "kf-resource-quota", name, {"spec": {"hard": edited}})
    api.patch("namespaces", name, "", {"metadata": {"labels": {"istio-injection": None}}})
    cluster.settled()
    assert api.get("resourcequotas", "kf-resource-quota", name)["spec"]["hard"] == edited
    assert "istio-injection" not in api.get("namespaces", name)["metadata"]["labels"]

    assert facts["namespaceAdminDeletedByHand->recreated"]
    api.delete("rolebindings.rbac.authorization.k8s.io", "namespaceAdmin", name)
    cluster.until(lambda: _subjects(api, name))

    changed = facts["quotaChangedInProfile->"]
    api.patch("profiles.kubeflow.org", name, "", {"spec": {"resourceQuotaSpec": {"hard": changed}}})
    cluster.until(
        lambda: api.get("resourcequotas", "kf-resource-quota", name)["spec"]["hard"] == changed
    )
    assert not facts["quotaRemovedFromProfile->exists"]
    api.patch("profiles.kubeflow.org", name, "", {"spec": {"resourceQuotaSpec": {"hard": None}}})
    cluster.until(lambda: api.find("resourcequotas", "kf-resource-quota", name) is None)

    # A new owner counts once the namespace says so too.
    api.patch("profiles.kubeflow.org", name, "", {"spec": {"owner": {"name": "new@example.com"}}})
    cluster.settled()
    assert _subjects(api, name) == ["drift@example.com"]
    api.patch("namespaces", name, "", _annotate("owner", "new@example.com"))
    api.delete("serviceaccounts", "default-viewer", name)
    cluster.until(lambda: _subjects(api, name) == ["new@example.com"])


def test_contributors(cluster: Cluster, project_root: Path) -> None:
    api, admins = cluster.api, ("root@example.com",)
    api.apply(profile("alice"))
    cluster.until(lambda: api.find("serviceaccounts", "default-editor", "alice"))
    calls = recording(project_root, "kfam/http-calls")
    bindings = [each for each in calls if each["path"] == "/kfam/v1/bindings" and each.get("body")]
    made = recording(project_root, "kfam/contributors")["createdObjects"]

    assert len(bindings) > 10
    for call in bindings:
        act = {"POST": contributors.add, "DELETE": contributors.remove}[call["method"]]
        if call["method"] == "DELETE":
            assert _contributed(api) == {kind: by_name(bodies) for kind, bodies in made.items()}
        answer = {"status": 200, "body": ""}
        try:
            act(api, call["kubeflow-userid"], call["body"], admins)
        except contributors.Refused as refused:
            answer = {"status": refused.status, "body": refused.body}
        assert answer == call["response"], call["what"]

    left = "user-viewer-example-com-clusterrole-view"
    assert all(left in by_name(bodies) for bodies in made.values())
    assert not any(left in bodies for bodies in _contributed(api).values())


@pytest.mark.parametrize("case", ["two", "zero"])
def test_a_binding_of_not_one_subject_hides_all_contributors(
    cluster: Cluster, project_root: Path, case: str
) -> None:
    api = cluster.api
    recorded = recording(project_root, "kfam/bindings-with-wrong-subject-count")[case]
    odd = recorded["roleBinding"]
    for name in ("alice", "plain"):
        api.apply(profile(name))
        cluster.until(partial(api.find, "serviceaccounts", "default-editor", name))
    expected = json.loads(recorded["alice"]["body"])["bindings"]
    for each in expected:
        # The owner's own is there already.
        user, role = each["user"], each["RoleRef"]["name"]
        if user["name"] != "alice@example.com":
            api.apply(contributors.role_binding("alice", user, role))
    api.create(odd)

    answers = {name: _listing(api, "" if name == "all" else name) for name in ("all", "plain")}
    alice = contributors.listed(api, "alice")
    api.delete("rolebindings.rbac.authorization.k8s.io", odd["metadata"]["name"], "plain")

    assert answers == {name: recorded[name] for name in answers}
    assert sorted(alice, key=json.dumps) == sorted(expected, key=json.dumps)
    assert "plain@example.com" in [
        each["user"]["name"] for each in contributors.listed(api, "plain")
    ]


def _listing(api: Api, namespace: str) -> Body:
    with pytest.raises(contributors.Refused) as caught:
        contributors.listed(api, namespace)
    return {"status": caught.value.status, "body": caught.value.body}


def test_poddefaults(cluster: Cluster, project_root: Path) -> None:
    api, plain = cluster.api, "plain"
    recorded = recording(project_root, "poddefault/pod-before-after")
    messages = recording(project_root, "poddefault/messages")
    desk = recording(project_root, "poddefault/notebook-with-poddefaults")
    refused = recording(project_root, "poddefault/notebook-conflicting-env")
    api.apply(profile(plain))
    cluster.until(lambda: api.find("serviceaccounts", "default-editor", plain))
    labels = {"kubernetes.io/metadata.name": plain}

    with poddefaults.Webhook(api, cluster.plane.authority) as webhook:
        api.create(poddefaults.configuration(webhook, labels))
        cluster.apply(recorded["podDefaults"])
        cluster.until(lambda: _marked(api, recorded["before"]))
        after = _dry_run(api, recorded["before"])
        conflict = _with_variable(recorded["before"], "http://other")
        with pytest.raises(ApiError) as caught:
            _dry_run(api, conflict)
        conflict["metadata"]["annotations"] = {poddefaults.EXCLUDE: "true"}
        excluded = _dry_run(api, conflict)
        api.create(refused["input"])
        message = comparable(refused["eventsOnNotebook"][0]["message"])
        cluster.until(lambda: message in {e[2] for e in _events(api, plain, "pdconf")})
        cluster.apply(desk["podDefaults"])
        api.create(desk["input"])
        pod = cluster.until(lambda: api.find("pods", "pdtest-0", plain))
        api.delete(
            "mutatingwebhookconfigurations.admissionregistration.k8s.io", "poddefaults-stand-in"
        )

    assert _pod(after) == _pod(recorded["after"])
    assert caught.value.message in messages["conflictingEnv"]["message"]
    assert caught.value.message.startswith(f'admission webhook "{poddefaults.NAME}" denied')
    assert excluded["spec"]["containers"][0]["env"] == messages["excludeAnnotation"]["env"]
    assert _pod(pod) == _pod(desk["pod"])


def profile(name: str, **spec: Any) -> Body:
    owner = {"kind": "User", "name": f"{name}@example.com"}
    return {
        "apiVersion": "kubeflow.org/v1",
        "kind": "Profile",
        "metadata": {"name": name},
        "spec": {"owner": owner, **spec},
    }


def _are_served(api: Api, plurals: list[str]) -> bool:
    return {f"{plural}.kubeflow.org" for plural in plurals} <= {
        each.name for each in api.resources(afresh=True)
    }


def _annotate(key: str, value: str | None) -> Body:
    return {"metadata": {"annotations": {key: value}}}


def _container(container: Body) -> Body:
    return {"spec": {"template": {"spec": {"containers": [container]}}}}


def _events(api: Api, namespace: str, name: str) -> set[tuple[str, str, str]]:
    return {
        (each["type"], each["reason"], comparable(each["message"]))
        for each in api.list("events", namespace)
        if (each["involvedObject"]["kind"], each["involvedObject"]["name"]) == ("Notebook", name)
    }


def _status(api: Api, resource: str, name: str, namespace: str) -> Any:
    found = api.find(resource, name, namespace)
    return found and found.get("status")


def _state(api: Api, name: str, namespace: str) -> Any:
    """What the recording of a changed Notebook holds for each step."""
    made = api.get("statefulsets.apps", name, namespace)
    virtual = api.get(
        "virtualservices.networking.istio.io", f"notebook-{namespace}-{name}", namespace
    )
    template = made["spec"]["template"]
    return comparable(
        {
            "stsReplicas": made["spec"]["replicas"],
            "stsTemplateLabels": template["metadata"]["labels"],
            "stsTemplateAnnotations": template["metadata"].get("annotations"),
            "image": template["spec"]["containers"][0]["image"],
            "vsRewrite": virtual["spec"]["http"][0]["rewrite"],
            "svcPort": api.get("services", name, namespace)["spec"]["ports"][0]["targetPort"],
            "status": _status(api, "notebooks.kubeflow.org", name, namespace),
        }
    )


def _is_state(api: Api, name: str, namespace: str, expected: Any) -> bool:
    try:
        return bool(_state(api, name, namespace) == expected)
    except ApiError:
        return False


def _is_empty(api: Api, resource: str, namespace: str) -> bool:
    ours = ("trans", "notebook-plain-trans")
    return not any(
        each["metadata"]["name"].startswith(ours) for each in api.list(resource, namespace)
    )


def _objects(api: Api, namespace: str, kinds: dict[str, Any]) -> dict[str, Any]:
    resources = {each.kind: each.name for each in api.resources() if each.group != "events.k8s.io"}
    found = {kind: by_name(api.list(resources[kind], namespace)) for kind in kinds}
    # Kubernetes's own.
    found.get("ConfigMap", {}).pop("kube-root-ca.crt", None)
    return found


def _equal(found: dict[str, Any], recorded: dict[str, Any]) -> bool:
    """Whether the objects are the recorded ones; what a recording does not list is not there."""
    return found == {kind: by_name(recorded.get(kind, [])) for kind in found}


def _add_data(api: Api, recorded: dict[str, Any]) -> None:
    for kind in ("ConfigMap", "PersistentVolumeClaim"):
        for body in recorded[kind]:
            api.create({key: value for key, value in body.items() if key != "status"})


def _use_two_gpus(cluster: Cluster, namespace: str) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "busy", "namespace": namespace},
        "spec": {
            "containers": [
                {"name": "c", "image": "i", "resources": {"limits": {"nvidia.com/gpu": "2"}}}
            ]
        },
    }
    cluster.until(lambda: _created(cluster.api, pod))


def _created(api: Api, body: Body) -> bool:
    try:
        api.create(body)
    except ApiError as error:
        if error.status != 403:
            raise
        return False
    return True


def _subjects(api: Api, namespace: str) -> list[str]:
    found = api.find("rolebindings.rbac.authorization.k8s.io", "namespaceAdmin", namespace)
    return [each["name"] for each in found["subjects"]] if found else []


def _contributed(api: Api) -> dict[str, dict[str, Any]]:
    """What access-management made: the recording holds policies in the version it writes."""
    found = {
        "RoleBinding": api.list("rolebindings.rbac.authorization.k8s.io", "alice"),
        "AuthorizationPolicy": api.list("authorizationpolicies.security.istio.io", "alice"),
    }
    own = {
        kind: [each for each in bodies if "ownerReferences" not in each["metadata"]]
        for kind, bodies in found.items()
    }
    for each in own["AuthorizationPolicy"]:
        each["apiVersion"] = "security.istio.io/v1beta1"
    return {kind: by_name(bodies) for kind, bodies in own.items()}


def _may_be_made(api: Api, body: Body) -> bool:
    path = api.resource("services").path(body["metadata"]["namespace"])
    try:
        api.request("POST", path, {"dryRun": "All"}, body=body)
    except ApiError as error:
        if error.status != 422:
            raise
        return False
    return True


def _dry_run(api: Api, pod: Body) -> Body:
    path = api.resource("pods").path(pod["metadata"]["namespace"])
    return api.request("POST", path, {"dryRun": "All"}, body=pod).body


def _marked(api: Api, pod: Body) -> bool:
    """Whether the server has taken notice of the webhook."""
    return len(_dry_run(api, pod)["metadata"].get("annotations", {})) > 3


def _with_variable(pod: Body, value: str) -> Body:
    first, *others = pod["spec"]["containers"]
    first = {**first, "env": [{"name": "HTTPS_PROXY", "value": value}]}
    return {
        **pod,
        "metadata": {**pod["metadata"]},
        "spec": {**pod["spec"], "containers": [first, *others]},
    }


def _pod(pod: Body) -> Any:
    """Of a pod, what the webhook may have touched."""
    metadata = comparable(pod["metadata"])
    return {
        "labels": {k: v for k, v in metadata["labels"].items() if "topology" not in k},
        "annotations": {
            key: "" if "poddefault" in key else value
            for key, value in metadata["annotations"].items()
        },
        **{
            key: comparable(pod["spec"].get(key))
            for key in ("containers", "initContainers", "tolerations", "volumes")
        },
    }

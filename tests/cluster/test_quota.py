"""A tenant gets what its plan grants, is told what it does not get, and never disturbs another."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import Install, StartCluster, State
from tests.cluster.homes import belongings, make_home, move_in, notebook, runs, start
from tests.cluster.installation import FEW, Installation, succeeds
from tests.cluster.recordings import comparable
from tests.cluster.stand_ins import notebooks, profiles
from tests.cluster.stand_ins.reconciler import Reconciler

from carrel.tools.helm import Helm

TENANT, NEIGHBOUR = "desk", "physics-lab"
VALUES = {
    "plans": {
        "two-gpus": {
            "quota": {
                "cpu": 8,
                "memory": "64Gi",
                "storage": "200Gi",
                "notebooks": 20,
                "volumes": 40,
                "gpus": {"nvidia.com/gpu": 2},
            },
            "largestSize": "small",
            "requestsWhenUnset": {"cpu": 0.1, "memory": "0.25Gi"},
        }
    },
    "tenants": {TENANT: {"owner": "ada@campus.example.edu", "plan": "two-gpus"}},
}


@pytest.fixture(scope="module")
def installed(
    start_cluster: StartCluster,
    install: Install,
    campus_states: Callable[[Helm], State],
    helm4: Helm,
) -> Iterator[Installation]:
    with start_cluster(campus_states(helm4)) as cluster:
        installation = install(cluster, helm4).with_tenants(*FEW).having(VALUES)
        with Reconciler(cluster.api, [profiles.controller(), *notebooks.CONTROLLERS]) as running:
            succeeds(installation.tenants())
            move_in(cluster, NEIGHBOUR)
            yield installation
            assert running.faults == []


def test_more_gpus_than_granted_are_refused_in_the_quotas_own_words(
    installed: Installation,
) -> None:
    api = installed.cluster.api
    make_home(installed.cluster, "greedy", TENANT)
    installed.cluster.until(lambda: api.find("serviceaccounts", "default-editor", TENANT))

    start(installed.cluster, notebook("greedy", TENANT, gpus=4))

    said = installed.cluster.until(lambda: _said(installed.cluster, "StatefulSet", "greedy"))
    refusal = (
        'pods "greedy-0" is forbidden: exceeded quota: tenant, requested: '
        "requests.nvidia.com/gpu=4, used: requests.nvidia.com/gpu=0, "
        "limited: requests.nvidia.com/gpu=2"
    )
    assert comparable(said) == f"create Pod greedy-0 in StatefulSet greedy failed error: {refusal}"
    again = installed.cluster.until(lambda: _said(installed.cluster, "Notebook", "greedy"))
    assert again == f"Reissued from statefulset/greedy: {said}"
    assert runs(api, "greedy", TENANT) is None
    api.delete("notebooks.kubeflow.org", "greedy", TENANT)


def test_one_gpu_runs_where_gpus_are(installed: Installation) -> None:
    api = installed.cluster.api
    make_home(installed.cluster, "modest", TENANT)

    start(installed.cluster, notebook("modest", TENANT, gpus=1))

    pod = installed.cluster.until(lambda: runs(api, "modest", TENANT))
    assert pod["spec"]["nodeName"] == "gpu-1"
    used = api.get("resourcequotas", "tenant", TENANT)["status"]["used"]
    assert used["requests.nvidia.com/gpu"] == "1"


def test_a_tightened_quota_counts_from_the_next_start_and_keeps_data(
    installed: Installation,
) -> None:
    """Runs after the one above, in whose tenant a Notebook with one GPU works."""
    cluster, api = installed.cluster, installed.cluster.api
    cluster.settled()
    mine, neighbours = belongings(api, TENANT, "modest"), belongings(api, NEIGHBOUR)
    tighter = {"plans": {"two-gpus": {"quota": {"gpus": {"nvidia.com/gpu": 0}}}}}

    succeeds(installed.having(tighter).tenants())

    cluster.settled()
    assert belongings(api, TENANT, "modest") == mine
    _stop(cluster, "modest")
    claim = mine.versions["persistentvolumeclaims modest"]
    assert _identity(cluster, "persistentvolumeclaims", "modest") == claim[0]
    api.patch("notebooks.kubeflow.org", "modest", TENANT, _annotated(None))
    said = cluster.until(lambda: _said(cluster, "StatefulSet", "modest", "FailedCreate"))
    assert "limited: requests.nvidia.com/gpu=0" in said

    succeeds(installed.tenants())

    cluster.until(lambda: runs(api, "modest", TENANT), seconds=120)
    assert _identity(cluster, "persistentvolumeclaims", "modest") == claim[0]
    assert belongings(api, NEIGHBOUR) == neighbours


def test_a_tenant_without_gpus_gets_none(installed: Installation) -> None:
    api, standard = installed.cluster.api, "law-101"
    make_home(installed.cluster, "curious", standard)
    installed.cluster.until(lambda: api.find("serviceaccounts", "default-editor", standard))

    start(installed.cluster, notebook("curious", standard, gpus=1))

    said = installed.cluster.until(
        lambda: _said(installed.cluster, "StatefulSet", "curious", namespace=standard)
    )
    assert "limited: requests.nvidia.com/gpu=0" in said


def _stop(cluster: Cluster, name: str) -> None:
    cluster.api.patch("notebooks.kubeflow.org", name, TENANT, _annotated("2026-01-01T00:00:00Z"))
    cluster.until(lambda: cluster.api.find("pods", f"{name}-0", TENANT) is None)


def _annotated(value: str | None) -> dict[str, Any]:
    return {"metadata": {"annotations": {notebooks.STOPPED: value}}}


def _identity(cluster: Cluster, resource: str, name: str) -> str:
    return str(cluster.api.get(resource, name, TENANT)["metadata"]["uid"])


def _said(
    cluster: Cluster,
    kind: str,
    name: str,
    reason: str = "FailedCreate",
    namespace: str = TENANT,
) -> str:
    """The message of an event on an object, or nothing."""
    for event in cluster.api.list("events", namespace):
        about = event["involvedObject"]
        if (about["kind"], about["name"], event["reason"]) == (kind, name, reason):
            return str(event["message"])
    return ""

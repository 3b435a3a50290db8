"""The cluster of these tests is a real one, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from tests.cluster.api import ApiError, Body
from tests.cluster.cluster import COUNTING, PUBLISHED, RESTLESS, Cluster, told
from tests.cluster.conftest import StartCluster
from tests.cluster.programs import MINORS

_PROBE = {"name": "probe", "namespace": "default"}
_POD = {"containers": [{"name": "web", "image": "web"}]}
ELSEWHERE_IN_ETCD: list[Body] = [
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": _PROBE,
        "spec": {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}},
    },
    {
        "apiVersion": "v1",
        "kind": "ReplicationController",
        "metadata": _PROBE,
        "spec": {
            "replicas": 0,
            "selector": {"app": "web"},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": _POD},
        },
    },
    {"apiVersion": "v1", "kind": "Endpoints", "metadata": _PROBE},
    {"apiVersion": "v1", "kind": "Service", "metadata": _PROBE, "spec": {"ports": [{"port": 80}]}},
    {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": _PROBE},
    {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": "probe"},
        "spec": {"selfSigned": {}},
    },
]
"""Kinds that etcd has under other names than the API, and custom resources."""


def test_the_server_says_the_version_that_was_asked_for(cluster: Cluster, kubernetes: str) -> None:
    done = cluster.run(cluster.kubectl, "version", "--output=json")

    versions = json.loads(done.stdout)
    for side in ("clientVersion", "serverVersion"):
        assert f"{versions[side]['major']}.{versions[side]['minor']}" == kubernetes, told(done)
        assert versions[side]["gitVersion"].startswith(f"v{kubernetes}.")


def test_a_pod_lands_on_the_node_that_has_what_it_asks_for(cluster: Cluster) -> None:
    def pod(name: str, resource: str) -> None:
        cluster.api.create(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name, "namespace": "default"},
                "spec": {
                    "containers": [
                        {"name": "c", "image": "i", "resources": {"limits": {resource: "1"}}}
                    ],
                    "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
                },
            }
        )

    resources = {"gpu-1": "nvidia.com/gpu", "mig-1": "nvidia.com/mig-3g.20gb"}
    for node, resource in resources.items():
        pod(f"on-{node}", resource)

    for node in resources:
        running = cluster.until(partial(_if_running, cluster, f"on-{node}"))
        assert running["spec"]["nodeName"] == node
        cluster.api.delete("pods", f"on-{node}", "default")


def test_a_stranger_may_do_nothing(cluster: Cluster) -> None:
    refusal = 'User "mallory" cannot list resource "secrets"'
    with closing(cluster.api.acting_as("mallory")) as api, pytest.raises(ApiError, match=refusal):
        api.list("secrets", "default")


def test_writes_are_in_the_audit_log(cluster: Cluster) -> None:
    cluster.api.create(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}}
    )

    def written() -> bool:
        lines = (cluster.plane.folder / "audit.log").read_text().splitlines()
        events = [json.loads(line) for line in lines if line.endswith("}")]
        return any(
            (event["user"]["username"], event["verb"], event["objectRef"].get("resource"))
            == ("admin", "create", "configmaps")
            for event in events
        )

    cluster.until(written)
    cluster.api.delete("configmaps", "a", "default")


def test_it_ends_with_the_tests(start_cluster: StartCluster) -> None:
    with start_cluster() as started:
        servers = started.plane.servers

    assert [server.process.poll() for server in servers] == [-9] * len(servers)
    assert not started.plane.folder.exists()


def test_people_get_a_cluster_and_end_it(
    project_root: Path, kubernetes: str, tmp_path: Path
) -> None:
    folder = tmp_path / "cluster"
    options = ["--kubernetes", kubernetes, "--folder", str(folder)]

    def command(action: str, *more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tests.cluster", action, *options, *more],
            cwd=project_root,
            env={**os.environ, "PYTHONPATH": str(project_root / "generator")},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    kubeconfig = Path(command("up"))
    try:
        assert kubeconfig.is_file()
        assert command("up") == str(kubeconfig)
        another = next(minor for minor in MINORS if minor != kubernetes)
        with pytest.raises(subprocess.CalledProcessError) as caught:
            command("up", "--kubernetes", another)
        assert f"a cluster of Kubernetes {kubernetes} runs" in caught.value.stderr
        processes = json.loads((folder / "running.json").read_text())["processes"]
        assert all(_runs(pid) for pid in processes.values())
        # As after a restart of the machine.
        os.kill(processes["etcd"], signal.SIGKILL)
        kubeconfig = Path(command("up"))
        assert kubeconfig.is_file()
        processes = json.loads((folder / "running.json").read_text())["processes"]
        assert all(_runs(pid) for pid in processes.values())
    finally:
        command("down")

    assert not folder.exists()
    assert not any(_runs(pid) for pid in processes.values())


def test_a_snapshot_has_every_object_in_the_version_that_the_server_tells(
    cluster: Cluster,
) -> None:
    """It is read from etcd, where some kinds have places of their own."""
    api = cluster.api
    for body in ELSEWHERE_IN_ETCD:
        api.create(body)
    found = cluster.settled()

    said = {}
    for resource in api.resources(afresh=True):
        if "list" in resource.verbs and resource.name not in RESTLESS | COUNTING:
            for body in api.list(resource.name):
                metadata = body["metadata"]
                # Without a version it is not stored: the server makes it up.
                if "resourceVersion" in metadata and metadata["name"] != PUBLISHED:
                    place = (metadata.get("namespace", ""), metadata["name"])
                    said[resource.name, *place] = metadata["resourceVersion"]
    assert {api.resource_of(body).name for body in ELSEWHERE_IN_ETCD} <= {key[0] for key in said}
    resting = {key: version for key, version in found.items() if key[0] not in COUNTING}
    assert resting == said
    for body in ELSEWHERE_IN_ETCD:
        place = (body["metadata"]["name"], body["metadata"].get("namespace", ""))
        api.delete(api.resource_of(body).name, *place)


def _if_running(cluster: Cluster, pod: str) -> Body | None:
    found = cluster.api.get("pods", pod, "default")
    return found if found["status"]["phase"] == "Running" else None


def _runs(pid: int) -> bool:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return done.returncode == 0 and not done.stdout.strip().startswith("Z")

"""Somebody who works in a tenant: a claim with data, and a Notebook that uses it."""

from dataclasses import dataclass
from typing import Any

from tests.cluster.api import Api, ApiError, Body
from tests.cluster.cluster import Cluster


def make_home(cluster: Cluster, name: str, namespace: str) -> None:
    """A claim that is bound, without anybody who provisions."""
    api = cluster.api
    size, modes = {"storage": "10Gi"}, ["ReadWriteOnce"]
    shared = {"accessModes": modes, "storageClassName": ""}
    volume = f"{namespace}-{name}"
    api.create(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": volume},
            "spec": {
                **shared,
                "capacity": size,
                "claimRef": {"name": name, "namespace": namespace},
                "csi": {"driver": "example.com", "volumeHandle": volume},
            },
        }
    )
    api.create(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {**shared, "resources": {"requests": size}},
        }
    )
    # Until then, nobody's pod with it is scheduled.
    cluster.until(lambda: _phase(api, name, namespace) == "Bound")


def _phase(api: Api, name: str, namespace: str) -> str:
    claim = api.get("persistentvolumeclaims", name, namespace)
    return str(claim.get("status", {}).get("phase"))


def notebook(name: str, namespace: str, *, gpus: int = 0) -> Body:
    """A Notebook as the form makes it, with the claim `name` as its home."""
    resources: Body = {"requests": {"cpu": "1", "memory": "1Gi"}}
    if gpus:
        resources["limits"] = {"nvidia.com/gpu": f"{gpus}"}
    pod = {
        "serviceAccountName": "default-editor",
        "containers": [
            {
                "name": name,
                "image": "ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0",
                "resources": resources,
                "volumeMounts": [{"name": "home", "mountPath": "/home/jovyan"}],
            }
        ],
        "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": name}}],
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    }
    return {
        "apiVersion": "kubeflow.org/v1",
        "kind": "Notebook",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"template": {"spec": pod}},
    }


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a release must never touch: who it is and in which version, by what it is."""

    versions: dict[str, tuple[str, str]]
    namespace: str
    labels: dict[str, str]


def move_in(cluster: Cluster, namespace: str, name: str = "work") -> None:
    """Work in a tenant. The stand-ins have to run."""
    make_home(cluster, name, namespace)
    cluster.until(lambda: cluster.api.find("serviceaccounts", "default-editor", namespace))
    start(cluster, notebook(name, namespace))
    cluster.until(lambda: runs(cluster.api, name, namespace))


def start(cluster: Cluster, body: Body) -> None:
    """Create a Notebook, as soon as the tenant's quota can count Notebooks.

    For up to half a minute after a kind has become known, the quota controller does not count it,
    and the server refuses what it cannot count.
    """

    def created() -> bool:
        try:
            cluster.api.create(body)
        except ApiError as error:
            if "status unknown for quota" not in error.message:
                raise
            return False
        return True

    cluster.until(created, seconds=120)


def runs(api: Api, name: str, namespace: str) -> Any:
    """The pod of a Notebook once it runs, otherwise None; all that the Notebook says fits it."""
    status = (api.find("notebooks.kubeflow.org", name, namespace) or {}).get("status", {})
    pod = api.find("pods", f"{name}-0", namespace)
    ready = "running" in status.get("containerState", {}) and status.get("readyReplicas") == 1
    return pod if pod and pod["status"]["phase"] == "Running" and ready else None


def belongings(api: Api, namespace: str, name: str = "work") -> Belongings:
    """What is there of somebody who works in a tenant."""
    versions = {}
    for resource, each in (
        ("notebooks.kubeflow.org", name),
        ("persistentvolumeclaims", name),
        ("statefulsets.apps", name),
        ("pods", f"{name}-0"),
    ):
        metadata = api.get(resource, each, namespace)["metadata"]
        versions[f"{resource} {each}"] = (metadata["uid"], metadata["resourceVersion"])
    tenant = api.get("namespaces", namespace)["metadata"]
    return Belongings(versions, tenant["uid"], _without_version(tenant["labels"]))


def _without_version(labels: dict[str, str]) -> dict[str, str]:
    """All but the label that names the chart's version."""
    return {key: value for key, value in labels.items() if key != "helm.sh/chart"}

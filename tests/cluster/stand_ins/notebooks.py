"""Test code, never shipped: makes of a Notebook what the real notebook controller makes of it.

Held against recordings of notebook-controller v1.11.0 by test_stand_ins.py. Its culler is
in culling.py.
"""

import copy
import hashlib
import json
from contextlib import suppress
from typing import Any

from tests.cluster.api import Api, Body
from tests.cluster.stand_ins.ownership import owner_reference, owners
from tests.cluster.stand_ins.reconciler import Controller, Key

STOPPED = "kubeflow-resource-stopped"

_MANAGER = "notebook-controller"
_OWNER_VERSION = "kubeflow.org/v1beta1"
_PREFIX = "notebooks.kubeflow.org"


def stateful_set(notebook: Body, existing: Body | None = None) -> Body:
    """The StatefulSet of a Notebook.

    Labels and annotations reach the pods of a new one only; everything else also follows later.
    """
    metadata = notebook["metadata"]
    name, namespace = metadata["name"], metadata["namespace"]
    annotations = metadata.get("annotations", {})
    pod = copy.deepcopy(notebook["spec"]["template"]["spec"])
    container = pod["containers"][0]
    container.setdefault("workingDir", "/home/jovyan")
    container.setdefault(
        "ports", [{"containerPort": 8888, "name": "notebook-port", "protocol": "TCP"}]
    )
    prefix = {"name": "NB_PREFIX", "value": f"/notebook/{namespace}/{name}"}
    container["env"] = [
        *(each for each in container.get("env", ()) if each["name"] != prefix["name"]),
        prefix,
    ]
    pod.setdefault("securityContext", {"fsGroup": 100})
    own = {"statefulset": name, "notebook-name": name}
    template: Body = {"labels": {**metadata.get("labels", {}), **own}}
    passed_on = {k: v for k, v in annotations.items() if "kubectl" not in k and "notebook" not in k}
    if passed_on:
        template["annotations"] = passed_on
    if existing is not None:
        template = existing["spec"]["template"]["metadata"]
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": _metadata(notebook, name),
        "spec": {
            "replicas": 0 if STOPPED in annotations else 1,
            "selector": {"matchLabels": {"statefulset": name}},
            "template": {"metadata": template, "spec": pod},
        },
    }


def service(notebook: Body) -> Body:
    """The Service of a Notebook."""
    name = notebook["metadata"]["name"]
    ports = notebook["spec"]["template"]["spec"]["containers"][0].get("ports")
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(notebook, name),
        "spec": {
            "type": "ClusterIP",
            "selector": {"statefulset": name},
            "ports": [
                {
                    "name": f"http-{name}",
                    "port": 80,
                    "targetPort": ports[0]["containerPort"] if ports else 8888,
                    "protocol": "TCP",
                }
            ],
        },
    }


def virtual_service(notebook: Body) -> Body:
    """The VirtualService of a Notebook."""
    metadata = notebook["metadata"]
    name, namespace = metadata["name"], metadata["namespace"]
    annotations = metadata.get("annotations", {})
    path = f"/notebook/{namespace}/{name}/"
    headers: dict[str, str] = {}
    with suppress(ValueError):
        headers = json.loads(annotations.get(f"{_PREFIX}/http-headers-request-set", "{}"))
    host = f"{name}.{namespace}.svc.cluster.local"
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": _metadata(notebook, f"notebook-{namespace}-{name}"),
        "spec": {
            "hosts": ["*"],
            "gateways": ["kubeflow/kubeflow-gateway"],
            "http": [
                {
                    "headers": {"request": {"set": headers}},
                    "match": [{"uri": {"prefix": path}}],
                    "rewrite": {"uri": annotations.get(f"{_PREFIX}/http-rewrite-uri", path)},
                    "route": [{"destination": {"host": host, "port": {"number": 80}}}],
                }
            ],
        },
    }


def status(notebook: Body, made: Body, pod: Body | None) -> Body:
    """The status of a Notebook whose StatefulSet is `made`."""
    found: Body = {
        "conditions": [],
        "containerState": {},
        "readyReplicas": made.get("status", {}).get("readyReplicas", 0),
    }
    if pod is None:
        return found
    for condition in pod["status"].get("conditions", ()):
        kept = ("type", "status", "lastProbeTime", "lastTransitionTime", "reason", "message")
        entry = {key: condition[key] for key in kept if condition.get(key) is not None}
        entry["lastProbeTime"] = entry.get("lastProbeTime") or condition["lastTransitionTime"]
        found["conditions"].append(entry)
    for container in pod["status"].get("containerStatuses", ()):
        if container["name"] == notebook["metadata"]["name"]:
            found["containerState"] = container["state"]
    return found


def reissued(notebook: Body, event: Body) -> Body:
    """The event on a Notebook that repeats one on its StatefulSet or pod."""
    source = event["involvedObject"]
    metadata = notebook["metadata"]
    message = f"Reissued from {source['kind'].lower()}/{source['name']}: {event['message']}"
    digest = hashlib.sha256(f"{event['reason']} {message}".encode()).hexdigest()[:16]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{metadata['name']}.{digest}",
            "namespace": metadata["namespace"],
        },
        "involvedObject": {
            "apiVersion": _OWNER_VERSION,
            "kind": "Notebook",
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
        },
        "type": event["type"],
        "reason": event["reason"],
        "message": message,
        "source": {"component": _MANAGER},
        "count": event.get("count") or 1,
    }


def _metadata(notebook: Body, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": notebook["metadata"]["namespace"],
        "ownerReferences": [owner_reference(notebook, _OWNER_VERSION)],
    }


def _reconcile(api: Api, key: Key) -> None:
    namespace, name = key
    notebook = api.find("notebooks.kubeflow.org", name, namespace)
    if notebook is None or "deletionTimestamp" in notebook["metadata"]:
        return
    existing = api.find("statefulsets.apps", name, namespace)
    made = _apply(api, stateful_set(notebook, existing))
    _apply(api, service(notebook))
    _apply(api, virtual_service(notebook))
    wanted = status(notebook, made, api.find("pods", f"{name}-0", namespace))
    if notebook.get("status") != wanted:
        api.update({**notebook, "status": wanted}, "status")


def _apply(api: Api, body: Body) -> Body:
    return api.apply(body, _MANAGER, force="true").body


def _reissue(api: Api, key: Key) -> None:
    namespace, name = key
    event = api.get("events", name, namespace)
    source = event["involvedObject"]
    owner = source["name"]
    if source["kind"] == "Pod":
        pod = api.find("pods", owner, namespace) or {"metadata": {}}
        owner = pod["metadata"].get("labels", {}).get("notebook-name", "")
    notebook = owner and api.find("notebooks.kubeflow.org", owner, namespace)
    if notebook:
        _apply(api, reissued(notebook, event))


def _of_pod(body: Body) -> list[Key]:
    metadata = body["metadata"]
    name = metadata.get("labels", {}).get("notebook-name")
    return [(metadata["namespace"], name)] if name else []


def _of_event(body: Body) -> list[Key]:
    relevant = body["involvedObject"]["kind"] in {"Pod", "StatefulSet"}
    return [(body["metadata"]["namespace"], body["metadata"]["name"])] if relevant else []


def _itself(body: Body) -> list[Key]:
    return [(body["metadata"]["namespace"], body["metadata"]["name"])]


def _of_owned(body: Body) -> list[Key]:
    return owners(body, "Notebook")


CONTROLLERS = (
    Controller(
        "notebooks",
        {
            "notebooks.kubeflow.org": _itself,
            "statefulsets.apps": _of_owned,
            "services": _of_owned,
            "virtualservices.networking.istio.io": _of_owned,
            "pods": _of_pod,
        },
        _reconcile,
    ),
    Controller("notebook events", {"events": _of_event}, _reissue),
)

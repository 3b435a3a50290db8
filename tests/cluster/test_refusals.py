"""What is said of objects when a site is rendered, the API server says too.

Objects are applied as Helm 4 and kubectl do it, server-side, and nothing is kept.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from tests.cluster.cluster import Cluster, refusal

from carrel.diagnostics import Diagnostic
from carrel.k8s import labels, names, objects, repeated_entries, sizes, webhooks
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.layers import resolve

Body = dict[str, Any]
Check = Callable[[Iterable[RenderedObject], Places], Iterable[Diagnostic]]

PLACES = Places.of(resolve({}, ()))


def config_map(name: str = "web", data: Body | None = None, **metadata: Any) -> Body:
    found = {"name": name, "namespace": "default", **metadata}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": found, "data": data or {}}


def pod(container: Body | None = None, **spec: Any) -> Body:
    web = {"name": "web", "image": "web", **(container or {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"containers": [web], **spec},
    }


def service(*ports: Body, name: str = "web") -> Body:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": list(ports) or [{"port": 80}]},
    }


def namespace(name: str) -> Body:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def role(name: str) -> Body:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": [],
    }


def webhook(*names: str, seconds: int = 10) -> Body:
    def hook(name: str) -> Body:
        return {
            "name": name,
            "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": "https://example.com/"},
            "sideEffects": "None",
            "timeoutSeconds": seconds,
        }

    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "web"},
        "webhooks": [hook(name) for name in names],
    }


def spread(*answers: str) -> list[Body]:
    key = "kubernetes.io/hostname"
    return [{"topologyKey": key, "whenUnsatisfiable": each, "maxSkew": 1} for each in answers]


MOUNTED: Body = {"volumes": [{"name": name, "emptyDir": {}} for name in "ab"]}
TWICE, TCP_AND_UDP = [{"name": "a"}, {"name": "a"}], [{"port": 53, "name": "a"}]
TCP_AND_UDP.append({"port": 53, "name": "b", "protocol": "UDP"})

REFUSAL = re.compile(
    "422 Invalid: "
    "|400 BadRequest: Name parameter invalid: "
    "|500 : failed to create typed patch object .* duplicate entries for key"
)
REFUSED: dict[str, Body] = {
    "containers": pod(initContainers=[{"name": "web", "image": "web"}]),
    "env": pod({"env": TWICE}),
    "ports": pod({"ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}]}),
    "port-names": pod(
        {"ports": [{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]}
    ),
    "mounts": pod({"volumeMounts": [{"name": n, "mountPath": "/a"} for n in "ab"]}, **MOUNTED),
    "volumes": pod(volumes=[{"name": "a", "emptyDir": {}}] * 2),
    "pull-secrets": pod(imagePullSecrets=TWICE),
    "host-aliases": pod(hostAliases=[{"ip": "10.0.0.1", "hostnames": ["a"]}] * 2),
    "spread": pod(topologySpreadConstraints=spread("ScheduleAnyway", "ScheduleAnyway")),
    "service-ports": service({"port": 80, "name": "a"}, {"port": 80, "name": "b"}),
    "service-port-names": service({"port": 80, "name": "a"}, {"port": 81, "name": "a"}),
    "webhooks": webhook("a.example.com", "a.example.com"),
    "webhook-timeout": webhook("a.example.com", seconds=31),
    "namespace-length": namespace("a" * 64),
    "namespace-form": namespace("a.b"),
    "service-length": service(name="a" * 64),
    "service-form": service(name="a.b"),
    "config-map-form": config_map("Web"),
    "config-map-length": config_map("a" * 254),
    "role-form": role("a%b"),
    "label-length": config_map(labels={"app": "a" * 64}),
    "label-form": config_map(labels={"app": "a b"}),
    "label-name": config_map(labels={"a b": "a"}),
    "label-prefix": config_map(labels={"Example.com/a": "a"}),
    "annotation-name": config_map(annotations={"a b": "a"}),
    "annotations": config_map(annotations={"a": "x" * 256 * 1024}),
    "data": config_map(data={"a": "x" * (1024 * 1024 + 1)}),
}
TAKEN: dict[str, Body] = {
    "env": pod({"env": [{"name": "a"}, {"name": "A"}]}),
    "ports": pod({"ports": [{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}]}),
    "mounts": pod({"volumeMounts": [{"name": "a", "mountPath": f"/{n}"} for n in "ab"]}, **MOUNTED),
    "spread": pod(topologySpreadConstraints=spread("ScheduleAnyway", "DoNotSchedule")),
    "service-ports": service(*TCP_AND_UDP),
    "webhook-timeout": webhook("a.example.com", "b.example.com", seconds=30),
    "namespace-length": namespace("a" * 63),
    "config-map-length": config_map("a" * 253),
    "role-form": role("system:A_b"),
    "label-form": config_map(labels={"Example_1": "A.b_c-0", "a.example/b": ""}),
    "annotation-name": config_map(annotations={"Example.com/A": "a b"}),
    "annotations": config_map(annotations={"a": "x" * (256 * 1024 - 1)}),
    "data": config_map(data={"a": "x" * 1024 * 1024}),
}


def found(body: Body, kubernetes: str) -> list[Diagnostic]:
    """What is said of an object when it is rendered."""
    output = f"---\n# Source: carrel/templates/web/all.yaml\n{json.dumps(body)}\n"
    rendered, malformed = objects.read(output, "carrel")
    checks: tuple[Check, ...] = (
        labels.check,
        repeated_entries.check,
        sizes.check,
        webhooks.check,
        lambda every, places: names.check(every, kubernetes, places),
    )
    return [*malformed, *(each for check in checks for each in check(rendered, PLACES))]


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_we_refuse_the_server_refuses(cluster: Cluster, kubernetes: str, body: Body) -> None:
    assert [each.severity.value for each in found(body, kubernetes)] == ["error"]
    assert REFUSAL.match(refusal(cluster.api, body))


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN.keys())
def test_what_the_server_takes_we_take(cluster: Cluster, kubernetes: str, body: Body) -> None:
    assert found(body, kubernetes) == []
    assert refusal(cluster.api, body) == ""

"""In a pod's lists nothing is there twice, and what is mounted is there."""

from collections.abc import Callable

import pytest

from carrel.k8s import pod_entries
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]


def workload(kind: str, spec: str, rest: str = "") -> str:
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: web, namespace: kubeflow}}\n"
        f"spec: {{template: {{spec: {spec}}}{rest}}}"
    )


def container(fields: str) -> str:
    return workload("Deployment", f"{{containers: [{{name: web, {fields}}}]}}")


def mounting(*names: str, volumes: str = "[]", kind: str = "Deployment", rest: str = "") -> str:
    mounts = ", ".join(f"{{name: {name}, mountPath: /{name}}}" for name in names)
    spec = f"{{containers: [{{name: web, volumeMounts: [{mounts}]}}], volumes: {volumes}}}"
    return workload(kind, spec, rest)


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (workload("Deployment", "{volumes: [{name: a}, {name: a}]}"), "volumes[1].name: a"),
        (
            workload("Deployment", "{containers: [{name: a}], initContainers: [{name: a}]}"),
            "containers[0].name: a",
        ),
        (container("env: [{name: A}, {name: B}, {name: A}]"), "containers[0].env[2].name: A"),
        (
            container("ports: [{containerPort: 80}, {containerPort: 80, protocol: TCP}]"),
            "ports[1].containerPort: 80",
        ),
        (
            container("ports: [{containerPort: 80, name: a}, {containerPort: 81, name: a}]"),
            "ports[1].name: a",
        ),
        (
            container("volumeDevices: [{devicePath: /a}, {devicePath: /a}]"),
            "volumeDevices[1].devicePath: /a",
        ),
        (
            container("volumeMounts: [{mountPath: /a}, {mountPath: /a}]"),
            "volumeMounts[1].mountPath: /a",
        ),
    ],
)
def test_an_entry_that_is_there_twice_is_named(
    render: Render, places: Places, document: str, where: str
) -> None:
    (found,) = (each for each in pod_entries.check(render(document), places) if each.code == "E413")

    assert f"{where} is there already" in found.message


@pytest.mark.parametrize(
    "document",
    [
        container("env: [{name: A}, {name: a}]"),
        container("ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]"),
        workload("Deployment", "{containers: [{name: a, env: [{name: A}]}, {name: b}]}"),
        mounting("a", "b", volumes="[{name: a}, {name: b}]"),
        mounting("a", kind="StatefulSet", rest=", volumeClaimTemplates: [{metadata: {name: a}}]"),
    ],
)
def test_what_is_right_is_no_finding(render: Render, places: Places, document: str) -> None:
    assert not list(pod_entries.check(render(document), places))


def test_a_mount_of_no_volume_is_named_with_those_that_there_are(
    render: Render, places: Places
) -> None:
    document = mounting("a", "c", volumes="[{name: b}, {name: a}]")

    (found,) = pod_entries.check(render(document), places)

    assert found.code == "E422"
    assert "containers[0].volumeMounts[1].name: there is no volume 'c'" in found.message
    assert found.hint == "the pod has a, b"

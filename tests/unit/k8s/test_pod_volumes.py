"""What a container mounts is a volume of its pod."""

from collections.abc import Callable

import pytest

from carrel.k8s import pod_volumes
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]


def workload(kind: str, spec: str, rest: str = "") -> str:
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: web, namespace: kubeflow}}\n"
        f"spec: {{template: {{spec: {spec}}}{rest}}}"
    )


def mounting(*names: str, volumes: str = "[]", kind: str = "Deployment", rest: str = "") -> str:
    mounts = ", ".join(f"{{name: {name}, mountPath: /{name}}}" for name in names)
    spec = f"{{containers: [{{name: web, volumeMounts: [{mounts}]}}], volumes: {volumes}}}"
    return workload(kind, spec, rest)


@pytest.mark.parametrize(
    "document",
    [
        mounting("a", "b", volumes="[{name: a}, {name: b}]"),
        mounting("a", kind="StatefulSet", rest=", volumeClaimTemplates: [{metadata: {name: a}}]"),
    ],
)
def test_a_volume_of_the_pod_can_be_mounted(render: Render, places: Places, document: str) -> None:
    assert not list(pod_volumes.check(render(document), places))


def test_a_mount_of_no_volume_is_named_with_those_that_there_are(
    render: Render, places: Places
) -> None:
    document = mounting("a", "c", volumes="[{name: b}, {name: a}]")

    (found,) = pod_volumes.check(render(document), places)

    assert found.code == "E422"
    assert "containers[0].volumeMounts[1].name: there is no volume 'c'" in found.message
    assert found.hint == "the pod has a, b"

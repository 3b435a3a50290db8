"""No two routes behind a gateway take the same requests."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from carrel.k8s import routes
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]


def virtual_service(name: str, *matches: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name, "namespace": "kubeflow"},
        "spec": {
            "hosts": ["*"],
            "gateways": ["kubeflow/front"],
            "http": [{"match": [*matches]}],
            **spec,
        },
    }


def prefix(path: str, **more: Any) -> dict[str, Any]:
    return {"uri": {"prefix": path}, **more}


FIRST = virtual_service("first", prefix("/desks/"))


def found(render: Render, places: Places, *bodies: dict[str, Any]) -> list[str]:
    return [each.message for each in routes.check(render(*map(json.dumps, bodies)), places)]


@pytest.mark.parametrize(
    "second",
    [
        virtual_service("second", prefix("/other/"), prefix("/desks/")),
        # A Gateway without a namespace is in the VirtualService's own.
        virtual_service("second", prefix("/desks/"), gateways=["front", "mesh"]),
        virtual_service("second", prefix("/desks/"), hosts=["desks.example", "*"]),
    ],
)
def test_two_of_one_path_are_found(render: Render, places: Places, second: dict[str, Any]) -> None:
    (message,) = found(render, places, FIRST, second)
    assert "VirtualService kubeflow/first takes requests for /desks/ already" in message


@pytest.mark.parametrize(
    "second",
    [
        virtual_service("second", prefix("/desks")),
        virtual_service("second", {"uri": {"exact": "/desks/"}}),
        virtual_service("second", prefix("/desks/", headers={"x": {"exact": "y"}})),
        virtual_service("second", prefix("/desks/"), hosts=["desks.example"]),
        virtual_service("second", prefix("/desks/"), gateways=["other/front"]),
        virtual_service("second", prefix("/desks/"), gateways=["mesh"]),
    ],
)
def test_other_requests_are_free(render: Render, places: Places, second: dict[str, Any]) -> None:
    assert found(render, places, FIRST, second) == []

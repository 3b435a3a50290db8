"""Custom resources are not in the release that defines their kind."""

from collections.abc import Callable

import pytest

from carrel.k8s import definitions
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]

HEAD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: desks.example.com
spec:
  group: example.com
"""
ON_ONE_LINE = f"{HEAD}  names: {{kind: Desk, listKind: DeskList, plural: desks}}\n"
ON_SEVERAL = f"{HEAD}  names:\n    categories:\n    - all\n    kind: Desk\n    plural: desks\n"
WITH_LABELS = ON_SEVERAL.replace("  name: d", "  labels: {a: b}\n  name: d")


def desk(version: str = "v1", kind: str = "Desk") -> str:
    return f"apiVersion: example.com/{version}\nkind: {kind}\nmetadata: {{name: a, namespace: a}}"


@pytest.mark.parametrize("definition", [ON_ONE_LINE, ON_SEVERAL, WITH_LABELS])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_resource_beside_its_definition_is_refused(
    render: Render, places: Places, definition: str, version: str
) -> None:
    (found,) = definitions.check(render(definition, desk(version)), places)

    assert found.code == "E414"
    assert "desks.example.com" in found.message


def test_other_kinds_and_other_releases_are_not(render: Render, places: Places) -> None:
    objects = render(ON_ONE_LINE, desk(kind="Chair"))
    tenants = render(desk(), release="carrel-tenants-00")

    assert not list(definitions.check((*objects, *tenants), places))

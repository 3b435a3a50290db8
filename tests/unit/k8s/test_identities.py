"""No two objects are the same one, and each has a namespace exactly when its kind needs one."""

from collections.abc import Callable

import pytest

from carrel.k8s import identities
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]


def named(kind: str, name: str, namespace: str = "", version: str = "v1") -> str:
    line = f"\n  namespace: {namespace}" if namespace else ""
    return f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}{line}"


def test_different_objects_pass(render: Render, places: Places) -> None:
    objects = render(
        named("Namespace", "kubeflow"),
        named("ConfigMap", "a", "kubeflow"),
        named("ConfigMap", "a", "other"),
        named("Secret", "a", "kubeflow"),
    )

    assert not list(identities.check(objects, places))


def test_a_duplicate_names_both_templates(render: Render, places: Places) -> None:
    first = render(named("ConfigMap", "a", "kubeflow"), source="templates/one/config.yaml")
    second = render(named("ConfigMap", "a", "kubeflow"), source="templates/two/config.yaml")

    (found,) = identities.check((*first, *second), places)

    assert found.code == "E411"
    assert "chart/templates/one/config.yaml" in found.message
    assert found.span is not None
    assert found.span.file == "chart/templates/two/config.yaml"


def test_a_duplicate_across_releases_names_the_release(render: Render, places: Places) -> None:
    first = render(named("Namespace", "a"), release="carrel")
    second = render(named("Namespace", "a"), release="carrel-tenants-00")

    (found,) = identities.check((*first, *second), places)

    assert found.message.endswith("by chart/templates/app/all.yaml in release carrel")


def test_the_api_version_makes_no_difference(render: Render, places: Places) -> None:
    objects = render(
        named("VirtualService", "a", "kubeflow", "networking.istio.io/v1"),
        named("VirtualService", "a", "kubeflow", "networking.istio.io/v1alpha3"),
    )

    assert [found.code for found in identities.check(objects, places)] == ["E411"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (named("ConfigMap", "a"), "E412"),
        (named("Namespace", "a", "kubeflow"), "E412"),
        (named("Profile", "a", "kubeflow", "kubeflow.org/v1"), "E412"),
        (named("Notebook", "a", "", "kubeflow.org/v1"), "E412"),
        (named("ClusterRole", "a", "", "rbac.authorization.k8s.io/v1"), None),
        (named("Anything", "a", "", "example.com/v1"), None),
        (named("Anything", "a", "b", "example.com/v1"), None),
    ],
)
def test_a_namespace_is_there_when_the_kind_needs_one(
    render: Render, places: Places, document: str, code: str | None
) -> None:
    codes = [found.code for found in identities.check(render(document), places)]

    assert codes == ([code] if code else [])

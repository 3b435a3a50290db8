"""Names of objects are as long and of such characters as their kind allows."""

from collections.abc import Callable

import pytest

from carrel.k8s import names
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]

RBAC = "rbac.authorization.k8s.io/v1"


def named(api_version: str, kind: str, name: str) -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: '{name}'}}"


def messages(render: Render, places: Places, document: str, minor: str = "1.36") -> list[str]:
    return [found.message for found in names.check(render(document), minor, places)]


@pytest.mark.parametrize(
    ("api_version", "kind", "longest"),
    [
        ("v1", "Namespace", 63),
        ("v1", "Service", 63),
        ("kubeflow.org/v1", "Profile", 63),
        ("kubeflow.org/v1", "Notebook", 52),
        ("apps/v1", "StatefulSet", 52),
        ("apps/v1", "Deployment", 242),
        ("batch/v1", "CronJob", 52),
        ("batch/v1", "Job", 63),
        ("v1", "ConfigMap", 253),
        ("example.com/v1", "Widget", 253),
        (RBAC, "ClusterRole", 253),
    ],
)
def test_a_name_has_a_length_that_its_kind_allows(
    render: Render, places: Places, api_version: str, kind: str, longest: int
) -> None:
    assert messages(render, places, named(api_version, kind, "a" * longest)) == []
    (found,) = messages(render, places, named(api_version, kind, "a" * (longest + 1)))
    assert f"it has {longest + 1} characters; the name of a {kind} has at most {longest}" in found


@pytest.mark.parametrize(
    ("api_version", "kind", "name"),
    [
        ("v1", "ConfigMap", "Upper"),
        ("v1", "ConfigMap", "a_b"),
        ("v1", "ConfigMap", "a..b"),
        ("v1", "ConfigMap", "-a"),
        ("v1", "ConfigMap", "a-"),
        ("v1", "ConfigMap", "a\\n"),
        ("v1", "Namespace", "a.b"),
        ("v1", "Service", "a.b"),
        ("apps/v1", "StatefulSet", "a.b"),
        (RBAC, "Role", "a/b"),
        (RBAC, "Role", "a%b"),
        (RBAC, "Role", ".."),
    ],
)
def test_a_name_has_characters_that_its_kind_allows(
    render: Render, places: Places, api_version: str, kind: str, name: str
) -> None:
    (found,) = messages(render, places, named(api_version, kind, name))

    assert f"the name of a {kind} is made of " in found
    assert found.endswith(f"; this is {name!r}")


@pytest.mark.parametrize(
    ("api_version", "kind", "name"),
    [
        ("v1", "ConfigMap", "kube-root-ca.crt"),
        ("v1", "ConfigMap", "0"),
        (RBAC, "ClusterRole", "system:Auth_delegator"),
        (RBAC, "RoleBinding", "user-ada.example.com-clusterrole-edit"),
        ("apps/v1", "Deployment", "a.b"),
    ],
)
def test_other_names_pass(
    render: Render, places: Places, api_version: str, kind: str, name: str
) -> None:
    assert messages(render, places, named(api_version, kind, name)) == []


@pytest.mark.parametrize("kind", [("v1", "Service"), ("kubeflow.org/v1", "Notebook")])
def test_a_service_may_begin_with_a_digit_since_1_36(
    render: Render, places: Places, kind: tuple[str, str]
) -> None:
    document = named(*kind, "0a")

    assert messages(render, places, document, "1.36") == []
    assert messages(render, places, document, "1.37") == []
    assert len(messages(render, places, document, "1.35")) == 1
    assert messages(render, places, named(*kind, "a0"), "1.35") == []


def test_the_reason_of_a_length_is_told(render: Render, places: Places) -> None:
    (found,) = names.check(render(named("apps/v1", "StatefulSet", "a" * 60)), "1.36", places)

    assert found.code == "E415"
    assert found.hint == "a label of its pods holds it with a hash of 10"

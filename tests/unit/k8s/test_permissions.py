"""A role that grants everything of some sort is declared, with a reason."""

from collections.abc import Callable

import pytest

from carrel.k8s import permissions
from carrel.k8s.objects import RenderedObject
from carrel.k8s.permissions import DECLARED
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]

EXTRA = "templates/extra-objects.yaml"


def role(rule: str, kind: str = "ClusterRole", name: str = "web") -> str:
    return (
        f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\n"
        f"metadata: {{name: {name}, namespace: kubeflow}}\nrules: [{{}}, {rule}]"
    )


@pytest.mark.parametrize("kind", ["Role", "ClusterRole"])
@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ('{apiGroups: [""], resources: [pods], verbs: ["*"]}', "verbs"),
        ('{apiGroups: [""], resources: [pods, "*"], verbs: [get]}', "resources"),
        ('{apiGroups: ["*"], resources: [pods], verbs: [get]}', "apiGroups"),
        ('{nonResourceURLs: ["*"], verbs: [get]}', "nonResourceURLs"),
    ],
)
def test_a_wildcard_is_an_error_and_a_warning_in_a_sites_own_role(
    render: Render, places: Places, kind: str, rule: str, where: str
) -> None:
    (ours,) = permissions.check(render(role(rule, kind)), places)
    (extra,) = permissions.check(render(role(rule, kind), source=EXTRA), places)

    assert (ours.code, extra.code) == ("E443", "W443")
    assert f"rules[1].{where}: grants every " in ours.message


def test_a_rule_without_a_wildcard_passes(render: Render, places: Places) -> None:
    rule = '{apiGroups: [""], resources: ["*/scale"], verbs: [get], resourceNames: ["*"]}'

    assert not list(permissions.check(render(role(rule)), places))


@pytest.mark.parametrize(
    ("rule", "kind", "name", "codes"),
    [
        ('{apiGroups: [dex.coreos.com], resources: ["*"], verbs: ["*"]}', "Role", "dex", []),
        # Elsewhere, of another role, of other resources
        (
            '{apiGroups: [dex.coreos.com], resources: ["*"], verbs: ["*"]}',
            "ClusterRole",
            "dex",
            ["E443", "E443"],
        ),
        ('{apiGroups: [""], resources: ["*"], verbs: ["*"]}', "Role", "dex", ["E443", "E443"]),
        (
            '{apiGroups: [networking.istio.io, istio.io], resources: ["*"], verbs: [get]}',
            "ClusterRole",
            "kubeflow-istio-view",
            [],
        ),
        (
            '{apiGroups: [networking.istio.io, istio.io], resources: ["*"], verbs: ["*"]}',
            "ClusterRole",
            "kubeflow-istio-view",
            ["E443"],
        ),
        (
            '{apiGroups: [""], resources: [services], verbs: ["*"]}',
            "ClusterRole",
            "notebook-controller-role",
            [],
        ),
        (
            '{apiGroups: [""], resources: [services, secrets], verbs: ["*"]}',
            "ClusterRole",
            "notebook-controller-role",
            ["E443"],
        ),
        (
            '{apiGroups: [""], resources: ["*"], verbs: [get]}',
            "ClusterRole",
            "notebook-controller-role",
            ["E443"],
        ),
    ],
)
def test_what_is_declared_passes_where_it_is_declared(
    render: Render, places: Places, rule: str, kind: str, name: str, codes: list[str]
) -> None:
    found = permissions.check(render(role(rule, kind, name)), places)

    assert [each.code for each in found] == codes


def test_every_declaration_has_a_reason() -> None:
    assert all(declared.reason for declared in DECLARED)

"""Objects are sorted into folders that can be applied one after the other."""

from collections.abc import Callable

import pytest

from carrel.k8s import phases
from carrel.k8s.objects import RenderedObject

Render = Callable[..., tuple[RenderedObject, ...]]


def named(version: str, kind: str, name: str = "a", namespace: str = "b") -> str:
    return (
        f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}}}"
    )


@pytest.mark.parametrize(
    ("version", "kind", "expected"),
    [
        ("v1", "Namespace", "00-namespaces"),
        ("v1", "ServiceAccount", "20-rbac"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "20-rbac"),
        ("v1", "ConfigMap", "30-config"),
        ("networking.k8s.io/v1", "NetworkPolicy", "30-config"),
        ("scheduling.k8s.io/v1", "PriorityClass", "30-config"),
        ("cert-manager.io/v1", "Certificate", "40-certificates"),
        ("v1", "Service", "50-controllers"),
        ("apps/v1", "Deployment", "50-controllers"),
        ("policy/v1", "PodDisruptionBudget", "50-controllers"),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "60-webhooks"),
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "70-policies"),
        ("security.istio.io/v1", "AuthorizationPolicy", "70-policies"),
        ("example.com/v1", "Anything", "90-extra"),
    ],
)
def test_the_phase_of_a_kind(render: Render, version: str, kind: str, expected: str) -> None:
    (rendered,) = render(named(version, kind))

    assert phases.phase(rendered, tenants=False) == expected
    assert phases.phase(rendered, tenants=True) == "80-tenants"


def test_phases_sort_in_the_order_of_application() -> None:
    assert list(phases.PHASES) == sorted(phases.PHASES)


def test_what_others_need_comes_first(render: Render) -> None:
    objects = render(
        named("apps/v1", "Deployment"),
        named("v1", "Service", "z"),
        named("v1", "Service", "a"),
        named("v1", "ConfigMap", "a", "z"),
        named("v1", "ConfigMap", "z", "a"),
        named("v1", "Namespace"),
    )

    ordered = sorted(objects, key=phases.order)

    assert [(each.kind, each.namespace, each.name) for each in ordered] == [
        ("Namespace", "b", "a"),
        ("ConfigMap", "a", "z"),
        ("ConfigMap", "z", "a"),
        ("Service", "b", "a"),
        ("Service", "b", "z"),
        ("Deployment", "b", "a"),
    ]

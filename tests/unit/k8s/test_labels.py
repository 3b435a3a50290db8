"""Labels and annotations are written as Kubernetes takes them."""

from collections.abc import Callable

import pytest

from carrel.k8s import labels
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]

LONG = "a" * 64


def labelled(key: str, value: str, field: str = "labels") -> str:
    return (
        "apiVersion: v1\nkind: ConfigMap\n"
        f"metadata: {{name: web, namespace: kubeflow, {field}: {{'{key}': '{value}'}}}}"
    )


def workload(spec: str) -> str:
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: kubeflow}\n"
        f"spec: {spec}"
    )


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("app", LONG, "the value has 64 characters, and at most 63"),
        ("app", "a b", "a label's value is made of letters"),
        ("app", "-a", "a label's value is made of letters"),
        ("app", "a.", "a label's value is made of letters"),
        (LONG, "a", "its name has 64 characters, and at most 63"),
        ("a b", "a", "its name is made of letters"),
        ("example.com/", "a", "its name is made of letters"),
        ("Example.com/app", "a", "what is before the"),
        ("a/b/c", "a", "what is before the"),
        (f"{'a' * 254}/app", "a", "what is before the"),
    ],
)
def test_what_the_server_refuses_is_an_error(
    render: Render, places: Places, key: str, value: str, fault: str
) -> None:
    (found,) = labels.check(render(labelled(key, value)), places)

    assert found.code == "E416"
    assert f": {fault}" in found.message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("app", ""),
        ("app", "A.b_c-0"),
        ("app", "a" * 63),
        ("a" * 63, "a"),
        ("app.kubernetes.io/Name_1", "web"),
        (f"{'a' * 253}/app", "a"),
    ],
)
def test_what_it_takes_passes(render: Render, places: Places, key: str, value: str) -> None:
    assert not list(labels.check(render(labelled(key, value)), places))


def test_an_annotation_has_a_name_and_says_what_it_likes(render: Render, places: Places) -> None:
    right = labelled("Example.com/app", f"{LONG} and more", "annotations")
    wrong = labelled("a b", "", "annotations")

    assert not list(labels.check(render(right), places))
    (found,) = labels.check(render(wrong), places)
    assert "metadata.annotations" in found.message


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        (f"{{template: {{metadata: {{labels: {{a: {LONG}}}}}}}}}", "spec.template.metadata.labels"),
        ("{template: {metadata: {annotations: {'a b': c}}}}", "spec.template.metadata.annotations"),
        (f"{{selector: {{matchLabels: {{a: {LONG}}}}}}}", "spec.selector.matchLabels"),
        ("{template: {spec: {nodeSelector: {gpu: a b}}}}", "spec.template.spec.nodeSelector"),
    ],
)
def test_those_of_pods_and_selectors_count_too(
    render: Render, places: Places, spec: str, where: str
) -> None:
    (found,) = labels.check(render(workload(spec)), places)

    assert f" {where}" in found.message


def test_each_object_with_a_wrong_label_is_named(render: Render, places: Places) -> None:
    wrong = labelled("app", "a b")

    found = list(labels.check(render(wrong, wrong.replace("web", "api")), places))

    assert ["web" in found[0].message, "api" in found[1].message] == [True, True]


def test_a_value_of_another_type_is_left_to_the_schema(render: Render, places: Places) -> None:
    right = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, labels: {a: b, c: d, e: f}}"
    wrong = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: api, labels: {a: [b], c: 1}}"

    assert not list(labels.check(render(right, wrong), places))

"""extra-objects.yaml: objects of a site's own, as they are."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

EXTRA: dict[str, dict[str, Any]] = {
    "second": {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "second", "namespace": "kubeflow"},
        "data": {"a": "{{ .Values.site.name }}", "b": "on", "c": "1e3", "d": "x\ny\n"},
    },
    "first": {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": "desks"},
        "value": 1000000000,
        "globalDefault": False,
    },
}


def test_they_are_rendered_as_they_are_written(chart: "Chart") -> None:
    manifest = chart.render("lab", {"extraObjects": EXTRA})
    # Text in braces is not a template.
    assert manifest.get("ConfigMap", "second") == EXTRA["second"]
    assert manifest.get("PriorityClass", "desks") == EXTRA["first"]
    assert isinstance(manifest.get("PriorityClass", "desks")["value"], int)
    assert len(manifest.objects) == len(chart.render("lab").objects) + 2


def test_they_live_with_the_platform(chart: "Chart") -> None:
    before = chart.render("lab", scope="tenants")
    after = chart.render("lab", {"extraObjects": EXTRA}, scope="tenants")
    assert after.identities() == before.identities()


def test_a_later_layer_takes_one_away(chart: "Chart") -> None:
    values = {"extraObjects": {**EXTRA, "second": EXTRA["first"] | {"metadata": {"name": "b"}}}}
    manifest = chart.render("lab", values)
    assert {each["metadata"]["name"] for each in manifest.kind("PriorityClass")} == {"desks", "b"}

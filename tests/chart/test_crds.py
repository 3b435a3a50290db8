"""crds.yaml: the CustomResourceDefinitions come from the subchart, byte for byte."""

from typing import TYPE_CHECKING

from carrel.k8s import objects

if TYPE_CHECKING:
    from tests.chart.conftest import Chart


def test_each_file_of_the_subchart_is_rendered_as_it_is(chart: "Chart") -> None:
    manifest = chart.render("lab", crds=True)
    rendered = {
        each.name: each.text.strip()
        for each in manifest.objects
        if each.kind == "CustomResourceDefinition"
    }
    files = (chart.root / "chart/charts/crds/files").glob("*.yaml")
    assert rendered == {file.stem: file.read_text().strip() for file in files}
    assert len(rendered) == 6


def test_they_can_be_left_to_another_team(chart: "Chart") -> None:
    with_them, without = chart.render("lab", crds=True), chart.render("lab")
    assert {each.kind for each in with_them.objects} - {each.kind for each in without.objects} == {
        "CustomResourceDefinition"
    }
    assert "CustomResourceDefinition" not in without.text


def test_the_tenants_release_has_none(chart: "Chart") -> None:
    manifest = chart.render("lab", scope="tenants", crds=True)
    assert "CustomResourceDefinition" not in manifest.text


def test_they_are_kept_when_the_release_goes(chart: "Chart") -> None:
    for source, text in objects.documents(chart.render("lab", crds=True).text):
        if source == "chart/templates/crds.yaml":
            assert "\n    helm.sh/resource-policy: keep\n" in text

"""Every supported Helm renders the same objects, and finds nothing to complain about."""

from typing import TYPE_CHECKING

import pytest

from carrel.k8s import objects

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

    from carrel.tools.helm import Helm

RELEASES = [
    ("lab", "platform", 0),
    ("lab", "tenants", 0),
    ("campus", "platform", 0),
    *(("campus", "tenants", shard) for shard in range(4)),
    ("vault", "platform", 0),
    *(("vault", "tenants", shard) for shard in range(2)),
]


def documents(text: str) -> list[tuple[str, str]]:
    """Each document with its template; Helm 4 leaves other blank lines around it than Helm 3."""
    return sorted((source, document.strip()) for source, document in objects.documents(text))


@pytest.mark.parametrize(("site", "scope", "shard"), RELEASES)
def test_helm_3_and_4_render_the_same(
    chart: "Chart", helm318: "Helm", helm3: "Helm", helm4: "Helm", site: str, scope: str, shard: int
) -> None:
    rendered = [
        chart.render(site, helm=helm, scope=scope, shard=shard, crds=scope == "platform")
        for helm in (helm4, helm3, helm318)
    ]
    newest = documents(rendered[0].text)
    assert newest
    for older in rendered[1:]:
        same_text = documents(older.text) == newest
        assert same_text or older.bodies() == rendered[0].bodies()
    kinds = {each.kind for each in rendered[0].objects}
    assert ("CustomResourceDefinition" in kinds) is (scope == "platform")


def test_the_releases_are_those_of_the_sites(releases: list[tuple[str, str, int]]) -> None:
    assert releases == RELEASES


def test_the_helms_are_of_three_lines(helm318: "Helm", helm3: "Helm", helm4: "Helm") -> None:
    versions = [(helm.version.major, helm.version.minor) for helm in (helm318, helm3, helm4)]
    assert versions == [(3, 18), (3, 21), (4, 2)]


@pytest.mark.parametrize("scope", ["platform", "tenants"])
def test_lint_is_clean(chart: "Chart", helm: "Helm", site: str, scope: str) -> None:
    said = helm.lint(
        chart.root / "chart",
        namespace="carrel-system",
        values=chart.files(site, tenants=scope == "tenants"),
        sets=[f"scope={scope}"],
        kube_version="1.36.0",
    )
    assert [each for each in said if each.severity != "INFO"] == []


def test_lint_finds_what_is_wrong(chart: "Chart", helm: "Helm") -> None:
    said = helm.lint(
        chart.root / "chart",
        namespace="carrel-system",
        values=chart.files("lab", tenants=False),
        sets=["gateway.tls.mode=maybe"],
        kube_version="1.36.0",
    )
    assert [each for each in said if each.severity != "INFO"]

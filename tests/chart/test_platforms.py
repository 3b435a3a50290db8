"""Every platform's layer renders; one that no example site is on says that it is not proved."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from carrel.yamlio.reader import read_file

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

PLATFORMS = ("aks", "eks", "gke", "openshift", "vanilla")


def values_in(file: Path) -> dict[str, Any]:
    document, found = read_file(file, file.name)
    assert document is not None
    assert not found
    return document.values


@pytest.fixture(params=PLATFORMS)
def layer(request: pytest.FixtureRequest, project_root: Path) -> dict[str, Any]:
    """Each platform's layer in turn."""
    return values_in(project_root / "values/platforms" / f"{request.param}.yaml")


def rendered(chart: "Chart", layer: dict[str, Any], scope: str) -> "Manifest":
    site = {"name": "bare", "platform": layer["platform"]["name"]}
    tenants = {"team": {"owner": "ada@example.com", "plan": "standard"}}
    return chart.render("", {**layer, "site": site, "tenants": tenants}, scope=scope)


def test_it_renders(chart: "Chart", layer: dict[str, Any]) -> None:
    assert len(rendered(chart, layer, "platform").pods()) == 5
    assert rendered(chart, layer, "tenants").get("Namespace", "team")


def test_it_is_proved_exactly_when_an_example_site_is_on_it(
    project_root: Path, layer: dict[str, Any]
) -> None:
    sites = (project_root / "values/sites").glob("*/site.yaml")
    used = {values_in(file)["site"]["platform"] for file in sites}
    assert layer["platform"]["proved"] is (layer["platform"]["name"] in used)


def test_these_are_all(project_root: Path) -> None:
    files = (project_root / "values/platforms").glob("*.yaml")
    assert sorted(file.stem for file in files) == list(PLATFORMS)


def test_openshift_gives_every_pod_its_user(chart: "Chart", project_root: Path) -> None:
    layer = values_in(project_root / "values/platforms/openshift.yaml")
    manifest = rendered(chart, layer, "platform")
    for template in manifest.pods().values():
        for container in template["spec"]["containers"]:
            assert "runAsUser" not in container["securityContext"]
    assert manifest.environment("notebook-controller-deployment")["ADD_FSGROUP"] == "false"

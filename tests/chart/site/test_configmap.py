"""site/configmap.yaml: each release says which site it is of, and the server keeps that so."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart


@pytest.mark.parametrize(
    ("name", "scope", "shard"),
    [
        ("carrel-site", "platform", 0),
        ("carrel-tenants-00-site", "tenants", 0),
        ("carrel-tenants-01-site", "tenants", 1),
    ],
)
@pytest.mark.parametrize("site", ["campus", "vault"])
def test_each_release_names_its_site_in_a_record_of_its_own(
    chart: "Chart", site: str, name: str, scope: str, shard: int
) -> None:
    record = chart.render(site, scope=scope, shard=shard).get("ConfigMap", name, "kubeflow")

    # Whatever else were in it could never change again.
    assert (record["data"], record["immutable"]) == ({"site": site}, True)

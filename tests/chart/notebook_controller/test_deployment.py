"""notebook-controller/deployment.yaml: what the program is told.

It compares text: ENABLE_CULLING must be exactly "true", an idle time that is no whole number
becomes a day without a word, and such a check period ends the process.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

NAME = "notebook-controller-deployment"


def environment(chart: "Chart", values: dict[str, Any], site: str = "lab") -> dict[str, Any]:
    return chart.render(site, values).environment(NAME)


@pytest.mark.parametrize(("enabled", "said"), [(True, "true"), (False, "false")])
def test_culling_is_told_as_true_or_false(chart: "Chart", enabled: bool, said: str) -> None:
    values = {"notebooks": {"culling": {"enabled": enabled}}}
    assert environment(chart, values)["ENABLE_CULLING"] == said


@pytest.mark.parametrize(
    ("idle", "check"), [(1, 1), (30, 2), (240, 5), (525600, 1440), (100000, 1000)]
)
def test_minutes_are_whole_numbers_as_text(chart: "Chart", idle: int, check: int) -> None:
    values = {"notebooks": {"culling": {"idleMinutes": idle, "checkMinutes": check}}}
    told = environment(chart, values)
    assert (told["CULL_IDLE_TIME"], told["IDLENESS_CHECK_PERIOD"]) == (str(idle), str(check))


def test_the_sites_say_when_notebooks_are_stopped(platforms: dict[str, "Manifest"]) -> None:
    told = {site: manifest.environment(NAME) for site, manifest in platforms.items()}
    assert {site: each["CULL_IDLE_TIME"] for site, each in told.items()} == {
        "lab": "240",
        "campus": "240",
        "vault": "30",
    }
    assert {each["ENABLE_CULLING"] for each in told.values()} == {"true"}


def test_the_group_of_volumes_is_left_to_a_cluster_that_assigns_users(chart: "Chart") -> None:
    assert environment(chart, {})["ADD_FSGROUP"] == "true"
    assigned = {"podSecurity": {"uids": "assigned"}}
    assert environment(chart, assigned)["ADD_FSGROUP"] == "false"


def test_routes_go_through_the_mesh_and_the_sites_gateway(chart: "Chart") -> None:
    told = environment(chart, {})
    assert (told["USE_ISTIO"], told["ISTIO_GATEWAY"], told["ISTIO_HOST"]) == (
        "true",
        "kubeflow/kubeflow-gateway",
        "*",
    )
    assert told["CLUSTER_DOMAIN"] == "cluster.local"
    own = {"gateway": {"existing": "ingress/shared", "host": "desk.example"}}
    told = environment(chart, own | {"kubernetes": {"clusterDomain": "site.internal"}})
    assert (told["ISTIO_GATEWAY"], told["ISTIO_HOST"]) == ("ingress/shared", "desk.example")
    assert told["CLUSTER_DOMAIN"] == "site.internal"


@pytest.mark.parametrize("number", [1, 200, 10000])
def test_requests_per_second_are_whole_numbers(chart: "Chart", number: int) -> None:
    config = {"qps": number, "burst": 2 * number}
    manifest = chart.render("lab", {"components": {"notebookController": {"config": config}}})
    told = manifest.container(NAME)["args"]
    assert told[:2] == [f"--qps={number}", f"--burst={2 * number}"]


def test_the_old_pod_is_gone_before_the_new_one_starts(platforms: dict[str, "Manifest"]) -> None:
    for manifest in platforms.values():
        spec = manifest.get("Deployment", NAME)["spec"]
        assert spec["strategy"] == {"type": "Recreate"}
        assert spec["replicas"] == 1


def test_it_carries_the_label_and_sidecar_by_which_notebooks_know_it(chart: "Chart") -> None:
    extra = {"team": "platform"}
    manifest = chart.render("lab", {"components": {"notebookController": {"podLabels": extra}}})
    labels = manifest.pods()[NAME]["metadata"]["labels"]
    assert labels["app"] == "notebook-controller"
    assert labels["sidecar.istio.io/inject"] == "true"
    assert labels["team"] == "platform"


def test_it_answers_probes_where_it_listens(chart: "Chart") -> None:
    container = chart.render("lab").container(NAME)
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": 8081}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": 8081}

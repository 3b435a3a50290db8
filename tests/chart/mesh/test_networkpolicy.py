"""mesh/networkpolicy.yaml, and who may ask for metrics."""

from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, merged

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

MONITORED = {"monitoring": {"namespace": "prometheus"}}
PROMETHEUS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "prometheus"}},
}


def gateway(chart: "Chart", values: dict[str, Any]) -> list[Any]:
    spec = chart.render("lab", values).get("NetworkPolicy", "carrel-gateway")["spec"]
    assert spec["podSelector"]["matchLabels"] == {"istio": "ingressgateway"}
    found: list[Any] = spec["ingress"]
    return found


def test_browsers_and_health_checks_reach_the_gateway(chart: "Chart") -> None:
    """Trap: upstream's policy admits the gateway's own namespace and nobody else."""
    outside, own = gateway(chart, {})
    assert "from" not in outside
    assert {each["port"] for each in outside["ports"]} == {80, 443, 8080, 8443, 15021}
    assert own == {"from": [{"podSelector": {}}]}


def test_its_ports_are_the_sites(chart: "Chart") -> None:
    ports = {"mesh": {"gateway": {"ports": [8443]}}}
    assert gateway(chart, ports)[0]["ports"] == [{"port": 8443, "protocol": "TCP"}]


def test_it_can_be_left_out(chart: "Chart") -> None:
    off = {"mesh": {"gateway": {"networkPolicy": {"enabled": False}}}}
    assert "carrel-gateway" not in {
        each["metadata"]["name"] for each in chart.render("lab", off).kind("NetworkPolicy")
    }


PORTS = {
    "notebook-controller": 15020,
    "jupyter-web-app": 15020,
    "volumes-web-app": 15020,
    "pvcviewer-webhook": 15020,
    "dashboard": 15020,
    "profiles-kfam": 15020,
    "dex": "http-metrics",
    "oauth2-proxy": "http-metrics",
}
"""The sidecar serves the metrics of a program in the mesh, whatever policies say of its port."""


@pytest.mark.parametrize("name", PORTS)
def test_prometheus_reaches_the_metrics(chart: "Chart", name: str) -> None:
    """Trap: upstream's metrics lie behind the refusal of everything, with no way to them."""
    manifest = chart.render("lab", merged(LOGIN, MONITORED))
    rules = manifest.get("NetworkPolicy", name)["spec"]["ingress"]
    assert {"from": [PROMETHEUS], "ports": [{"port": PORTS[name], "protocol": "TCP"}]} in rules
    closed = chart.render("lab", LOGIN).get("NetworkPolicy", name)["spec"]["ingress"]
    assert not [rule for rule in closed if PROMETHEUS in rule.get("from", [])]


def test_it_is_told_where_they_are(chart: "Chart") -> None:
    manifest = chart.render("lab", merged(LOGIN, MONITORED))
    told = {
        name: (
            annotations.get("prometheus.io/port"),
            annotations.get("prometheus.io/path"),
        )
        for name, template in manifest.pods().items()
        if (annotations := template["metadata"].get("annotations", {}))
        and annotations.get("prometheus.io/scrape") == "true"
    }
    assert told == {
        "notebook-controller-deployment": ("8080", "/metrics"),
        "jupyter-web-app-deployment": ("5000", "/metrics"),
        "volumes-web-app-deployment": ("5000", "/metrics"),
        "pvcviewer-controller-manager": ("8080", "/metrics"),
        "dashboard": ("8082", "/prometheus/metrics"),
        "profiles-deployment": ("8081", "/metrics"),
        "dex": ("5558", "/metrics"),
        "oauth2-proxy": ("44180", "/metrics"),
    }
    plain = chart.render("lab", LOGIN).text
    assert "prometheus.io" not in plain


def test_metrics_that_are_off_are_not_announced(chart: "Chart") -> None:
    off = {"components": {"dashboard": {"config": {"metrics": False}}}}
    pod = chart.render("lab", merged(MONITORED, off)).pods()["dashboard"]
    assert "annotations" not in pod["metadata"]


def test_prometheus_reaches_the_gateway_too(chart: "Chart") -> None:
    assert gateway(chart, MONITORED)[-1] == {
        "from": [PROMETHEUS],
        "ports": [{"port": 15020, "protocol": "TCP"}],
    }

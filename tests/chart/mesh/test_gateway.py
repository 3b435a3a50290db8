"""mesh/gateway.yaml: what browsers reach."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart


def servers(chart: "Chart", values: dict[str, Any]) -> list[Any]:
    manifest = chart.render("lab", {"gateway": values})
    spec = manifest.get("Gateway", "kubeflow-gateway", "kubeflow")["spec"]
    assert spec["selector"] == {"istio": "ingressgateway"}
    found: list[Any] = spec["servers"]
    return found


def test_with_a_certificate_http_leads_to_https(chart: "Chart") -> None:
    tls = {"mode": "secret", "secretName": "desks-tls"}
    http, https = servers(chart, {"host": "desks.example", "tls": tls})
    assert http == {
        "port": {"name": "http", "number": 80, "protocol": "HTTP"},
        "hosts": ["desks.example"],
        "tls": {"httpsRedirect": True},
    }
    assert https == {
        "port": {"name": "https", "number": 443, "protocol": "HTTPS"},
        "hosts": ["desks.example"],
        "tls": {
            "mode": "SIMPLE",
            "credentialName": "desks-tls",
            "minProtocolVersion": "TLSV1_2",
        },
    }


@pytest.mark.parametrize("mode", ["none", "terminated"])
def test_without_one_there_is_http_alone(chart: "Chart", mode: str) -> None:
    (http,) = servers(chart, {"tls": {"mode": mode}})
    assert http == {"port": {"name": "http", "number": 80, "protocol": "HTTP"}, "hosts": ["*"]}


def test_a_gateway_of_yours_takes_its_place(chart: "Chart") -> None:
    manifest = chart.render("lab", {"gateway": {"existing": "ingress/shared"}})
    assert manifest.kind("Gateway") == []
    assert {
        gateway for each in manifest.kind("VirtualService") for gateway in each["spec"]["gateways"]
    } == {"ingress/shared"}

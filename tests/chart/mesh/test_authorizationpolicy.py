"""mesh/authorizationpolicy.yaml: nobody passes the gateway without a login."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

    from carrel.tools.helm import Helm

EXTERNAL = {"mode": "external", "oidc": {"issuer": "https://login.example"}}


def test_a_gateway_without_labels_would_be_every_pod_and_is_refused(
    chart: "Chart", helm: "Helm"
) -> None:
    """In the mesh's root namespace a policy without labels holds for the whole mesh."""
    # A null takes away the only label that the defaults have.
    for labels in ({"istio": None}, None):
        values = {"identity": EXTERNAL, "mesh": {"gateway": {"selector": labels}}}
        assert "mesh.gateway" in chart.refusal("", values, helm=helm)


def test_the_login_is_demanded_of_the_pods_with_the_gateways_labels(chart: "Chart") -> None:
    selector = {"istio": None, "app": "way-in"}
    values = {"identity": EXTERNAL, "mesh": {"gateway": {"selector": selector}}}
    policy = chart.render("", values).get("AuthorizationPolicy", "carrel-require-login")
    assert policy["spec"]["selector"] == {"matchLabels": {"app": "way-in"}}

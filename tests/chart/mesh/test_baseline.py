"""mesh/{baseline,peerauthentication,sidecar}.yaml, notebook-controller/sidecar.yaml,
tenants/{peerauthentication,sidecar}.yaml, _lib/mesh.tpl: what holds by default.
"""

from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import merged

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

SHARED = {"mesh": {"shared": True}}
TEAM = {"tenants": {"team": {"owner": "ada@example.com", "plan": "standard"}}}


@pytest.mark.parametrize(
    ("values", "home"),
    [({}, "istio-system"), ({"mesh": {"namespace": "istio"}}, "istio"), (SHARED, "kubeflow")],
    ids=["whole", "renamed", "shared"],
)
def test_nothing_is_allowed_that_no_policy_allows(
    chart: "Chart", values: dict[str, Any], home: str
) -> None:
    manifest = chart.render("lab", values)
    denied = manifest.get("AuthorizationPolicy", "carrel-deny-by-default", home)
    assert denied["spec"] == {"action": "ALLOW"}
    strict = manifest.get("PeerAuthentication", "default", home)
    assert strict["spec"] == {"mtls": {"mode": "STRICT"}}
    (egress,) = manifest.get("Sidecar", "default", home)["spec"]["egress"]
    mesh = values.get("mesh", {}).get("namespace", "istio-system")
    assert egress["hosts"] == ["./*", "kubeflow/*", f"{mesh}/*"]


def test_the_gateway_is_left_to_its_own_policies(chart: "Chart") -> None:
    """Or the refusal of everything would refuse everybody there."""
    ingress = {"mesh": {"gateway": {"namespace": "ingress"}}}
    manifest = chart.render("lab", ingress)
    allowed = manifest.get("AuthorizationPolicy", "carrel-gateway", "ingress")["spec"]
    assert allowed == {
        "action": "ALLOW",
        "selector": {"matchLabels": {"istio": "ingressgateway"}},
        "rules": [{}],
    }


def test_a_mesh_with_other_users_keeps_its_own_rules(chart: "Chart") -> None:
    manifest = chart.render("lab", SHARED)
    kinds = ("AuthorizationPolicy", "PeerAuthentication", "Sidecar")
    assert not [
        each for each in manifest.objects if each.kind in kinds and each.namespace == "istio-system"
    ]
    tenants = chart.render("", merged(SHARED, TEAM), scope="tenants")
    assert tenants.get("PeerAuthentication", "default", "team")["spec"]["mtls"]["mode"] == "STRICT"
    (egress,) = tenants.get("Sidecar", "default", "team")["spec"]["egress"]
    assert egress["hosts"] == ["./*", "kubeflow/*", "istio-system/*"]
    alone = chart.render("", TEAM, scope="tenants")
    assert not alone.kind("PeerAuthentication") + alone.kind("Sidecar")


def test_every_program_in_the_mesh_says_who_may_ask_it(chart: "Chart") -> None:
    """Whoever has no policy of their own cannot be asked anything through the mesh."""
    manifest = chart.render("lab")
    allowing = [
        each["spec"]["selector"]["matchLabels"]
        for each in manifest.kind("AuthorizationPolicy")
        if each["spec"]["action"] == "ALLOW" and "selector" in each["spec"]
    ]
    asked = {
        name
        for name, template in manifest.pods().items()
        if any(labels.items() <= template["metadata"]["labels"].items() for labels in allowing)
    }
    silent = {"notebook-controller-deployment", "pvcviewer-controller-manager"}
    outside = {"poddefaults-webhook-deployment"}
    assert asked == set(manifest.pods()) - silent - outside


def test_the_culler_reaches_the_notebooks_of_all_tenants(chart: "Chart") -> None:
    """Trap: a pruned sidecar sends plain text, and every notebook is stopped on a timer."""
    manifest = chart.render("lab")
    spec = manifest.get("Sidecar", "notebook-controller", "kubeflow")["spec"]
    labels = manifest.pods()["notebook-controller-deployment"]["metadata"]["labels"]
    assert spec["workloadSelector"]["labels"].items() <= labels.items()
    assert spec["egress"] == [{"hosts": ["*/*"]}]


def test_nobody_makes_or_deletes_profiles_in_the_dashboard(chart: "Chart") -> None:
    """Trap: its settings do not turn it off, and a Profile can be made in anyone's name."""
    spec = chart.render("lab").get("AuthorizationPolicy", "dashboard-no-self-service")["spec"]
    assert spec["action"] == "DENY"
    ((operation,),) = [[each["operation"] for each in rule["to"]] for rule in spec["rules"]]
    # Not by their addresses, which the program also takes in capitals.
    assert operation["notMethods"] == ["GET", "HEAD"]
    assert all("contributor" in path for path in operation["notPaths"])

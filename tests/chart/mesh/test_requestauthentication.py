"""mesh/{requestauthentication,authorizationpolicy,envoyfilter}.yaml: who comes in."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

ISSUER = "https://login.example/realms/desks"


def external(**oidc: Any) -> dict[str, Any]:
    return {"identity": {"mode": "external", "oidc": {"issuer": ISSUER, **oidc}}}


def rule_of(manifest: "Manifest") -> Any:
    login = manifest.get("RequestAuthentication", "carrel-login", "istio-system")
    assert login["spec"]["selector"] == {"matchLabels": {"istio": "ingressgateway"}}
    (rule,) = login["spec"]["jwtRules"]
    return rule


def test_claims_become_headers_and_the_token_goes_no_further(chart: "Chart") -> None:
    assert rule_of(chart.render("lab", external())) == {
        "issuer": ISSUER,
        "forwardOriginalToken": False,
        "outputClaimToHeaders": [
            {"claim": "email", "header": "kubeflow-userid"},
            {"claim": "groups", "header": "kubeflow-groups"},
        ],
    }


def test_the_provider_is_the_sites(chart: "Chart") -> None:
    keys = f"{ISSUER}/certs"
    values = external(jwksUri=keys, audiences=["a", "b"], userClaim="upn", groupsClaim="roles")
    rule = rule_of(chart.render("lab", values))
    assert (rule["jwksUri"], rule["audiences"]) == (keys, ["a", "b"])
    assert [each["claim"] for each in rule["outputClaimToHeaders"]] == ["upn", "roles"]


def test_nobody_comes_in_without_a_token(chart: "Chart") -> None:
    policy = chart.render("lab", external()).get(
        "AuthorizationPolicy", "carrel-require-login", "istio-system"
    )
    assert policy["spec"] == {
        "action": "DENY",
        "selector": {"matchLabels": {"istio": "ingressgateway"}},
        "rules": [{"from": [{"source": {"notRequestPrincipals": ["*"]}}]}],
    }


def test_other_hosts_of_a_gateway_of_yours_keep_their_own_rules(chart: "Chart") -> None:
    values = external() | {"gateway": {"existing": "a/b", "host": "desks.example"}}
    spec = chart.render("lab", values).get("AuthorizationPolicy", "carrel-require-login")["spec"]
    (rule,) = spec["rules"]
    assert rule["to"] == [{"operation": {"hosts": ["desks.example", "desks.example:*"]}}]


def test_in_a_demo_every_request_is_the_same_user(chart: "Chart") -> None:
    manifest = chart.render("lab")
    assert manifest.kind("RequestAuthentication") == []
    assert "carrel-require-login" not in {each.name for each in manifest.objects}
    spec = manifest.get("EnvoyFilter", "carrel-demo-user", "istio-system")["spec"]
    assert spec["workloadSelector"] == {"labels": {"istio": "ingressgateway"}}
    (patch,) = spec["configPatches"]
    assert (patch["applyTo"], patch["match"]) == ("ROUTE_CONFIGURATION", {"context": "GATEWAY"})
    assert patch["patch"]["value"] == {
        "request_headers_to_add": [
            {
                "header": {"key": "kubeflow-userid", "value": "user@example.com"},
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
            }
        ],
        "request_headers_to_remove": ["kubeflow-groups"],
    }


@pytest.mark.parametrize("site", ["campus", "vault"])
def test_real_sites_have_no_demo_user(platforms: dict[str, "Manifest"], site: str) -> None:
    assert platforms[site].kind("EnvoyFilter") == []
    assert rule_of(platforms[site])["audiences"]

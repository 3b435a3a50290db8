"""mesh/{requestauthentication,authorizationpolicy,envoyfilter}.yaml: who comes in."""

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, merged

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
        # Not from the address, where it would stand in every log.
        "fromHeaders": [{"name": "Authorization", "prefix": "Bearer "}],
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


@pytest.mark.parametrize(
    ("oidc", "audiences"),
    [
        ({}, None),
        ({"clientId": "carrel"}, ["carrel"]),
        ({"clientId": "carrel", "audiences": ["robots", "carrel"]}, ["carrel", "robots"]),
    ],
)
def test_a_token_for_another_program_is_no_login_here(
    chart: "Chart", oidc: dict[str, Any], audiences: list[str] | None
) -> None:
    assert rule_of(chart.render("lab", external(**oidc))).get("audiences") == audiences


@pytest.mark.parametrize(
    ("preset", "claim"),
    [
        ("generic", "email"),
        ("keycloak", "email"),
        ("dex", "email"),
        ("entra", "preferred_username"),
    ],
)
def test_the_preset_says_which_claim_names_people(chart: "Chart", preset: str, claim: str) -> None:
    manifest = chart.render("lab", external(preset=preset, clientId="carrel"))
    user, groups = rule_of(manifest)["outputClaimToHeaders"]
    assert (user["claim"], groups["claim"]) == (claim, "groups")
    settings = manifest.data("oauth2-proxy", "oauth2_proxy.cfg")
    assert f'oidc_email_claim = "{claim}"\n' in settings


def test_three_places_agree_on_the_issuer_of_dex(chart: "Chart") -> None:
    """Trap: Dex, oauth2-proxy and the gateway must name the same issuer, client and hours."""
    values = merged(LOGIN, {"identity": {"session": {"hours": 9}}})
    manifest = chart.render("lab", values)
    dex = manifest.yaml("dex", "config.yaml")
    settings = tomllib.loads(manifest.data("oauth2-proxy", "oauth2_proxy.cfg"))
    rule = rule_of(manifest)
    assert rule["issuer"] == dex["issuer"] == settings["oidc_issuer_url"]
    (client,) = dex["staticClients"]
    assert rule["audiences"] == [client["id"]] == [settings["client_id"]]
    assert dex["expiry"]["idTokens"] == settings["cookie_expire"] == "9h"
    assert rule["jwksUri"] == settings["oidc_jwks_url"] == f"{dex['issuer']}/keys"


def policy(manifest: "Manifest", name: str) -> Any:
    return manifest.get("AuthorizationPolicy", name, "istio-system")["spec"]


def test_without_a_token_people_are_led_to_the_login_page(chart: "Chart") -> None:
    manifest = chart.render("lab", LOGIN)
    offer = policy(manifest, "carrel-offer-login")
    assert (offer["action"], offer["provider"]) == ("CUSTOM", {"name": "oauth2-proxy"})
    assert offer["selector"] == {"matchLabels": {"istio": "ingressgateway"}}
    (rule,) = offer["rules"]
    assert rule["when"] == [{"key": "request.headers[authorization]", "notValues": ["*"]}]
    assert rule["to"] == [{"operation": {"notPaths": ["/oauth2/*", "/dex/*"]}}]
    # And nobody gets around it: what is not asked about is refused.
    (required,) = policy(manifest, "carrel-require-login")["rules"]
    assert required["to"] == rule["to"]


def test_only_what_is_there_can_be_reached_without_a_token(chart: "Chart") -> None:
    manifest = chart.render("lab", external(clientId="carrel"))
    for name in ("carrel-offer-login", "carrel-require-login"):
        (rule,) = policy(manifest, name)["rules"]
        assert rule["to"] == [{"operation": {"notPaths": ["/oauth2/*"]}}]


def test_the_mesh_knows_oauth2_proxy_by_the_sites_name(chart: "Chart") -> None:
    named = merged(LOGIN, {"mesh": {"extensionProvider": "desks"}})
    offer = policy(chart.render("lab", named), "carrel-offer-login")
    assert offer["provider"] == {"name": "desks"}


def test_without_a_client_there_is_no_login_page(chart: "Chart") -> None:
    manifest = chart.render("lab", external())
    assert "carrel-offer-login" not in {each.name for each in manifest.objects}
    assert "oauth2-proxy" not in manifest.pods()


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

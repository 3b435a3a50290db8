"""oauth2-proxy/{config,deployment,virtualservice}.yaml and _lib/login.tpl: the login page."""

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, merged

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

ISSUER = "https://login.example/realms/desks"


def external(**oidc: Any) -> dict[str, Any]:
    own = {"issuer": ISSUER, "clientId": "carrel", **oidc}
    return {
        "identity": {"mode": "external", "oidc": own},
        "gateway": {"host": "desks.example", "tls": {"mode": "secret", "secretName": "tls"}},
    }


def settings(manifest: "Manifest") -> dict[str, Any]:
    return tomllib.loads(manifest.data("oauth2-proxy", "oauth2_proxy.cfg"))


def test_people_log_in_at_the_sites_provider(chart: "Chart") -> None:
    told = settings(chart.render("lab", external()))
    assert told["oidc_issuer_url"] == ISSUER
    assert told["client_id"] == "carrel"
    assert told["redirect_url"] == "https://desks.example/oauth2/callback"
    assert told["code_challenge_method"] == "S256"
    assert told["set_authorization_header"] is True
    assert "skip_oidc_discovery" not in told
    # At a provider of another kind, "none" would forbid it to ask for a password.
    assert "prompt" not in told


@pytest.mark.parametrize(
    ("preset", "scope", "refresh"),
    [
        ("generic", "openid email profile", "0m"),
        ("keycloak", "openid email profile", "4m"),
        ("entra", "openid email profile offline_access", "50m"),
        ("dex", "openid email profile groups", "0m"),
    ],
)
def test_what_a_preset_decides(chart: "Chart", preset: str, scope: str, refresh: str) -> None:
    told = settings(chart.render("lab", external(preset=preset)))
    assert (told["scope"], told["cookie_refresh"]) == (scope, refresh)
    own = merged(
        external(preset=preset, scopes=["openid", "roles"]),
        {"identity": {"session": {"refreshMinutes": 7, "hours": 10}}},
    )
    told = settings(chart.render("lab", own))
    assert (told["scope"], told["cookie_refresh"]) == ("openid roles", "7m")
    assert told["cookie_expire"] == "10h"


def test_a_browser_reaches_dex_through_the_gateway(chart: "Chart") -> None:
    told = settings(chart.render("lab", LOGIN))
    assert told["login_url"] == "/dex/auth"
    assert told["redeem_url"] == "http://dex.auth.svc.cluster.local:5556/dex/token"
    assert told["relative_redirect_url"] is True
    assert told["prompt"] == "none"


@pytest.mark.parametrize(("mode", "secure"), [("none", False), ("terminated", True)])
def test_its_cookie_is_secure_where_browsers_use_https(
    chart: "Chart", mode: str, secure: bool
) -> None:
    values = merged(LOGIN, {"gateway": {"tls": {"mode": mode}}})
    told = settings(chart.render("lab", values))
    assert told["cookie_secure"] is secure
    assert told["cookie_httponly"] is True


def test_certificates_of_issuers_are_checked(chart: "Chart") -> None:
    """Trap: upstream turns the check off, and publishes all three secrets."""
    manifest = chart.render("lab", external())
    told = settings(manifest)
    assert not [key for key in told if "skip_verify" in key or "secret" in key]
    assert manifest.environment("oauth2-proxy") == {
        "OAUTH2_PROXY_CLIENT_SECRET": {
            "secretKeyRef": {"name": "oauth2-proxy-client", "key": "client-secret"}
        },
        "OAUTH2_PROXY_COOKIE_SECRET": {
            "secretKeyRef": {"name": "oauth2-proxy-cookie", "key": "cookie-secret"}
        },
    }


def test_it_has_no_token_of_the_cluster(chart: "Chart") -> None:
    spec = chart.render("lab", external()).pods()["oauth2-proxy"]["spec"]
    assert spec["automountServiceAccountToken"] is False


def test_its_route_keeps_the_path_that_it_knows(chart: "Chart") -> None:
    spec = chart.render("lab", external()).get("VirtualService", "oauth2-proxy")["spec"]
    (http,) = spec["http"]
    assert http["match"] == [{"uri": {"prefix": "/oauth2/"}}]
    assert "rewrite" not in http


def test_turned_off_it_takes_exactly_its_own_objects_along(chart: "Chart") -> None:
    off = {"components": {"oauth2Proxy": {"enabled": False}}}
    before, after = chart.render("vault"), chart.render("vault", off)
    gone = {each.name for each in before.objects if each.identity not in after.identities()}
    assert gone == {"oauth2-proxy", "default-allow-same-namespace", "carrel-offer-login"}
    assert after.identities() < before.identities()

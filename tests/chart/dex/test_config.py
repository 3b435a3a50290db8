"""dex/{config,deployment,rbac,networkpolicy,virtualservice}.yaml and _lib/dex.tpl: people."""

import base64
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, merged

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
HOST = {"gateway": {"host": "desks.example", "tls": {"mode": "secret", "secretName": "tls"}}}


def connected(**connectors: Any) -> dict[str, Any]:
    return merged(HOST, {"identity": {"mode": "dex", "dex": {"connectors": connectors}}})


def settings(manifest: "Manifest") -> Any:
    return manifest.yaml("dex", "config.yaml")


def test_people_of_a_demo_have_their_hashes_in_a_secret(chart: "Chart") -> None:
    """Trap: upstream publishes the hash, and everybody logs in with 12341234."""
    manifest = chart.render("lab", LOGIN)
    (person,) = settings(manifest)["staticPasswords"]
    assert person == {
        "username": "ada",
        "userID": "ada",
        "email": "ada@example.com",
        "hashFromEnv": "DEX_USER_ADA",
    }
    told = manifest.environment("dex")
    assert told["DEX_USER_ADA"] == {"secretKeyRef": {"name": "dex-users", "key": "ada.hash"}}
    assert not manifest.kind("Secret")


def test_the_client_of_oauth2_proxy_is_the_one_of_dex(chart: "Chart") -> None:
    manifest = chart.render("lab", LOGIN)
    (client,) = settings(manifest)["staticClients"]
    own = manifest.environment("dex")[client["secretEnv"]]
    assert own == {"secretKeyRef": {"name": "dex-client", "key": "dex-client-secret"}}
    assert manifest.environment("oauth2-proxy")["OAUTH2_PROXY_CLIENT_SECRET"] == own
    assert client["redirectURIs"] == ["/oauth2/callback"]
    hosted = chart.render("lab", merged(LOGIN, HOST))
    (client,) = settings(hosted)["staticClients"]
    assert client["redirectURIs"] == ["https://desks.example/oauth2/callback"]


def test_a_directory(chart: "Chart") -> None:
    ldap = {
        "host": "ldap.example:636",
        "bindDn": "cn=carrel",
        "ca": PEM,
        "userSearch": {"baseDn": "ou=people", "filter": "(a=b)", "username": "cn"},
        "groupSearch": {"baseDn": "ou=groups", "groupAttribute": "uniqueMember"},
    }
    staff = {"type": "ldap", "title": "Staff", "existingSecret": "dex-staff", "ldap": ldap}
    manifest = chart.render("lab", connected(staff=staff))
    assert settings(manifest)["enablePasswordDB"] is False
    (connector,) = settings(manifest)["connectors"]
    assert (connector["type"], connector["id"], connector["name"]) == ("ldap", "staff", "Staff")
    config = connector["config"]
    assert base64.b64decode(config["rootCAData"]).decode() == PEM
    assert (config["insecureNoSSL"], config["startTLS"]) == (False, False)
    assert config["bindPW"] == "$DEX_CONNECTOR_STAFF"
    assert manifest.environment("dex")["DEX_CONNECTOR_STAFF"] == {
        "secretKeyRef": {"name": "dex-staff", "key": "bind-password"}
    }
    assert config["userSearch"] == {
        **{"baseDN": "ou=people", "filter": "(a=b)", "username": "cn"},
        **{"idAttr": "uid", "emailAttr": "mail", "nameAttr": "cn"},
    }
    assert config["groupSearch"] == {
        "baseDN": "ou=groups",
        "nameAttr": "cn",
        "userMatchers": [{"userAttr": "DN", "groupAttr": "uniqueMember"}],
    }


@pytest.mark.parametrize(
    ("encryption", "plain", "start"),
    [("ldaps", False, False), ("startTls", False, True), ("none", True, False)],
)
def test_how_a_directory_is_reached(
    chart: "Chart", encryption: str, plain: bool, start: bool
) -> None:
    ldap = {"host": "l", "bindDn": "b", "userSearch": {"baseDn": "o"}, "encryption": encryption}
    values = connected(s={"type": "ldap", "title": "S", "existingSecret": "s", "ldap": ldap})
    (connector,) = settings(chart.render("lab", values))["connectors"]
    assert connector["config"]["insecureNoSSL"] is plain
    assert connector["config"]["startTLS"] is start
    assert "groupSearch" not in connector["config"]


def test_another_provider(chart: "Chart") -> None:
    oidc = {"issuer": "https://login.example", "clientId": "dex", "groupsClaim": "roles"}
    other = {"type": "oidc", "title": "Login", "existingSecret": "dex-oidc", "oidc": oidc}
    manifest = chart.render("lab", connected(**{"my-login": other}))
    (connector,) = settings(manifest)["connectors"]
    assert connector["config"] == {
        "issuer": "https://login.example",
        "clientID": "dex",
        "clientSecret": "$DEX_CONNECTOR_MY_LOGIN",
        "redirectURI": "https://desks.example/dex/callback",
        "scopes": ["openid", "email", "profile"],
        "claimMapping": {"email": "email", "groups": "roles"},
        "insecureEnableGroups": True,
    }
    assert manifest.environment("dex")["DEX_CONNECTOR_MY_LOGIN"] == {
        "secretKeyRef": {"name": "dex-oidc", "key": "client-secret"}
    }


def test_a_saml_provider(chart: "Chart") -> None:
    saml = {"ssoUrl": "https://idp.example/sso", "ca": PEM, "groupsAttribute": "groups"}
    values = connected(idp={"type": "saml", "title": "IdP", "saml": saml})
    (connector,) = settings(chart.render("lab", values))["connectors"]
    config = connector["config"]
    assert base64.b64decode(config.pop("caData")).decode() == PEM
    assert config == {
        "ssoURL": "https://idp.example/sso",
        "redirectURI": "https://desks.example/dex/callback",
        "entityIssuer": "https://desks.example/dex/callback",
        "usernameAttr": "name",
        "emailAttr": "email",
        "groupsAttr": "groups",
        "nameIDPolicyFormat": "persistent",
    }


def test_a_dollar_sign_that_dex_would_fill_in_is_refused(chart: "Chart") -> None:
    ldap = {"host": "l", "bindDn": "cn=a$b", "userSearch": {"baseDn": "o"}}
    values = connected(s={"type": "ldap", "title": "S", "existingSecret": "s", "ldap": ldap})
    assert "bindDn" in chart.refusal("lab", values)


def test_it_holds_rights_on_its_own_namespace_only(chart: "Chart") -> None:
    manifest = chart.render("lab", LOGIN)
    (rule,) = manifest.get("ClusterRole", "dex")["rules"]
    assert (rule["resources"], rule["verbs"]) == (["customresourcedefinitions"], ["create"])
    (own,) = manifest.get("Role", "dex", "auth")["rules"]
    assert own["apiGroups"] == ["dex.coreos.com"]


def test_who_asks_dex(chart: "Chart") -> None:
    """Trap: istiod fetches the keys itself, and without them every token is refused."""
    spec = chart.render("lab", LOGIN).get("NetworkPolicy", "dex", "auth")["spec"]
    (rule,) = spec["ingress"]
    names = "kubernetes.io/metadata.name"
    pods = {
        peer["namespaceSelector"]["matchLabels"][names]: peer["podSelector"]["matchLabels"]
        for peer in rule["from"]
        if "namespaceSelector" in peer and "podSelector" in peer
    }
    assert pods["istio-system"] == {"app": "istiod"}
    assert pods["oauth2-proxy"]["app.kubernetes.io/name"] == "oauth2-proxy"


def test_its_route_keeps_the_path_that_it_knows(chart: "Chart") -> None:
    spec = chart.render("lab", LOGIN).get("VirtualService", "dex", "auth")["spec"]
    (http,) = spec["http"]
    assert http["match"] == [{"uri": {"prefix": "/dex/"}}]
    assert "rewrite" not in http
    (route,) = http["route"]
    assert route["destination"]["host"] == "dex.auth.svc.cluster.local"

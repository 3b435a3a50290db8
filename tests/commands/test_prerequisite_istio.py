"""`dist/<site>/prerequisites/istio/` makes the mesh that the site's objects expect.

What is asserted here is that values and objects of one site agree; tests/prerequisites tries the
values on the charts.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.commands.bundle_folder import helm_commands, objects, option, values

Bundle = Callable[..., Path]

EVERY_NAME = (
    "mesh.namespace=mesh-root",
    "mesh.revision=1-30",
    "mesh.trustDomain=td.example.org",
    "mesh.extensionProvider=sso",
    "mesh.gateway.namespace=mesh-gateway",
    "mesh.gateway.serviceAccount=front-door",
    "mesh.gateway.selector.istio=front",
    "mesh.gateway.selector.tier=edge",
    "mesh.sidecar.cpuLimit=3",
    "kubernetes.clusterDomain=example.org",
    "namespaces.oauth2Proxy.name=login",
)


@pytest.mark.parametrize("sets", [(), EVERY_NAME])
def test_the_mesh_knows_the_authorizer_that_the_policies_name(
    bundle: Bundle, sets: tuple[str, ...]
) -> None:
    folder = bundle("vault", *sets)
    policies = [
        each for each in objects(folder, "AuthorizationPolicy") if each["spec"].get("provider")
    ]
    (service,) = [
        each for each in objects(folder, "Service") if each["metadata"]["name"] == "oauth2-proxy"
    ]
    domain = "example.org" if sets else "cluster.local"

    (provider,) = values(folder, "istio/istiod.yaml")["meshConfig"]["extensionProviders"]

    assert [each["spec"]["action"] for each in policies] == ["CUSTOM"]
    assert policies[0]["spec"]["provider"]["name"] == provider["name"]
    asked = provider["envoyExtAuthzHttp"]
    home = service["metadata"]["namespace"]
    assert asked["service"] == f"oauth2-proxy.{home}.svc.{domain}"
    assert [asked["port"]] == [each["port"] for each in service["spec"]["ports"]]


def test_the_gateway_gets_the_token_and_the_browser_its_session(bundle: Bundle) -> None:
    folder = bundle("vault")
    (login,) = objects(folder, "RequestAuthentication")
    (config,) = [
        each["data"]["oauth2_proxy.cfg"]
        for each in objects(folder, "ConfigMap")
        if "oauth2_proxy.cfg" in each["data"]
    ]
    (provider,) = values(folder, "istio/istiod.yaml")["meshConfig"]["extensionProviders"]
    asked = provider["envoyExtAuthzHttp"]

    read = {each["name"].lower() for each in login["spec"]["jwtRules"][0]["fromHeaders"]}

    assert read == set(asked["headersToUpstreamOnAllow"])
    assert read | {"cookie"} == set(asked["includeRequestHeadersInCheck"])
    # A session whose token is fetched anew is in a new cookie, also where the answer is yes.
    assert 'cookie_refresh = "4m"' in config
    assert "set-cookie" in asked["headersToDownstreamOnAllow"]
    assert "set-cookie" in asked["headersToDownstreamOnDeny"]


def test_nobody_is_asked_where_nobody_logs_in(bundle: Bundle) -> None:
    folder = bundle("lab")

    assert "extensionProviders" not in values(folder, "istio/istiod.yaml")["meshConfig"]


@pytest.mark.parametrize("sets", [(), EVERY_NAME])
def test_the_gateway_is_the_one_that_the_policies_accept(
    bundle: Bundle, sets: tuple[str, ...]
) -> None:
    folder = bundle("vault", *sets)
    istiod, gateway = values(folder, "istio/istiod.yaml"), values(folder, "istio/gateway.yaml")
    (command,) = [each for each in helm_commands(folder, "upgrade") if each[4] == "gateway"]
    trust_domain = istiod["meshConfig"]["trustDomain"]
    account = gateway["serviceAccount"]["name"]
    principal = f"{trust_domain}/ns/{option(command, '--namespace')}/sa/{account}"
    (dashboard,) = [
        each
        for each in objects(folder, "AuthorizationPolicy")
        if each["metadata"]["name"] == "dashboard"
    ]
    (route,) = objects(folder, "Gateway")

    (rule,) = dashboard["spec"]["rules"]

    assert rule["from"][0]["source"]["principals"] == [principal]
    assert route["spec"]["selector"] == gateway["labels"]


def test_every_chart_is_told_the_names_of_the_mesh(bundle: Bundle) -> None:
    folder = bundle("vault", *EVERY_NAME)
    istiod = values(folder, "istio/istiod.yaml")
    homes = {each[4]: option(each, "--namespace") for each in helm_commands(folder, "upgrade")}
    names = {each[4]: each[3] for each in helm_commands(folder, "upgrade")}

    assert (homes["base"], homes["cni"], homes["istiod"]) == ("mesh-root",) * 3
    assert homes["gateway"] == "mesh-gateway"
    assert names["istiod"] == "istiod-1-30"
    assert values(folder, "istio/base.yaml")["defaultRevision"] == "1-30"
    for chart in ("cni", "istiod", "gateway"):
        assert values(folder, f"istio/{chart}.yaml")["revision"] == "1-30"
    assert istiod["global"]["istioNamespace"] == "mesh-root"
    assert istiod["global"]["proxy"]["clusterDomain"] == "example.org"
    assert istiod["global"]["proxy"]["resources"]["limits"] == {"cpu": "3", "memory": "1Gi"}
    labels = [each["metadata"].get("labels", {}) for each in objects(folder, "Namespace")]
    assert {each["istio.io/rev"] for each in labels if "istio.io/rev" in each} == {"1-30"}


def test_what_pods_need_of_the_mesh_is_said(bundle: Bundle) -> None:
    istiod = values(bundle("vault"), "istio/istiod.yaml")

    assert istiod["pilot"]["cni"]["enabled"] is True
    assert istiod["pilot"]["env"]["ENABLE_NATIVE_SIDECARS"] == "true"
    assert istiod["meshConfig"]["outboundTrafficPolicy"] == {"mode": "ALLOW_ANY"}
    assert istiod["global"]["proxy"]["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize(
    ("mode", "kind"), [("secret", "LoadBalancer"), ("terminated", "ClusterIP")]
)
def test_clear_text_is_not_put_before_the_world(bundle: Bundle, mode: str, kind: str) -> None:
    folder = bundle("vault", f"gateway.tls.mode={mode}")

    assert values(folder, "istio/gateway.yaml")["service"] == {"type": kind}


@pytest.mark.parametrize("platform", ["gke", "openshift"])
def test_istio_is_told_of_platforms_that_it_knows(
    project: Path, bundle: Bundle, platform: str
) -> None:
    site = project / "values/sites/lab/site.yaml"
    site.write_text(site.read_text().replace("platform: vanilla", f"platform: {platform}"))

    folder = bundle("lab")

    for chart in ("cni", "istiod", "gateway"):
        assert values(folder, f"istio/{chart}.yaml")["global"]["platform"] == platform

"""`dist/<site>/prerequisites/` installs the charts of others as the site's objects need them.

The charts themselves are not here: their keys are looked up in their sources, and what is asserted
is that values, objects and images of one site agree.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel import upstream
from carrel.yamlio import reader

Carrel = Callable[..., subprocess.CompletedProcess[str]]
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


@pytest.fixture
def bundle(project: Path, carrel: Carrel) -> Bundle:
    """Renders a site, with values of the command line, and gives its folder."""

    def bundle(site: str, *sets: str) -> Path:
        options = [option for each in sets for option in ("--set", each)]
        done = carrel("render", site, *options)
        assert done.returncode == 0, done.stderr
        return project / "dist" / site

    return bundle


def values(bundle: Path, path: str) -> Any:
    """A values file of a chart."""
    (document,) = reader.read_objects((bundle / "prerequisites" / path).read_text())
    return document


def objects(bundle: Path, kind: str) -> list[Any]:
    """The objects of a kind in the bundle."""
    return [
        body
        for file in sorted((bundle / "manifests").rglob("*.yaml"))
        for body in reader.read_objects(file.read_text())
        if isinstance(body, dict) and body["kind"] == kind
    ]


def folders(bundle: Path) -> set[str]:
    """The prerequisites that a bundle has values for."""
    return {path.name for path in bundle.glob("prerequisites/*/")}


def images(bundle: Path) -> list[str]:
    return (bundle / "images.txt").read_text().splitlines()


def blocks(bundle: Path) -> list[str]:
    """The shell blocks of the page."""
    page = (bundle / "prerequisites" / "README.md").read_text()
    return re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def helm_commands(bundle: Path, verb: str) -> Iterator[list[str]]:
    for block in blocks(bundle):
        for line in block.splitlines():
            if line.startswith(f"helm {verb} "):
                yield shlex.split(line)


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


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


def test_gpus_that_a_plan_grants_need_the_operator(bundle: Bundle) -> None:
    assert folders(bundle("lab")) == {"istio", "cert-manager"}
    assert folders(bundle("campus")) == {"istio", "cert-manager", "gpu-operator"}
    no_gpus = bundle("vault", "plans.quant.quota.gpus.nvidia\\.com/gpu=0")
    assert folders(no_gpus) == {"istio", "cert-manager"}


def test_the_driver_is_installed_on_the_system_that_is_named(bundle: Bundle) -> None:
    without = bundle("vault")
    assert values(without, "gpu-operator/gpu-operator.yaml")["driver"] == {"enabled": False}
    assert not [each for each in images(without) if "driver" in each]

    folder = bundle("vault", "prerequisites.gpuOperator.nodeSystem=ubuntu24.04")
    driver = values(folder, "gpu-operator/gpu-operator.yaml")["driver"]

    assert driver["enabled"] is True
    tag = f"{driver['version']}-ubuntu24.04"
    assert f"{driver['repository']}/{driver['image']}:{tag}" in images(folder)
    manager = driver["manager"]
    assert f"{manager['repository']}/{manager['image']}:{manager['version']}" in images(folder)


def test_slices_of_cards_have_names_of_their_own(bundle: Bundle) -> None:
    def strategy(folder: Path) -> object:
        return values(folder, "gpu-operator/gpu-operator.yaml")["mig"]["strategy"]

    assert strategy(bundle("vault")) == "single"
    sliced = "plans.quant.quota.gpus.nvidia\\.com/mig-1g\\.10gb=4"
    assert strategy(bundle("vault", sliced)) == "mixed"


@pytest.mark.parametrize("layout", ["hostPrefixed", "path"])
def test_everything_is_pulled_from_the_sites_registry(bundle: Bundle, layout: str) -> None:
    own = "registry.vault.example.com/carrel/"
    folder = bundle("vault", f"images.layout={layout}")

    (hub,) = {values(folder, f"istio/{chart}.yaml")["global"]["hub"] for chart in ("cni", "istiod")}
    assert {f"{hub}/{name}:1.30.1" for name in ("pilot", "proxyv2", "install-cni")} <= set(
        images(folder)
    )
    manager = values(folder, "cert-manager/cert-manager.yaml")
    prefix = f"{manager['imageRegistry']}/{manager['imageNamespace']}/cert-manager-"
    assert len([each for each in images(folder) if each.startswith(prefix)]) == 5
    operator = values(folder, "gpu-operator/gpu-operator.yaml")
    for key in ("operator", "validator", "toolkit", "devicePlugin", "gfd", "dcgmExporter"):
        named = operator[key]
        assert f"{named['repository']}/{named['image']}:{named['version']}" in images(folder)
        assert named["imagePullSecrets"] == ["registry-login"]
    assert all(each.startswith(own) for each in images(folder))
    for file in (folder / "prerequisites").rglob("*.yaml"):
        for host in re.findall(r"\b(?:quay\.io|nvcr\.io|registry\.istio\.io)/", file.read_text()):
            assert layout == "hostPrefixed", f"{file}: {host}"


@pytest.mark.parametrize(
    ("sets", "left"),
    [
        (["prerequisites.istio.enabled=false"], {"cert-manager", "gpu-operator"}),
        (["prerequisites.certManager.enabled=false"], {"istio", "gpu-operator"}),
        (["prerequisites.gpuOperator.enabled=false"], {"istio", "cert-manager"}),
    ],
)
def test_what_is_somebody_elses_is_left_alone(
    bundle: Bundle, sets: list[str], left: set[str]
) -> None:
    every = bundle("vault")
    published = {"istio": "istio.io/", "cert-manager": "jetstack/", "gpu-operator": "nvcr.io/"}
    assert folders(every) == set(published)
    assert all(any(part in each for each in images(every)) for part in published.values())

    folder = bundle("vault", *sets)

    assert folders(folder) == left
    for name, part in published.items():
        assert any(part in each for each in images(folder)) == (name in left)


def test_a_gateway_of_yours_has_its_pods_already(bundle: Bundle) -> None:
    folder = bundle("vault", "gateway.existing=istio-ingress/shared")

    assert {path.stem for path in folder.glob("prerequisites/istio/*")} == {"base", "cni", "istiod"}


def test_nothing_is_written_where_nothing_is_needed(bundle: Bundle) -> None:
    names = ("istio", "certManager", "gpuOperator")

    folder = bundle("vault", *(f"prerequisites.{name}.enabled=false" for name in names))

    assert not (folder / "prerequisites").exists()


@pytest.mark.parametrize("site", ["lab", "vault"])
def test_every_chart_is_installed_once_in_the_version_that_is_listed(
    project_root: Path, project: Path, bundle: Bundle, site: str
) -> None:
    charts = upstream.load(project_root / "generator" / "catalogue").charts.values()
    folder = bundle(site)
    files = set(folder.glob("prerequisites/*/*.yaml"))

    for verb in ("upgrade", "template"):
        commands = list(helm_commands(folder, verb))
        named = [project / option(command, "--values") for command in commands]
        assert len(named) == len(set(named))
        assert set(named) == files
        sources = {(option(each, "--repo"), option(each, "--version")) for each in commands}
        assert sources <= {(each.repository, each.version) for each in charts}


def test_the_page_is_a_script_that_ends_at_the_first_fault(project: Path, bundle: Bundle) -> None:
    folder = bundle("vault")
    log, programs = project / "log", project / "programs"
    programs.mkdir()
    for name in ("helm", "kubectl"):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\necho "# objects"\n')
        program.chmod(0o755)
    script = "set -eu\n" + "".join(blocks(folder))

    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=project,
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = log.read_text().splitlines()
    applied = [each.split()[-1] for each in told if each.startswith("kubectl apply ")]
    assert len(applied) == 7
    assert all((project / each).read_text() == "# objects\n" for each in applied)
    created = [each for each in told if each.startswith("kubectl create secret ")]
    assert [each.split(" -n ")[1].split()[0] for each in created] == [
        "istio-system",
        "cert-manager",
        "gpu-operator",
    ]

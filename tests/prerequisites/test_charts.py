"""The charts of others take the values that we write for them.

cert-manager's is the one that is installed. Istio's is of the only revision that the Go module
proxy has, which is younger than the release. NVIDIA's is not there at all, so
tests/commands/test_prerequisites.py has to do.
"""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import RenderSite

from carrel import upstream
from carrel.build.schemas import sources
from carrel.cluster import versions
from carrel.cluster.observation import DEPLOYMENTS, MUTATING, Observation
from carrel.k8s import objects
from carrel.k8s.fields import descend
from carrel.k8s.images import image_references, images
from carrel.k8s.objects import RenderedObject
from carrel.tools.helm import Helm
from carrel.yamlio import reader

ISTIO, CERT_MANAGER = "istio.io/istio", "github.com/cert-manager/cert-manager"

CHARTS = {
    "base": "manifests/charts/base",
    "cni": "manifests/charts/istio-cni",
    "istiod": "manifests/charts/istio-control/istio-discovery",
    "gateway": "manifests/charts/gateway",
}
"""A chart's name → its folder in Istio's sources."""

SETS = (
    "mesh.revision=1-30",
    "mesh.trustDomain=td.example.org",
    "mesh.extensionProvider=sso",
    "mesh.gateway.namespace=mesh-gateway",
    "mesh.gateway.serviceAccount=front-door",
    "mesh.gateway.selector.istio=front",
    "mesh.sidecar.cpuLimit=3",
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, render_site: RenderSite) -> Path:
    """Vault, which has a registry and a login of its own. Not to be changed."""
    return render_site("vault", tmp_path_factory.mktemp("dist") / "vault", *SETS)


@pytest.fixture(scope="module")
def charts(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The charts, each in a folder of its name."""
    found = sources.modules(project_root, "charts", [ISTIO, CERT_MANAGER], print)
    folder = tmp_path_factory.mktemp("charts")
    for name, place in CHARTS.items():
        shutil.copytree(found[ISTIO] / place, folder / name, copy_function=shutil.copyfile)
    manager = folder / "cert-manager"
    source = found[CERT_MANAGER] / "deploy/charts/cert-manager"
    shutil.copytree(source, manager, copy_function=shutil.copyfile)
    # Made of it when a release is made.
    version = upstream.load(project_root / "generator" / "catalogue").charts["certManager"].version
    template = (source / "Chart.template.yaml").read_text()
    manager.chmod(0o755)
    (manager / "Chart.yaml").write_text(template.replace("v0.0.0", version))
    return folder


@pytest.fixture
def rendered(charts: Path, bundle: Path, helm4: Helm) -> Any:
    """Renders a chart with the values of its file."""

    def rendered(prerequisite: str, chart: str, release: str, *more: Path) -> list[RenderedObject]:
        output = helm4.template(
            charts / chart,
            release=release,
            namespace="home",
            values=[bundle / "prerequisites" / prerequisite / f"{chart}.yaml", *more],
            kube_version="1.34.0",
        )
        found, diagnostics = objects.read(output, release)
        assert not diagnostics
        return list(found)

    return rendered


def started(found: list[RenderedObject]) -> set[str]:
    """The images that workloads start, and those that they hand on."""
    kinds = ("DaemonSet", "Deployment", "Job")
    return {
        use.reference
        for use in images(image_references(each for each in found if each.kind in kinds))
    }


def one(found: list[RenderedObject], kind: str, name: str) -> Any:
    (body,) = [each.body for each in found if (each.kind, each.name) == (kind, name)]
    return body


def test_cert_manager_starts_what_is_listed_and_nothing_else(rendered: Any, bundle: Path) -> None:
    found = rendered("cert-manager", "cert-manager", "cert-manager")

    listed = (bundle / "images.txt").read_text().splitlines()
    assert started(found) == {each for each in listed if "/cert-manager-" in each}
    assert len([each for each in found if each.is_crd]) == 6
    logins = [each for each in found if each.kind == "ServiceAccount"]
    assert logins
    assert all(each.body["imagePullSecrets"] == [{"name": "registry-login"}] for each in logins)


def test_istio_starts_what_is_listed(rendered: Any, bundle: Path) -> None:
    listed = set((bundle / "images.txt").read_text().splitlines())

    for chart, image in (("cni", "install-cni"), ("istiod", "pilot")):
        (reference,) = started(rendered("istio", chart, f"istio-{chart}"))
        assert reference in listed
        assert f"/{image}:" in reference


def test_what_kubectl_waits_for_is_in_the_charts(rendered: Any, bundle: Path) -> None:
    page = (bundle / "prerequisites" / "README.md").read_text()
    beyond = page[page.index("Take the files across") :]
    applied = re.findall(
        r"kubectl apply \S+ \S+ --namespace \S+ -f (\S+)\.yaml\n(kubectl wait --namespace)?", beyond
    )
    charts = {"istio-base": "base", "istio-cni": "cni", "istio-ingressgateway": "gateway"}

    for release, wait in applied[:4]:
        chart = charts.get(release, "istiod")
        found = rendered("istio", chart, release)
        assert any(each.kind == "Deployment" for each in found) == bool(wait), release


def test_istiod_has_the_mesh_of_the_site(rendered: Any) -> None:
    found = rendered("istio", "istiod", "istiod-1-30")

    (mesh,) = reader.read_objects(one(found, "ConfigMap", "istio-1-30")["data"]["mesh"])
    assert isinstance(mesh, dict)
    assert mesh["trustDomain"] == "td.example.org"
    assert [each["name"] for each in mesh["extensionProviders"]] == ["sso"]
    assert mesh["outboundTrafficPolicy"] == {"mode": "ALLOW_ANY"}
    istiod = one(found, "Deployment", "istiod-1-30")["spec"]["template"]["spec"]
    environment = {each["name"]: each.get("value") for each in istiod["containers"][0]["env"]}
    assert environment["ENABLE_NATIVE_SIDECARS"] == "true"
    injector = one(found, "ConfigMap", "istio-sidecar-injector-1-30")["data"]["values"]
    (values,) = reader.read_objects(injector)
    assert isinstance(values, dict)
    assert values["global"]["proxy"]["resources"]["limits"] == {"cpu": "3", "memory": "1Gi"}
    assert values["global"]["imagePullSecrets"] == ["registry-login"]


def test_the_gateways_pods_are_those_that_policies_choose(rendered: Any) -> None:
    found = rendered("istio", "gateway", "istio-ingressgateway")

    pods = one(found, "Deployment", "istio-ingressgateway")["spec"]["template"]
    assert pods["metadata"]["labels"]["istio"] == "front"
    assert pods["metadata"]["labels"]["istio.io/rev"] == "1-30"
    assert pods["spec"]["serviceAccountName"] == "front-door"
    assert pods["spec"]["imagePullSecrets"] == [{"name": "registry-login"}]


def test_the_base_of_a_revision_checks_with_that_revision(rendered: Any) -> None:
    found = rendered("istio", "base", "istio-base")

    webhook = one(found, "ValidatingWebhookConfiguration", "istiod-default-validator")
    assert [each["clientConfig"]["service"] for each in webhook["webhooks"]] == [
        {"name": "istiod-1-30", "namespace": "istio-system", "path": "/validate"}
    ]
    assert any(each.is_crd for each in found)


def test_the_doctor_tells_istiod_and_cert_manager_by_their_labels(rendered: Any) -> None:
    found = [
        *rendered("istio", "istiod", "istiod-1-30"),
        *rendered("cert-manager", "cert-manager", "cert-manager"),
    ]
    deployments = tuple(each.body for each in found if each.kind == "Deployment")
    seen = Observation("1.34", {DEPLOYMENTS: deployments})
    site: Any = {"mesh": {"namespace": "home", "revision": "1-30"}}

    (istiod,), (controller,) = versions.istiods(seen, site), versions.cert_managers(seen)

    assert descend(istiod, "metadata").get("name") == "istiod-1-30"
    assert descend(controller, "metadata").get("name") == "cert-manager"
    for deployment, program in ((istiod, "Istio"), (controller, "cert-manager")):
        version = versions.version_of(deployment)
        assert version is not None
        assert (version.major, version.minor) == versions.PROVED[program]


def test_the_doctor_knows_a_tag_of_a_revision_by_its_webhook(rendered: Any, tmp_path: Path) -> None:
    tags = tmp_path / "tags.yaml"
    tags.write_text("revisionTags: [prod]\n")
    found = rendered("istio", "istiod", "istiod-1-30", tags)
    webhooks = tuple(each.body for each in found if each.kind == "MutatingWebhookConfiguration")
    deployments = tuple(each.body for each in found if each.kind == "Deployment")
    seen = Observation("1.34", {DEPLOYMENTS: deployments, MUTATING: webhooks})
    for named, expected in (("prod", 1), ("1-30", 1), ("next", 0)):
        site: Any = {"mesh": {"namespace": "home", "revision": named}}
        assert len(versions.istiods(seen, site)) == expected

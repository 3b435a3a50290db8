"""pod-defaults/{webhook,deployment,certificate,rbac}.yaml: what is added to tenants' pods."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

NAME = "poddefaults-webhook-deployment"
CONFIGURATION = "poddefaults-webhook-mutating-webhook-configuration"


def webhook(manifest: "Manifest") -> Any:
    (found,) = manifest.get("MutatingWebhookConfiguration", CONFIGURATION)["webhooks"]
    return found


def configured(**config: Any) -> dict[str, Any]:
    return {"components": {"podDefaults": {"config": config}}}


def test_its_answer_is_understood(chart: "Chart") -> None:
    """Trap: the answer names no version, and with v1 alone no pod of a tenant would start."""
    assert webhook(chart.render("lab"))["admissionReviewVersions"] == ["v1beta1", "v1"]


def test_only_pods_of_tenants_wait_for_it(chart: "Chart", tenants: dict[str, "Manifest"]) -> None:
    selector = webhook(chart.render("lab"))["namespaceSelector"]["matchLabels"]
    for manifest in tenants.values():
        for namespace in manifest.kind("Namespace"):
            assert selector.items() <= namespace["metadata"]["labels"].items()
    for namespace in chart.render("lab").kind("Namespace"):
        assert not selector.items() <= namespace["metadata"]["labels"].items()


def test_one_pod_may_be_lost(chart: "Chart", site: str) -> None:
    """Trap: upstream has one pod without probes or budget, and fails closed."""
    manifest = chart.render(site)
    assert manifest.get("Deployment", NAME)["spec"]["replicas"] >= 2
    assert manifest.get("PodDisruptionBudget", NAME)["spec"]["maxUnavailable"] == 1
    container = manifest.container(NAME)
    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["tcpSocket"] == {"port": "https-webhook"}
    assert container["lifecycle"]["preStop"]["sleep"]["seconds"] > 0
    assert webhook(manifest)["timeoutSeconds"] == 10


@pytest.mark.parametrize(("policy", "seconds"), [("Fail", 10), ("Ignore", 3)])
def test_what_becomes_of_a_pod_without_an_answer(chart: "Chart", policy: str, seconds: int) -> None:
    found = webhook(chart.render("lab", configured(failurePolicy=policy, timeoutSeconds=seconds)))
    assert (found["failurePolicy"], found["timeoutSeconds"]) == (policy, seconds)


def test_the_authority_is_not_rendered_and_outlives_the_certificate(chart: "Chart") -> None:
    """Trap: with a certificate as its own authority, a renewal stops all pod creation."""
    manifest = chart.render("lab")
    assert "caBundle" not in webhook(manifest)["clientConfig"]
    annotations = manifest.get("MutatingWebhookConfiguration", CONFIGURATION)["metadata"][
        "annotations"
    ]
    injected = annotations["cert-manager.io/inject-ca-from"]
    assert injected == "kubeflow/carrel-webhook-ca"
    leaf = manifest.get("Certificate", "poddefaults-webhook-cert")["spec"]
    assert "isCA" not in leaf
    assert leaf["issuerRef"]["name"] == "carrel-webhook-ca"


def test_it_runs_behind_the_injector_whatever_the_release_is_called(chart: "Chart") -> None:
    """Trap: webhooks run in the order of their names, and a release's prefix would change it."""
    manifest = chart.render("lab", name="a-first-name")
    assert CONFIGURATION in [
        each["metadata"]["name"] for each in manifest.kind("MutatingWebhookConfiguration")
    ]
    # Before it, a PodDefault could set the label that keeps the sidecar away.
    assert CONFIGURATION > "istio-sidecar-injector"


def test_the_api_server_reaches_it_without_a_sidecar_in_between(chart: "Chart") -> None:
    manifest = chart.render("lab")
    labels = manifest.pods()[NAME]["metadata"]["labels"]
    assert labels["sidecar.istio.io/inject"] == "false"
    asked = webhook(manifest)["clientConfig"]["service"]
    service = manifest.get("Service", asked["name"], asked["namespace"])
    (port,) = service["spec"]["ports"]
    assert port["port"] == asked["port"]
    (own,) = manifest.container(NAME)["ports"]
    assert (own["name"], own["containerPort"]) == (port["targetPort"], 4443)


@pytest.mark.parametrize("secret", ["poddefaults-webhook-certs", "mine"])
def test_the_secret_that_is_written_is_the_one_that_is_read(chart: "Chart", secret: str) -> None:
    manifest = chart.render("lab", configured(certificateSecret=secret))
    written = manifest.get("Certificate", "poddefaults-webhook-cert")["spec"]["secretName"]
    (volume,) = manifest.pods()[NAME]["spec"]["volumes"]
    assert volume["secret"]["secretName"] == written == secret
    (mount,) = manifest.container(NAME)["volumeMounts"]
    flags = dict(flag.lstrip("-").split("=") for flag in manifest.container(NAME)["args"])
    keys = {item["path"] for item in volume["secret"]["items"]}
    for flag in ("tlsCertFile", "tlsKeyFile"):
        folder, _, file = flags[flag].rpartition("/")
        assert (folder, file in keys) == (mount["mountPath"], True)


def test_it_reads_poddefaults_and_changes_none(chart: "Chart") -> None:
    (rule,) = chart.render("lab").get("ClusterRole", "poddefaults-webhook-cluster-role")["rules"]
    assert (rule["resources"], rule["verbs"]) == (["poddefaults"], ["list"])

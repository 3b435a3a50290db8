"""pvcviewer-controller/{webhook,certificate,config,rbac}.yaml: viewers of volumes."""

import base64
from typing import TYPE_CHECKING, Any

import pytest

from carrel.k8s.pod_security import violations

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

NAME = "pvcviewer-controller-manager"
AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
OWN = {"certificates": {"mode": "existing", "caBundle": AUTHORITY}}


def webhooks(manifest: "Manifest") -> list[Any]:
    return [
        each
        for kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
        for each in manifest.kind(kind)
        if each["metadata"]["name"].startswith("pvcviewer")
    ]


def test_both_webhooks_lead_to_the_port_that_answers(chart: "Chart") -> None:
    manifest = chart.render("lab")
    service = manifest.get("Service", "pvcviewer-webhook-service")
    (port,) = service["spec"]["ports"]
    ports = {each["name"]: each["containerPort"] for each in manifest.container(NAME)["ports"]}
    assert ports[port["targetPort"]] == 9443
    assert len(webhooks(manifest)) == 2
    for body in webhooks(manifest):
        (webhook,) = body["webhooks"]
        asked = webhook["clientConfig"]["service"]
        assert (asked["name"], asked["namespace"]) == ("pvcviewer-webhook-service", "kubeflow")
        assert asked["port"] == port["port"]
        assert webhook["timeoutSeconds"] == 10
    # The API server speaks TLS of its own, which a sidecar would not let through.
    annotations = manifest.pods()[NAME]["metadata"]["annotations"]
    assert annotations["traffic.sidecar.istio.io/excludeInboundPorts"] == "9443"


def test_neither_webhook_judges_anything_outside_of_tenants(chart: "Chart") -> None:
    """Trap: an unselective webhook with failurePolicy Fail locks its own backend out."""
    for body in webhooks(chart.render("lab")):
        (webhook,) = body["webhooks"]
        assert webhook["failurePolicy"] == "Fail"
        tenant = {"app.kubernetes.io/part-of": "kubeflow-profile"}
        assert webhook["namespaceSelector"] == {"matchLabels": tenant}


def test_the_authority_is_written_by_cert_manager_alone(chart: "Chart") -> None:
    """Trap: a caBundle in the manifest is fought over with cert-manager at every upgrade."""
    for body in webhooks(chart.render("lab")):
        (webhook,) = body["webhooks"]
        assert "caBundle" not in webhook["clientConfig"]
        injected = body["metadata"]["annotations"]["cert-manager.io/inject-ca-from"]
        assert injected == "kubeflow/carrel-webhook-ca"


def test_certificates_of_a_sites_own(chart: "Chart") -> None:
    manifest = chart.render("lab", OWN)
    assert not manifest.kind("Certificate")
    assert not manifest.kind("Issuer")
    for body in webhooks(manifest):
        (webhook,) = body["webhooks"]
        assert base64.b64decode(webhook["clientConfig"]["caBundle"]).decode() == AUTHORITY
        assert "annotations" not in body["metadata"]


@pytest.mark.parametrize("secret", ["pvcviewer-webhook-cert", "mine"])
def test_the_secret_that_is_written_is_the_one_that_is_read(chart: "Chart", secret: str) -> None:
    config = {"config": {"certificateSecret": secret}}
    manifest = chart.render("lab", {"components": {"pvcviewerController": config}})
    written = manifest.get("Certificate", "pvcviewer-serving-cert")["spec"]["secretName"]
    volumes = {each["name"]: each for each in manifest.pods()[NAME]["spec"]["volumes"]}
    assert volumes["cert"]["secret"]["secretName"] == written == secret
    mounts = {each["name"]: each for each in manifest.container(NAME)["volumeMounts"]}
    assert mounts["cert"]["mountPath"] == "/tmp/k8s-webhook-server/serving-certs"  # noqa: S108


def test_its_secret_has_a_name_of_its_own(chart: "Chart") -> None:
    """Trap: upstream's `webhook-server-cert` is also the name that Kubeflow Workspaces use."""
    certificate = chart.render("lab").get("Certificate", "pvcviewer-serving-cert")
    assert certificate["spec"]["secretName"] != "webhook-server-cert"


def test_a_viewer_without_a_pod_gets_no_image_of_unknown_version(chart: "Chart") -> None:
    """Trap: the program's own default is filebrowser:latest, which no mirror list names."""
    values = {
        "images": {"registry": "mirror.example"},
        "components": {
            "volumesWebApp": {"config": {"viewer": {"extraEnv": {"FB_X": "${PVC_NAME}"}}}}
        },
    }
    manifest = chart.render("lab", values)
    assert manifest.environment(NAME)["DEFAULT_POD_SPEC_PATH"] == "/etc/pvcviewer/pod-spec.yaml"
    pod = manifest.yaml("pvcviewer-default-pod", "pod-spec.yaml")
    assert list(violations(pod, "restricted")) == []
    (container,) = pod["containers"]
    assert container["image"] == "mirror.example/docker.io/filebrowser/filebrowser:v2.32.0"
    # The kubelet fills in only what stands above; the controller adds the volume by this name.
    names = [each["name"] for each in container["env"]]
    assert names[:2] == ["NAME", "NAMESPACE"]
    told = {each["name"]: each.get("value") for each in container["env"]}
    assert told["FB_BASEURL"] == "/pvcviewers/$(NAMESPACE)/$(NAME)/"
    assert told["FB_X"] == "$(NAME)"
    assert "viewer-volume" in [each["name"] for each in container["volumeMounts"]]
    assert "viewer-volume" not in [each["name"] for each in pod["volumes"]]


def test_several_pods_elect_a_leader_and_may(chart: "Chart") -> None:
    manifest = chart.render("lab", {"components": {"pvcviewerController": {"replicas": 2}}})
    assert "--leader-elect" in manifest.container(NAME)["args"]
    rules = manifest.get("Role", "pvcviewer-leader-election-role")["rules"]
    assert any(
        rule["apiGroups"] == ["coordination.k8s.io"] and "update" in rule["verbs"] for rule in rules
    )


def test_routes_of_viewers_go_through_the_sites_gateway(chart: "Chart") -> None:
    told = chart.render("lab", {"gateway": {"existing": "ingress/shared"}}).environment(NAME)
    assert told["ISTIO_GATEWAY"] == "ingress/shared"


def test_its_definition_asks_no_webhook_to_convert(chart: "Chart") -> None:
    """Trap: upstream converts between versions of which there is one, by a fixed namespace."""
    text = chart.render("lab", crds=True).text
    assert "strategy: Webhook" not in text

"""volumes-web-app/{deployment,rbac,authorizationpolicy,virtualservice,destinationrule}.yaml."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

NAME = "volumes-web-app-deployment"


def test_what_it_is_told(chart: "Chart") -> None:
    assert chart.render("campus").environment(NAME) == {
        "APP_PREFIX": "/volumes",
        "APP_SECURE_COOKIES": "true",
        "GUNICORN_CMD_ARGS": "--limit-request-field_size 32000",
        "METRICS": "1",
        "USERID_HEADER": "kubeflow-userid",
        "USERID_PREFIX": "",
        "VOLUME_VIEWER_IMAGE": "docker.io/filebrowser/filebrowser:v2.32.0",
    }


def test_any_text_turns_metrics_on_so_off_is_absent(chart: "Chart") -> None:
    values = {"components": {"volumesWebApp": {"config": {"metrics": False}}}}
    assert "METRICS" not in chart.render("lab", values).environment(NAME)


def test_its_prefix_is_cut_off_and_told(chart: "Chart") -> None:
    spec = chart.render("lab").get("VirtualService", "volumes-web-app-volumes-web-app")["spec"]
    (http,) = spec["http"]
    assert http["match"] == [{"uri": {"prefix": "/volumes/"}}]
    assert http["rewrite"] == {"uri": "/"}
    assert http["headers"] == {"request": {"set": {"x-forwarded-prefix": "/volumes"}}}
    (route,) = http["route"]
    assert route["destination"]["host"] == "volumes-web-app-service.kubeflow.svc.cluster.local"
    rule = chart.render("lab").get("DestinationRule", "volumes-web-app")["spec"]
    assert rule["host"] == route["destination"]["host"]
    assert rule["trafficPolicy"] == {"tls": {"mode": "ISTIO_MUTUAL"}}


def test_only_the_gateway_gets_through(chart: "Chart") -> None:
    manifest = chart.render("lab")
    spec = manifest.get("AuthorizationPolicy", "volumes-web-app", "kubeflow")["spec"]
    assert spec["action"] == "ALLOW"
    labels = manifest.pods()[NAME]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()


def test_it_may_ask_for_others_and_reads_no_secret(chart: "Chart") -> None:
    rules = chart.render("lab").get("ClusterRole", "volumes-web-app-cluster-role")["rules"]
    resources = {resource for rule in rules for resource in rule["resources"]}
    assert {"subjectaccessreviews", "pvcviewers"} <= resources
    assert not resources & {"secrets", "*"}
    assert all("*" not in rule["verbs"] for rule in rules)

"""tensorboards-web-app/{deployment,rbac,authorizationpolicy,virtualservice,destinationrule}.yaml."""

from typing import TYPE_CHECKING

from tests.chart.conftest import merged
from tests.chart.test_identity import BOARDS

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

NAME = "tensorboards-web-app-deployment"


def test_what_it_is_told(chart: "Chart") -> None:
    assert chart.render("campus", BOARDS).environment(NAME) == {
        "APP_PREFIX": "/tensorboards",
        "APP_SECURE_COOKIES": "true",
        "GUNICORN_CMD_ARGS": "--limit-request-field_size 32000",
        "METRICS": "1",
        "USERID_HEADER": "kubeflow-userid",
        "USERID_PREFIX": "",
    }
    off = {"components": {"tensorboardsWebApp": {"config": {"metrics": False}}}}
    assert "METRICS" not in chart.render("lab", merged(BOARDS, off)).environment(NAME)


def test_its_prefix_is_cut_off_and_told(chart: "Chart") -> None:
    manifest = chart.render("lab", BOARDS)
    spec = manifest.get("VirtualService", "tensorboards-web-app-tensorboards-web-app")["spec"]
    (http,) = spec["http"]
    assert http["match"] == [{"uri": {"prefix": "/tensorboards/"}}]
    assert http["headers"] == {"request": {"set": {"x-forwarded-prefix": "/tensorboards"}}}
    (route,) = http["route"]
    rule = manifest.get("DestinationRule", "tensorboards-web-app")["spec"]
    assert rule["host"] == route["destination"]["host"]


def test_only_the_gateway_gets_through(chart: "Chart") -> None:
    manifest = chart.render("lab", BOARDS)
    spec = manifest.get("AuthorizationPolicy", "tensorboards-web-app", "kubeflow")["spec"]
    labels = manifest.pods()[NAME]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()


def test_it_may_ask_for_others_and_reads_no_secret(chart: "Chart") -> None:
    role = chart.render("lab", BOARDS).get("ClusterRole", "tensorboards-web-app-cluster-role")
    resources = {resource for rule in role["rules"] for resource in rule["resources"]}
    assert {"subjectaccessreviews", "tensorboards"} <= resources
    assert not resources & {"secrets", "*"}

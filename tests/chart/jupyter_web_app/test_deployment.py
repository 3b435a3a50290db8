"""jupyter-web-app/{deployment,rbac,authorizationpolicy,virtualservice,destinationrule}.yaml."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

NAME = "jupyter-web-app-deployment"


def test_what_it_is_told(chart: "Chart") -> None:
    assert chart.render("campus").environment(NAME) == {
        "APP_PREFIX": "/jupyter",
        "APP_SECURE_COOKIES": "true",
        "GUNICORN_CMD_ARGS": "--limit-request-field_size 32000",
        "METRICS": "1",
        "UI": "default",
        "USERID_HEADER": "kubeflow-userid",
        "USERID_PREFIX": "",
    }


def test_any_text_turns_metrics_on_so_off_is_absent(chart: "Chart") -> None:
    values = {"components": {"jupyterWebApp": {"config": {"metrics": False}}}}
    assert "METRICS" not in chart.render("lab", values).environment(NAME)


@pytest.mark.parametrize("length", [1024, 65535])
def test_long_tokens_fit_into_a_header(chart: "Chart", length: int) -> None:
    values = {"components": {"jupyterWebApp": {"config": {"requestHeaderBytes": length}}}}
    told = chart.render("lab", values).environment(NAME)
    assert told["GUNICORN_CMD_ARGS"] == f"--limit-request-field_size {length}"


def test_every_mounted_file_is_where_the_program_looks(chart: "Chart") -> None:
    manifest = chart.render("lab")
    mounts = {each["name"]: each for each in manifest.container(NAME)["volumeMounts"]}
    assert {name: each["mountPath"] for name, each in mounts.items()} == {
        "config-volume": "/etc/config",
        "logos-volume": "/src/apps/default/static/assets/logos",
        "notebook-template": "/src/apps/common/yaml/notebook_template.yaml",
        "tmp": "/tmp",  # noqa: S108
    }
    volumes = {each["name"]: each for each in manifest.pods()[NAME]["spec"]["volumes"]}
    template = volumes["notebook-template"]["configMap"]["name"]
    assert mounts["notebook-template"]["subPath"] in manifest.get("ConfigMap", template)["data"]


def test_its_prefix_is_cut_off_and_told(chart: "Chart") -> None:
    spec = chart.render("lab").get("VirtualService", "jupyter-web-app-jupyter-web-app")["spec"]
    assert spec["gateways"] == ["kubeflow/kubeflow-gateway"]
    assert spec["hosts"] == ["*"]
    (http,) = spec["http"]
    assert http["match"] == [{"uri": {"prefix": "/jupyter/"}}]
    assert http["rewrite"] == {"uri": "/"}
    assert http["headers"] == {"request": {"set": {"x-forwarded-prefix": "/jupyter"}}}
    (route,) = http["route"]
    assert route["destination"]["host"] == "jupyter-web-app-service.kubeflow.svc.cluster.local"


def test_it_is_reached_by_mutual_tls(chart: "Chart") -> None:
    rule = chart.render("lab").get("DestinationRule", "jupyter-web-app")["spec"]
    assert rule == {
        "host": "jupyter-web-app-service.kubeflow.svc.cluster.local",
        "trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL"}},
    }


def test_only_the_gateway_gets_through(chart: "Chart") -> None:
    manifest = chart.render("lab")
    spec = manifest.get("AuthorizationPolicy", "jupyter-web-app", "kubeflow")["spec"]
    assert spec["action"] == "ALLOW"
    labels = manifest.pods()[NAME]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()


def test_it_may_ask_for_others_and_reads_no_secret(chart: "Chart") -> None:
    rules = chart.render("lab").get("ClusterRole", "jupyter-web-app-cluster-role")["rules"]
    resources = {resource for rule in rules for resource in rule["resources"]}
    assert "subjectaccessreviews" in resources
    assert not resources & {"secrets", "*"}
    assert all("*" not in rule["verbs"] for rule in rules)


def test_nothing_is_bound_to_an_account_that_does_not_exist(chart: "Chart") -> None:
    manifest = chart.render("lab")
    accounts = {
        (each.namespace, each.name) for each in manifest.objects if each.kind == "ServiceAccount"
    }
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        for binding in manifest.kind(kind):
            for subject in binding["subjects"]:
                assert (subject["namespace"], subject["name"]) in accounts

"""dashboard/{config,deployment,rbac,authorizationpolicy,virtualservice}.yaml: the page."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.chart.conftest import Chart


def links(chart: "Chart", values: dict[str, Any]) -> Any:
    manifest = chart.render("lab", {"components": {"dashboard": {"config": values}}})
    return manifest.yaml("dashboard-config", "links")


def test_it_links_to_the_form_and_to_nothing_that_is_not_there(chart: "Chart") -> None:
    found = links(chart, {})
    assert [each["link"] for each in found["menuLinks"]] == ["/jupyter/", "/volumes/"]
    assert [each["link"] for each in found["quickLinks"]] == ["/jupyter/new"]
    assert found["externalLinks"] == found["documentationItems"] == []


def test_it_lists_the_sites_own_pages_by_title(chart: "Chart") -> None:
    pages = {
        "Help": {"link": "https://wiki.example/help"},
        'A "quoted" <title>': {"link": "/local", "text": "Some words: & more"},
    }
    assert links(chart, {"documentation": pages})["documentationItems"] == [
        {"text": 'A "quoted" <title>', "link": "/local", "desc": "Some words: & more"},
        {"text": "Help", "link": "https://wiki.example/help", "desc": ""},
    ]


def test_what_it_is_told(chart: "Chart") -> None:
    told = chart.render("lab").environment("dashboard")
    assert told == {
        "COLLECT_METRICS": "true",
        "DASHBOARD_CONFIGMAP": "dashboard-config",
        "LOGOUT_URL": "/oauth2/sign_out",
        "NPM_CONFIG_CACHE": "/tmp/npm",  # noqa: S108
        "POD_NAMESPACE": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}},
        "PROFILES_KFAM_SERVICE_HOST": "profiles-kfam.kubeflow",
        # Profiles are made by whoever writes tenants, not by whoever opens the page.
        "REGISTRATION_FLOW": "false",
        "USERID_HEADER": "kubeflow-userid",
        "USERID_PREFIX": "",
    }
    config = {"metrics": False, "logoutUrl": "https://login.example/logout"}
    values = {"components": {"dashboard": {"config": config}}}
    told = chart.render("lab", values).environment("dashboard")
    assert (told["COLLECT_METRICS"], told["LOGOUT_URL"]) == (
        "false",
        "https://login.example/logout",
    )


def test_settings_are_json(chart: "Chart") -> None:
    settings = chart.render("lab").yaml("dashboard-config", "settings")
    assert settings == {"DASHBOARD_FORCE_IFRAME": True}


def test_it_reads_cluster_wide_and_writes_nothing(chart: "Chart") -> None:
    manifest = chart.render("lab")
    rules = [
        *manifest.get("ClusterRole", "dashboard")["rules"],
        *manifest.get("Role", "dashboard")["rules"],
    ]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert "secrets" not in {resource for rule in rules for resource in rule["resources"]}


def test_it_answers_every_path_that_no_other_app_has(chart: "Chart") -> None:
    spec = chart.render("lab").get("VirtualService", "dashboard")["spec"]
    (http,) = spec["http"]
    assert http["match"] == [{"uri": {"prefix": "/"}}]
    assert http["route"] == [
        {
            "destination": {
                "host": "dashboard.kubeflow.svc.cluster.local",
                "port": {"number": 80},
            }
        }
    ]


def test_only_the_gateway_gets_through(chart: "Chart") -> None:
    manifest = chart.render("lab")
    spec = manifest.get("AuthorizationPolicy", "dashboard", "kubeflow")["spec"]
    assert spec["action"] == "ALLOW"
    labels = manifest.pods()["dashboard"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()
    assert len(spec["rules"]) == 1

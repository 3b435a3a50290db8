"""profile-controller/{deployment,config,rbac,authorizationpolicy}.yaml: who has a Profile."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

NAME = "profiles-deployment"


def labels(chart: "Chart", values: dict[str, Any]) -> Any:
    manifest = chart.render("lab", values)
    return manifest.yaml("profiles-namespace-labels-data", "namespace-labels.yaml")


def flags(manifest: "Manifest", container: str) -> dict[str, str]:
    arguments = manifest.container(NAME, container)["args"]
    return {
        flag.lstrip("-"): value
        for flag, value in zip(arguments, [*arguments[1:], ""], strict=True)
        if flag.startswith("-")
    }


def test_profiles_made_in_the_dashboard_get_the_labels_of_tenants(chart: "Chart") -> None:
    assert labels(chart, {}) == {
        "app.kubernetes.io/part-of": "kubeflow-profile",
        "istio-injection": "enabled",
        "pod-security.kubernetes.io/enforce": "baseline",
    }
    tenant = {"tenants": {"team": {"owner": "a@b.c", "plan": "standard"}}}
    namespace = chart.render("", tenant, scope="tenants").get("Namespace", "team")
    assert labels(chart, {}).items() <= namespace["metadata"]["labels"].items()


def test_an_empty_label_takes_injection_away_where_a_revision_injects(chart: "Chart") -> None:
    found = labels(chart, {"mesh": {"revision": "1-30"}})
    assert (found["istio.io/rev"], found["istio-injection"]) == ("1-30", "")


def test_labels_of_a_sites_own_are_added(chart: "Chart") -> None:
    own = {"a": "b", "example.com/c": "1"}
    values = {"components": {"profileController": {"config": {"namespaceLabels": own}}}}
    assert labels(chart, values) == labels(chart, {}) | own


def test_no_default_of_googles_is_left(chart: "Chart") -> None:
    manifest = chart.render("lab")
    for container in ("manager", "access-management"):
        said = flags(manifest, container)
        # The kubelet fills these in from the environment.
        assert said["userid-header"] == "$(USERID_HEADER)"
        assert said["userid-prefix"] == "$(USERID_PREFIX)"
    assert flags(manifest, "manager")["workload-identity"] == ""


def test_it_elects_a_leader_and_may(chart: "Chart") -> None:
    manifest = chart.render("lab", {"components": {"profileController": {"replicas": 3}}})
    assert "--leader-elect" in manifest.container(NAME, "manager")["args"]
    rules = manifest.get("Role", "profiles-leader-election-role")["rules"]
    assert any(
        rule["apiGroups"] == ["coordination.k8s.io"] and "update" in rule["verbs"] for rule in rules
    )


@pytest.mark.parametrize("admins", [[], ["a@b.c"], ["a@b.c", "d@e.f"]])
def test_admins_are_told_as_one_list(chart: "Chart", admins: list[str]) -> None:
    manifest = chart.render("lab", {"identity": {"admins": admins}})
    assert flags(manifest, "access-management")["cluster-admin"] == ",".join(admins)


def test_a_google_identity_is_told(chart: "Chart") -> None:
    account = "notebooks@project.iam.gserviceaccount.com"
    values = {"components": {"profileController": {"config": {"workloadIdentity": account}}}}
    assert flags(chart.render("lab", values), "manager")["workload-identity"] == account


def test_only_the_dashboard_asks_access_management(chart: "Chart") -> None:
    manifest = chart.render("lab")
    spec = manifest.get("AuthorizationPolicy", "profiles-kfam", "kubeflow")["spec"]
    assert spec["selector"]["matchLabels"].items() <= (
        manifest.pods()[NAME]["metadata"]["labels"].items()
    )
    # Its route on the public gateway is upstream's, and made of nothing but danger.
    assert not [each for each in manifest.kind("VirtualService") if "kfam" in str(each["spec"])]


def test_without_a_dashboard_nobody_asks_access_management(chart: "Chart") -> None:
    off = {"components": {"dashboard": {"enabled": False}}}
    spec = chart.render("lab", off).get("AuthorizationPolicy", "profiles-kfam")["spec"]
    # A policy that allows nothing: without it, everyone in the mesh would be let in.
    assert spec["action"] == "ALLOW"
    assert "rules" not in spec


def test_the_labels_file_is_mounted_where_the_program_looks(chart: "Chart") -> None:
    (mount,) = chart.render("lab").container(NAME, "manager")["volumeMounts"]
    assert mount["mountPath"] == "/etc/profile-controller"

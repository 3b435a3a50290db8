"""namespaces/namespace.yaml and namespaces/networkpolicy.yaml: the home of the programs."""

from typing import TYPE_CHECKING

from tests.chart.conftest import LOGIN, merged

if TYPE_CHECKING:
    from tests.chart.conftest import Chart


def test_its_labels_decide_injection_and_pod_security(chart: "Chart") -> None:
    namespace = chart.render("lab").get("Namespace", "kubeflow")["metadata"]
    labels = namespace["labels"]
    assert labels["istio-injection"] == "enabled"
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["control-plane"] == "kubeflow"
    assert "istio.io/rev" not in labels


def test_it_is_kept_when_the_release_goes(chart: "Chart") -> None:
    namespace = chart.render("lab").get("Namespace", "kubeflow")["metadata"]
    assert namespace["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_a_revision_of_istio_takes_the_place_of_injection(chart: "Chart") -> None:
    labels = chart.render("lab", {"mesh": {"revision": "1-30"}}).get("Namespace", "kubeflow")[
        "metadata"
    ]["labels"]
    assert labels["istio.io/rev"] == "1-30"
    assert "istio-injection" not in labels


def test_labels_of_a_sites_own_are_added(chart: "Chart") -> None:
    values = {"namespaces": {"kubeflow": {"labels": {"example.com/cost": "42"}}}}
    labels = chart.render("lab", values).get("Namespace", "kubeflow")["metadata"]["labels"]
    assert labels["example.com/cost"] == "42"
    own = chart.render("lab").get("Namespace", "kubeflow")["metadata"]["labels"]
    assert labels == own | {"example.com/cost": "42"}


def test_a_namespace_of_another_owner_is_not_rendered(chart: "Chart") -> None:
    values = {"namespaces": {"kubeflow": {"create": False}}}
    before, after = chart.render("lab"), chart.render("lab", values)
    assert after.kind("Namespace") == []
    assert after.bodies() == {
        identity: body for identity, body in before.bodies().items() if identity.kind != "Namespace"
    }


def test_whatever_has_no_policy_of_its_own_is_closed_to_other_namespaces(chart: "Chart") -> None:
    policy = chart.render("lab").get("NetworkPolicy", "default-allow-same-namespace", "kubeflow")
    assert policy["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [{"podSelector": {}}]}],
    }


def test_every_namespaced_object_is_in_a_namespace_that_exists(chart: "Chart") -> None:
    manifest = chart.render("campus")
    own = {"kubeflow", "oauth2-proxy"}
    assert {each.namespace for each in manifest.objects} == {"", "istio-system"} | own
    assert {each.name for each in manifest.objects if each.kind == "Namespace"} == own


def test_the_homes_of_login_are_restricted_and_no_part_of_the_mesh(chart: "Chart") -> None:
    manifest = chart.render("lab", LOGIN)
    for name in ("auth", "oauth2-proxy"):
        metadata = manifest.get("Namespace", name)["metadata"]
        assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
        assert not {"istio-injection", "istio.io/rev"} & set(metadata["labels"])
        assert metadata["annotations"] == {"helm.sh/resource-policy": "keep"}
        closed = manifest.get("NetworkPolicy", "default-allow-same-namespace", name)["spec"]
        assert closed["podSelector"] == {}
        assert closed["ingress"] == [{"from": [{"podSelector": {}}]}]


def test_homes_of_login_that_are_yours_are_not_rendered(chart: "Chart") -> None:
    kept = {"create": False}
    values = merged(LOGIN, {"namespaces": {"auth": kept, "oauth2Proxy": kept}})
    assert [each["metadata"]["name"] for each in chart.render("lab", values).kind("Namespace")] == [
        "kubeflow"
    ]

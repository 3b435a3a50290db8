"""tenants/{namespace,profile,networkpolicy}.yaml, _lib/tenants.tpl: which tenants there are."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from carrel.release import shard_of
from carrel.yamlio.reader import read_values

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

    Teams = Callable[..., Manifest]

TEAM = {"owner": "ada@example.com", "plan": "standard"}
RECORD = "chart/templates/site/configmap.yaml"
"""What every release has: whose cluster it is."""

PER_TENANT = ("Namespace", "Profile", "ResourceQuota", "LimitRange", "NetworkPolicy")


def declared(root: Path, site: str) -> dict[str, Any]:
    file = root / "values/sites" / site / "tenants.yaml"
    document, _ = read_values(file.read_bytes(), "tenants.yaml")
    assert document is not None
    found: Any = document.values["tenants"]
    return dict(found)


def namespaces(manifest: "Manifest") -> set[str]:
    return {each["metadata"]["name"] for each in manifest.kind("Namespace")}


@pytest.mark.parametrize(("site", "shards"), [("lab", 1), ("campus", 4), ("vault", 2)])
def test_the_shards_share_all_tenants_out(chart: "Chart", site: str, shards: int) -> None:
    expected = declared(chart.root, site)
    found = {
        shard: namespaces(chart.render(site, scope="tenants", shard=shard))
        for shard in range(shards)
    }
    assert sorted(name for names in found.values() for name in names) == sorted(expected)
    for shard, names in found.items():
        assert names == {name for name in expected if shard_of(name, shards) == shard}
        assert len(names) > 0.7 * len(expected) / shards


def test_chart_and_generator_agree_on_the_shard_of_any_name(teams: "Teams") -> None:
    chosen = random.Random(26)  # noqa: S311
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    names = {"".join(chosen.choices(letters, k=chosen.randint(1, 63))) for _ in range(300)}
    for shard in range(7):
        manifest = teams(dict.fromkeys(names, TEAM), values={"shards": {"count": 7}}, shard=shard)
        assert namespaces(manifest) == {name for name in names if shard_of(name, 7) == shard}


def test_a_release_of_tenants_holds_nothing_else(tenants: dict[str, "Manifest"], site: str) -> None:
    objects = [each for each in tenants[site].objects if each.source != RECORD]
    assert all(each.source.startswith("chart/templates/tenants/") for each in objects)
    assert {each.kind for each in objects} <= {
        *PER_TENANT,
        "RoleBinding",
        "AuthorizationPolicy",
    }


def test_the_platform_holds_no_tenant_and_no_name_of_a_person(chart: "Chart") -> None:
    root = chart.root / "values/sites/campus"
    people = {"groups": {"a": ["ada@example.com"]}, "tenants": {"team": TEAM}}
    manifest = chart.render("campus", people)
    assert not [each for each in manifest.sources() if each.startswith("tenants/")]
    assert "ada@example.com" not in manifest.text
    assert (root / "tenants.yaml").exists()


def test_every_tenant_has_each_object_once(tenants: dict[str, "Manifest"], site: str) -> None:
    manifest = tenants[site]
    names = namespaces(manifest)
    for kind in PER_TENANT:
        found = Counter(
            each.namespace or each.name for each in manifest.objects if each.kind == kind
        )
        assert found == dict.fromkeys(names, 1)


def test_guards_stay_and_permissions_go(tenants: dict[str, "Manifest"], site: str) -> None:
    for each in tenants[site].objects:
        metadata: Any = each.body["metadata"]
        kept = metadata.get("annotations", {}).get("helm.sh/resource-policy") == "keep"
        assert kept is (each.kind in PER_TENANT), each.identity


def test_the_namespace_names_the_profiles_owner(
    chart: "Chart", tenants: dict[str, "Manifest"], site: str
) -> None:
    """The profile controller adopts it only then (recorded), and never deletes it."""
    manifest = tenants[site]
    for name, tenant in declared(chart.root, site).items():
        namespace = manifest.get("Namespace", name)["metadata"]
        profile = manifest.get("Profile", name)
        owner = profile["spec"]["owner"]
        assert owner == {"kind": "User", "name": tenant["owner"]}
        assert namespace["annotations"]["owner"] == tenant["owner"]
        assert profile["spec"]["resourceQuotaSpec"] == {}
        assert profile["apiVersion"] == "kubeflow.org/v1"


def test_the_namespace_precedes_what_is_in_it(teams: "Teams") -> None:
    kinds = [each.kind for each in teams({"team": TEAM}).objects]
    assert kinds[0] == "Namespace"


def test_the_labels_of_a_namespace_decide_isolation(teams: "Teams") -> None:
    labels = teams({"team": TEAM}).get("Namespace", "team")["metadata"]["labels"]
    assert labels["app.kubernetes.io/part-of"] == "kubeflow-profile"
    assert labels["istio-injection"] == "enabled"
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    # On pods, access to volumes goes by this label; in a namespace of people it would mislead.
    assert "app.kubernetes.io/name" not in labels

    values = {"podSecurity": {"tenants": "restricted"}, "mesh": {"revision": "1-30"}}
    labels = teams({"team": TEAM}, values=values).get("Namespace", "team")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["istio.io/rev"] == "1-30"
    assert "istio-injection" not in labels


def test_labels_of_a_tenants_own_are_added(tenants: dict[str, "Manifest"]) -> None:
    namespace = tenants["vault"].get("Namespace", "model-validation")["metadata"]
    assert namespace["labels"]["vault.example.com/cost-centre"] == "4711"


def test_an_archived_tenant_keeps_its_guards_and_loses_its_people(teams: "Teams") -> None:
    members = {"bob@example.com": "edit", "eve@example.com": "view"}
    team = TEAM | {"members": members, "groups": {"all": "edit"}}
    values = {"groups": {"all": ["tim@example.com"]}}
    active = teams({"team": team}, values=values)
    archived = teams({"team": team | {"state": "archived"}}, values=values)
    assert {each.kind for each in active.identities() - archived.identities()} == {
        "RoleBinding",
        "AuthorizationPolicy",
    }
    kept = {each.kind for each in archived.objects if each.source != RECORD}
    assert kept == set(PER_TENANT)
    assert archived.bodies().items() <= active.bodies().items()


def test_an_absent_tenant_is_not_rendered(teams: "Teams") -> None:
    gone = TEAM | {"state": "absent", "members": {"bob@example.com": "edit"}}
    manifest = teams({"team": TEAM, "gone": gone})
    assert namespaces(manifest) == {"team"}
    assert "gone" not in manifest.text


def test_a_release_without_tenants_renders_nothing(teams: "Teams") -> None:
    assert teams({}).objects == ()


def test_other_tenants_reach_nothing(teams: "Teams") -> None:
    policy = teams({"team": TEAM}).get("NetworkPolicy", "tenant", "team")["spec"]
    assert policy["podSelector"] == {}
    assert policy["policyTypes"] == ["Ingress"]
    (rule,) = policy["ingress"]
    peers = [
        each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for each in rule["from"]
        if "namespaceSelector" in each
    ]
    # The gateway brings people, and the notebook controller asks for activity.
    assert peers == ["istio-system", "kubeflow"]
    assert {"podSelector": {}} in rule["from"]
    assert len(rule["from"]) == 3

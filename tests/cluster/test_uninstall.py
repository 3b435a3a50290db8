"""Uninstalling takes programs away and leaves people's work; dropping a tenant locks its door."""

from tests.cluster.api import Api
from tests.cluster.homes import belongings, move_in
from tests.cluster.installation import FEW, SHARDS, Installation, release_name, succeeds
from tests.cluster.stand_ins import notebooks, profiles
from tests.cluster.stand_ins.reconciler import Reconciler

TENANT, NEIGHBOUR = "physics-lab", "engineering-lab"
ELSEWHERE = "biology-101"
"""A tenant of another shard, neither the first nor the last."""

GUARDS = (
    ("resourcequotas", "tenant"),
    ("limitranges", "tenant"),
    ("networkpolicies.networking.k8s.io", "tenant"),
)
MEMBERS = ("rolebindings.rbac.authorization.k8s.io", "authorizationpolicies.security.istio.io")


def test_uninstalling_keeps_work_and_installing_again_adopts_it(campus: Installation) -> None:
    cluster, api = campus.cluster, campus.cluster.api
    controllers = [profiles.controller(), *notebooks.CONTROLLERS]
    with Reconciler(api, controllers):
        move_in(cluster, TENANT)
    cluster.settled()
    before, definitions = belongings(api, TENANT), _definitions(api)

    done = campus.uninstall(release_name(0), "carrel")

    assert done.returncode == 0
    cluster.settled()
    assert belongings(api, TENANT) == before
    assert _definitions(api) == definitions
    assert all(api.find(resource, name, TENANT) for resource, name in GUARDS)
    assert api.list("deployments.apps", "kubeflow") == []
    assert _ours(api, "clusterroles.rbac.authorization.k8s.io") == []

    campus.everything()

    cluster.settled()
    assert belongings(api, TENANT) == before
    assert _definitions(api) == definitions
    with Reconciler(api, controllers) as running:
        cluster.settled()
        assert running.faults == []
    assert belongings(api, TENANT) == before


def test_a_dropped_tenant_keeps_its_work_and_its_guards_but_nobodys_permission(
    campus: Installation,
) -> None:
    cluster, api = campus.cluster, campus.cluster.api
    with Reconciler(api, [profiles.controller(), *notebooks.CONTROLLERS]):
        move_in(cluster, TENANT, "more-work")
        cluster.settled()
        before = belongings(api, TENANT)
        guards = _guards(api)
        neighbours = {each: _members(api, each, NEIGHBOUR) for each in MEMBERS}
        assert all(_members(api, each, TENANT) for each in MEMBERS)

        others = [name for name in FEW if name != TENANT]
        succeeds(campus.with_tenants(*others).tenants())

        cluster.settled()
    assert belongings(api, TENANT) == before
    assert before.labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert _guards(api) == guards
    assert not any(_members(api, each, TENANT) for each in MEMBERS)
    assert {each: _members(api, each, NEIGHBOUR) for each in MEMBERS} == neighbours
    assert not any(_is_of(each, TENANT) for each in campus.manifest(release_name(0)))

    # The last tenants of a shard go in the same way, and a shard may never have had any.
    nobody = campus.with_tenants(ELSEWHERE)
    for shard in (0, SHARDS["campus"] - 1):
        succeeds(nobody.tenants(shard))
        assert [each["kind"] for each in nobody.manifest(release_name(shard))] == ["ConfigMap"]
    cluster.settled()
    assert belongings(api, TENANT) == before
    assert not any(_members(api, each, NEIGHBOUR) for each in MEMBERS)


def _definitions(api: Api) -> dict[str, tuple[str, int]]:
    """Our custom resource definitions: a new identity would mean that all objects were deleted."""
    return {
        each["metadata"]["name"]: (each["metadata"]["uid"], each["metadata"]["generation"])
        for each in api.list("customresourcedefinitions.apiextensions.k8s.io")
        if "istio.io" not in each["metadata"]["name"]
    }


def _ours(api: Api, resource: str) -> list[str]:
    found = api.list(resource, labelSelector="app.kubernetes.io/part-of=carrel")
    return [each["metadata"]["name"] for each in found]


def _guards(api: Api) -> dict[str, object]:
    return {name: api.get(resource, name, TENANT)["spec"] for resource, name in GUARDS}


def _members(api: Api, resource: str, tenant: str) -> list[str]:
    """What lets members in, as opposed to what the profile controller makes for the owner."""
    found = api.list(resource, tenant)
    return [each["metadata"]["name"] for each in found if "ownerReferences" not in each["metadata"]]


def _is_of(body: dict[str, object], tenant: str) -> bool:
    metadata = body["metadata"]
    assert isinstance(metadata, dict)
    return tenant in (metadata.get("namespace"), metadata["name"])

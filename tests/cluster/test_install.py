"""Each example site comes into an empty cluster with Helm, and stays as it is from then on."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from tests.cluster.cluster import changed, refusals
from tests.cluster.conftest import Install, StartCluster
from tests.cluster.installation import (
    FEW,
    SHARDS,
    Installation,
    release_name,
    succeeds,
    tenants_file,
)
from tests.cluster.stand_ins import profiles
from tests.cluster.stand_ins.reconciler import Reconciler

from carrel.release import shard_of
from carrel.tools.helm import Helm


@pytest.fixture(
    scope="module",
    params=[*product(["helm3", "helm4"], SHARDS)],
    ids=lambda chosen: "-".join(chosen),
)
def installed(
    request: pytest.FixtureRequest, start_cluster: StartCluster, install: Install
) -> Iterator[Installation]:
    """The releases of each site, installed by each Helm into a cluster of its own.

    A quarter of the tenants of one of campus' shards come with one of the two, few with the other.
    """
    name, site = request.param
    helm = request.getfixturevalue(name)
    assert isinstance(helm, Helm)
    with start_cluster() as cluster:
        installation = install(cluster, helm, site)
        if site == "campus":
            few = FEW if name == "helm3" else _tenants_of_shard_0(installation)[::4]
            installation = installation.with_tenants(*few)
        replace(installation, validates=True).everything()
        yield installation


def test_the_server_has_nothing_against_any_object(installed: Installation) -> None:
    """No unknown field, no warning, and no field of ours is credited to another manager."""
    releases = ["carrel", *map(release_name, installed.shards)]
    objects = [body for release in releases for body in installed.manifest(release)]

    assert len(objects) > 50
    assert refusals(installed.cluster.api, objects) == []


def test_an_identical_upgrade_changes_nothing(installed: Installation) -> None:
    before = installed.cluster.settled()

    installed.everything()

    assert changed(before, installed.cluster.settled()) == {}


def test_an_identical_upgrade_changes_nothing_that_others_have_added(
    installed: Installation,
) -> None:
    """Controllers fill in rules, namespaces are adopted, and people put labels on things."""
    api = installed.cluster.api
    tenant = api.list("profiles.kubeflow.org")[0]["metadata"]["name"]
    labelled = [
        ("namespaces", tenant, ""),
        ("profiles.kubeflow.org", tenant, ""),
        ("resourcequotas", "tenant", tenant),
        ("networkpolicies.networking.k8s.io", "tenant", tenant),
        ("namespaces", "kubeflow", ""),
        ("deployments.apps", "notebook-controller-deployment", "kubeflow"),
        ("clusterroles.rbac.authorization.k8s.io", "kubeflow-edit", ""),
        ("customresourcedefinitions.apiextensions.k8s.io", "notebooks.kubeflow.org", ""),
    ]
    with Reconciler(api, [profiles.controller()]):
        for resource, name, namespace in labelled:
            change = {"metadata": {"labels": {"example.com/added": "by-hand"}}}
            api.patch(resource, name, namespace, change, "kubectl-label")
        installed.cluster.until(lambda: _all_adopted(installed), seconds=300)
        before = installed.cluster.settled()

        succeeds(installed.platform())
        succeeds(installed.tenants())

        assert changed(before, installed.cluster.settled()) == {}
    rules = api.get("clusterroles.rbac.authorization.k8s.io", "kubeflow-edit")["rules"]
    assert len(rules) > 10


def _tenants_of_shard_0(installation: Installation) -> list[str]:
    people = tenants_file(installation.files(tenants=True)[-1])
    return [name for name in people["tenants"] if shard_of(name, SHARDS["campus"]) == 0]


def _all_adopted(installed: Installation) -> bool:
    found = installed.cluster.api.list("profiles.kubeflow.org")
    return all(profiles.FINALIZER in each["metadata"].get("finalizers", ()) for each in found)

"""What was ended midway can be repeated, and what is refused leaves everything as it was."""

import os
import re
import signal
import subprocess
import time

import pytest
from tests.cluster.api import Api, Body
from tests.cluster.cluster import Cluster, changed, refusals, told
from tests.cluster.conftest import Install
from tests.cluster.installation import FEW, Installation, release_name, succeeds

from carrel.tools.helm import Helm
from carrel.tools.process import Completed

OF_A_TENANT = re.compile(r" user( |$)")
MADE_BY_CONTROLLERS = ("controllerrevisions", "endpointslices", "pods ", "replicasets")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["asked", "killed"])
def test_an_install_that_was_ended_midway_is_repeated(
    fresh_cluster: Cluster, install: Install, helm: Helm, how: signal.Signals
) -> None:
    installation = install(fresh_cluster, helm).with_tenants(*FEW)
    _end_midway(installation, how)

    if how is signal.SIGKILL:
        # Nobody was left to note the end, so that Helm believes it is still going on.
        assert "another operation" in told(installation.platform())
        succeeds(_forget_unfinished(fresh_cluster))
    installation.everything()

    objects = [*installation.manifest(), *installation.manifest(release_name(0))]
    assert len(objects) > 150
    assert [each for each in objects if _is_missing(fresh_cluster.api, each)] == []
    # A field that is not as the release has it would be in the way of another manager.
    assert refusals(fresh_cluster.api, objects) == []


def test_a_missing_prerequisite_leaves_nothing_behind(
    fresh_cluster: Cluster, install: Install, helm: Helm
) -> None:
    installation, api = install(fresh_cluster, helm), fresh_cluster.api
    missing = "virtualservices.networking.istio.io"
    definition = api.get("customresourcedefinitions.apiextensions.k8s.io", missing)
    api.delete("customresourcedefinitions.apiextensions.k8s.io", missing)
    fresh_cluster.until(lambda: missing not in _served(fresh_cluster))
    before = fresh_cluster.settled()

    done = installation.platform()

    assert done.returncode != 0
    assert 'no matches for kind "VirtualService"' in told(done)
    assert changed(before, fresh_cluster.settled()) == {}
    for key in ("resourceVersion", "uid", "creationTimestamp", "managedFields", "generation"):
        definition["metadata"].pop(key, None)
    api.create({key: value for key, value in definition.items() if key != "status"})
    fresh_cluster.until(lambda: missing in _served(fresh_cluster))
    succeeds(installation.platform())


def test_a_release_with_the_wrong_scope_is_refused_and_nothing_is_deleted(
    campus: Installation,
) -> None:
    before = campus.cluster.settled()

    for release, values, reason in (
        ("carrel", {"scope": "tenants"}, "would delete the platform"),
        ("carrel-tenants-00", {"scope": "platform"}, "would delete the tenants' objects"),
        ("carrel-tenants-01", {"scope": "tenants", "shard": 0}, "named for another shard"),
        ("carrel-tenants-00", {"scope": "tenants", "shard": 1}, "named for another shard"),
        ("carrel", {"platform": {"name": "vanilla"}}, "site.platform: the site is for platform"),
    ):
        done = campus.having(values).release(release)
        assert done.returncode != 0
        assert reason in told(done)

    assert changed(before, campus.cluster.settled()) == {}


def test_a_release_of_another_site_is_refused_before_anything_is_deleted(
    campus: Installation, install: Install
) -> None:
    """Whoever has several clusters has the wrong one current some day."""
    cluster = campus.cluster
    lab = install(cluster, campus.helm, "lab")
    before, wanted = cluster.settled(), _wanted(cluster)

    for done, record in (
        (lab.platform(), "carrel-site"),
        (lab.tenants(), "carrel-tenants-00-site"),
    ):
        assert done.returncode != 0
        assert f'"{record}"' in told(done)
        assert "field is immutable" in told(done)

    # Helm has made and changed all else by then. The newer one takes it back, the older one cannot:
    # it fails over objects that only the wanted revision has, and what the other site added stays.
    removed = changed(before, cluster.settled()).get("removed", [])
    assert [each for each in removed if not each.startswith(MADE_BY_CONTROLLERS)] == []
    if campus.helm.version.major == 4:
        for release in ("carrel", release_name(0)):
            assert campus.run("rollback", release).returncode == 0
    else:
        campus.everything()
    found = changed(before, cluster.settled())
    added, removed = (
        [each for each in found.get(word, ()) if not each.startswith(MADE_BY_CONTROLLERS)]
        for word in ("added", "removed")
    )
    # The other site's tenant is kept, as every tenant is.
    left = [each.split()[0] for each in added if not OF_A_TENANT.search(each)]
    assert left == ([] if campus.helm.version.major == 4 else ["envoyfilters.networking.istio.io"])
    assert removed == []
    assert _wanted(cluster).items() >= wanted.items()


def _is_missing(api: Api, body: Body) -> bool:
    metadata = body["metadata"]
    place = (metadata["name"], metadata.get("namespace", ""))
    return api.find(api.resource_of(body).name, *place) is None


def _wanted(cluster: Cluster) -> dict[tuple[str, str, str], object]:
    """What programs, policies and quotas are to be."""
    return {
        (resource, body["metadata"]["namespace"], body["metadata"]["name"]): body["spec"]
        for resource in ("deployments.apps", "networkpolicies.networking.k8s.io", "resourcequotas")
        for body in cluster.api.list(resource)
    }


def _end_midway(installation: Installation, how: signal.Signals) -> None:
    """End Helm when some, but not all objects are there."""
    files = installation.files(tenants=False)
    layers = [argument for file in files for argument in ("--values", str(file))]
    command = [installation.helm.path, "install", "carrel", installation.root / "chart", *layers]
    process = subprocess.Popen(
        [*map(str, command), "--namespace", "carrel-system"],
        env={
            "HOME": str(installation.folder),
            "KUBECONFIG": str(installation.cluster.plane.kubeconfig),
            "PATH": os.defpath,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while installation.cluster.api.find("serviceaccounts", "dashboard", "kubeflow") is None:
            assert process.poll() is None
            assert time.monotonic() < deadline
    finally:
        process.send_signal(how)
        process.wait()
    assert process.returncode != 0, "it was too late to end it"


def _forget_unfinished(cluster: Cluster) -> Completed:
    return cluster.run(
        cluster.kubectl,
        *("delete", "secret", "--namespace=carrel-system"),
        "--selector=owner=helm,status=pending-install",
    )


def _served(cluster: Cluster) -> set[str]:
    return {each.name for each in cluster.api.resources(afresh=True)}

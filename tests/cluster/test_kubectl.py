"""A site comes into a cluster with kubectl alone, and can go over to Helm and back."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.cluster import Cluster, told
from tests.cluster.conftest import Install, StartCluster, State
from tests.cluster.installation import FEW, SHARDS, succeeds, tenants_file
from tests.conftest import RenderSite

from carrel.tools.helm import Helm
from carrel.tools.process import Completed

ONLY = {"campus": FEW}
"""Tenants of sites that have hundreds."""


@pytest.mark.parametrize("site", SHARDS)
def test_kubectl_installs_and_hands_over_to_each_helm_and_back(
    site: str, fresh_cluster: Cluster, install: Install, bundle: Path, helm3: Helm, helm4: Helm
) -> None:
    apply_phases(fresh_cluster, bundle, first=True)
    wanted = essence(fresh_cluster)
    assert len(wanted) >= 10

    for helm in (helm3, helm4):
        installation = install(fresh_cluster, helm, site).with_tenants(*ONLY.get(site, ()))
        installation.everything("--take-ownership")
        assert differences(wanted, essence(fresh_cluster)) == []

        apply_phases(fresh_cluster, bundle, first=False)
        assert differences(wanted, essence(fresh_cluster)) == []
        # The next Helm is to know nothing of this one.
        records = ("delete", "secret", "--namespace=carrel-system", "--selector=owner=helm")
        succeeds(fresh_cluster.run(fresh_cluster.kubectl, *records))


def test_in_the_cluster_of_another_site_kubectl_stops_at_the_first_phase(
    start_cluster: StartCluster,
    campus_states: Callable[[Helm], State],
    helm4: Helm,
    render_site: RenderSite,
    tmp_path: Path,
) -> None:
    folder = render_site("lab", tmp_path / "dist" / "lab")
    with start_cluster(campus_states(helm4)) as cluster:
        before = essence(cluster)

        done = apply_phase(cluster, min((folder / "manifests").glob("*/")))

        assert done.returncode != 0
        assert '"carrel-site" is invalid' in told(done)
        assert essence(cluster) == before


@pytest.fixture
def bundle(site: str, project_root: Path, tmp_path: Path, render_site: RenderSite) -> Path:
    """What this checkout renders for the site."""
    root = project_root
    if site in ONLY:
        few_tenants(project_root, tmp_path, site)
        root = tmp_path
    folder = render_site(site, tmp_path / "dist" / site, root=root)
    assert len([*folder.glob("tenants-*.yaml")]) == SHARDS[site]
    return folder


def few_tenants(project_root: Path, folder: Path, site: str) -> None:
    """The project, but a site in it has a few of its tenants."""
    for part in ("chart", "generator"):
        (folder / part).symlink_to(project_root / part)
    shutil.copytree(project_root / "values", folder / "values")
    file = folder / "values" / "sites" / site / "tenants.yaml"
    people = tenants_file(file)
    chosen = {name: people["tenants"][name] for name in ONLY[site]}
    file.write_text(json.dumps({**people, "tenants": chosen}))


def apply_phases(cluster: Cluster, bundle: Path, *, first: bool) -> None:
    """What README.md says to run where there is nothing but kubectl.

    It waits after each phase; where the definitions are there, there is nothing to wait for.
    """
    ready = ("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    for phase in sorted(path for path in (bundle / "manifests").iterdir() if path.is_dir()):
        succeeds(apply_phase(cluster, phase))
        if first:
            succeeds(cluster.run(cluster.kubectl, *ready))


def apply_phase(cluster: Cluster, phase: Path) -> Completed:
    ours = ("apply", "--server-side", "--field-manager=helm", "-k")
    return cluster.run(cluster.kubectl, *ours, phase)


def essence(cluster: Cluster) -> dict[str, Any]:
    """What must not change when another tool takes over: what is wanted, and which pods run."""
    cluster.settled()
    found: dict[str, Any] = {}
    for resource in ("deployments.apps", "pods", "resourcequotas", "profiles.kubeflow.org"):
        for body in cluster.api.list(resource):
            metadata = body["metadata"]
            key = f"{resource} {metadata.get('namespace')} {metadata['name']}"
            found[key] = [metadata["uid"], body.get("spec")]
    return found


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Where two trees differ, and what stands there."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted(before.keys() | after.keys())
        pairs = [(f"{path}/{key}", before.get(key), after.get(key)) for key in keys]
    elif isinstance(before, list) and isinstance(after, list):
        places = range(max(len(before), len(after)))
        before, after = ([*each, *[None] * (len(places) - len(each))] for each in (before, after))
        pairs = [(f"{path}/{place}", before[place], after[place]) for place in places]
    else:
        return [] if before == after else [f"{path}: {before} became {after}"]
    return [each for place, old, new in pairs for each in differences(old, new, place)]

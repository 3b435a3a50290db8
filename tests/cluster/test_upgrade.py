"""People go on working while the platform is upgraded from the last release."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import Install, StartCluster
from tests.cluster.homes import belongings, move_in
from tests.cluster.installation import FEW, Installation
from tests.cluster.stand_ins import notebooks, profiles
from tests.cluster.stand_ins.reconciler import Reconciler

from carrel.tools.helm import Helm

TENANT = "physics-lab"

RESTARTED = frozenset(
    {
        "dashboard",
        "jupyter-web-app-deployment",
        "notebook-controller-deployment",
        "profiles-deployment",
    }
)
"""The programs of the last release whose pods are others after the upgrade from it."""


@pytest.fixture
def new(start_cluster: StartCluster, install: Install, helm: Helm) -> Iterator[Installation]:
    """What is to be installed, in a cluster that has the last release."""
    with start_cluster(keep=True) as cluster:
        installation = install(cluster, helm).with_tenants(*FEW)
        _last_release(installation).everything()
    # Kubernetes needs half a minute to count and collect kinds that are not there from its start.
    with start_cluster(cluster.plane.folder) as cluster:
        yield replace(installation, cluster=cluster)


def test_an_upgrade_from_the_last_release_touches_nobodys_work(
    new: Installation, tmp_path: Path
) -> None:
    cluster = new.cluster
    with Reconciler(cluster.api, [profiles.controller(), *notebooks.CONTROLLERS]) as running:
        move_in(cluster, TENANT)
        cluster.settled()
        before = belongings(cluster.api, TENANT)
        pods = _pods(cluster)

        new.everything()

        cluster.settled()
        assert belongings(cluster.api, TENANT) == before
        assert running.faults == []
    after = _pods(cluster)
    assert {program for program, _ in pods - after} == RESTARTED
    # Whatever is new in the chart is there too.
    assert len({program for program, _ in after}) == 7

    # Another version of the same chart restarts nothing.
    _with_chart(new, _as_next_version(new.root, tmp_path)).everything()
    cluster.settled()
    assert _chart(cluster) == "carrel-99.0.0"
    assert _pods(cluster) == after


def _last_release(installation: Installation) -> Installation:
    """The packaged chart with the values of its time."""
    releases = installation.root / "tests" / "fixtures" / "releases"
    (package,) = releases.glob("carrel-*.tgz")
    return _with_chart(installation, package, releases)


def _with_chart(installation: Installation, chart: Path, root: Path | None = None) -> Installation:
    return replace(installation, chart=chart, root=root or installation.root)


def _as_next_version(root: Path, folder: Path) -> Path:
    chart = folder / "chart"
    shutil.copytree(root / "chart", chart)
    description = chart / "Chart.yaml"
    lines = description.read_text().splitlines()
    changed = ["version: 99.0.0" if line.startswith("version:") else line for line in lines]
    description.write_text("\n".join(changed) + "\n")
    return chart


def _chart(cluster: Cluster) -> str:
    return str(cluster.api.get("namespaces", TENANT)["metadata"]["labels"]["helm.sh/chart"])


def _pods(cluster: Cluster) -> set[tuple[str, str]]:
    """Program and UID of each of the platform's pods."""
    return {
        (each["metadata"]["generateName"].rsplit("-", 2)[0], each["metadata"]["uid"])
        for each in cluster.api.list("pods", "kubeflow")
    }

"""Clusters for tests: real API servers on loopback, which end with the tests."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from tests.cluster import prerequisites
from tests.cluster.api import Body
from tests.cluster.cluster import Cluster
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import Installation
from tests.cluster.programs import MINORS, programs
from tests.cluster.service_network import ServiceNetwork
from tests.cluster.stand_ins import cainjector, poddefaults
from tests.cluster.stand_ins.reconciler import Reconciler

from carrel.tools.helm import Helm

StartCluster = Callable[[], AbstractContextManager[Cluster]]
Install = Callable[..., Installation]


@pytest.fixture(scope="session")
def kubernetes() -> str:
    """The minor version of Kubernetes that the tests run on: `make test-cluster K8S=1.33`."""
    minor = os.environ.get("K8S") or MINORS[0]
    assert minor in MINORS, f"K8S={minor}: there are {', '.join(MINORS)}"
    return minor


@pytest.fixture(scope="session")
def control_plane_programs(project_root: Path, kubernetes: str) -> dict[str, Path]:
    """The programs of the control plane, and kubectl."""
    return programs(project_root, kubernetes)


@pytest.fixture(scope="session")
def prerequisite_definitions(project_root: Path) -> list[Body]:
    """The custom resource definitions of Istio and cert-manager."""
    return prerequisites.definitions(project_root)


@pytest.fixture(scope="session")
def start_cluster(
    request: pytest.FixtureRequest,
    control_plane_programs: dict[str, Path],
    prerequisite_definitions: list[Body],
    tmp_path_factory: pytest.TempPathFactory,
) -> StartCluster:
    """Starts a cluster that has nothing in it but the prerequisites.

    Its logs stay when a test has failed in the meantime.
    """

    @contextmanager
    def start() -> Iterator[Cluster]:
        folder = tmp_path_factory.mktemp("cluster")
        failed = request.session.testsfailed
        plane = ControlPlane.start(folder / "data", control_plane_programs)
        try:
            prerequisites.install(plane, prerequisite_definitions)
            with _answering(plane):
                yield Cluster(plane, control_plane_programs["kubectl"])
        finally:
            plane.stop()
            shutil.rmtree(plane.folder / "etcd")
            if request.session.testsfailed == failed:
                shutil.rmtree(folder)
            else:
                print(f"\nlogs of the cluster: {plane.folder}")

    return start


@contextmanager
def _answering(plane: ControlPlane) -> Iterator[None]:
    """The PodDefault webhook answers: without it, no pod of a tenant is let in."""
    authority = plane.authority.files.certificate.read_bytes()
    with (
        poddefaults.Webhook(plane.api, plane.authority) as webhook,
        ServiceNetwork(plane.api, plane.folder, {poddefaults.SERVICE: webhook.port}),
        Reconciler(plane.api, cainjector.controllers(authority)),
    ):
        yield


@pytest.fixture(scope="session")
def cluster(start_cluster: StartCluster) -> Iterator[Cluster]:
    """One cluster for all tests that leave no trace, or only in namespaces of their own."""
    with start_cluster() as started:
        yield started


@pytest.fixture
def fresh_cluster(start_cluster: StartCluster) -> Iterator[Cluster]:
    """A cluster of the test's own."""
    with start_cluster() as started:
        yield started


@pytest.fixture(scope="session", params=["helm3", "helm4"])
def helm(request: pytest.FixtureRequest) -> Helm:
    """The newest Helm of each major version in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Helm)
    return found


@pytest.fixture(scope="session")
def install(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Says what would be installed: a cluster, a Helm and a site, see `Installation`."""

    def install(cluster: Cluster, helm: Helm, site: str = "campus") -> Installation:
        folder = tmp_path_factory.mktemp("values")
        return Installation(cluster, helm, project_root, site, folder)

    return install

"""Clusters for tests: real API servers on loopback, which end with the tests."""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from tests.cluster import prerequisites
from tests.cluster.api import Body
from tests.cluster.cluster import Cluster
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import FEW, SHARDS, Installation
from tests.cluster.programs import MINORS, programs
from tests.cluster.service_network import ServiceNetwork
from tests.cluster.stand_ins import cainjector, poddefaults
from tests.cluster.stand_ins.reconciler import Reconciler
from xdist.scheduler import LoadScopeScheduling

from carrel.tools.helm import Helm

_SHARED = frozenset({"helm3", "helm4", *SHARDS})
"""Parameters of which each has clusters of its own."""

_LONGEST = (
    *("test_doctor", "test_install", "test_kubectl", "test_repetition"),
    *("test_value_changes", "test_upgrade", "test_rollback", "test_uninstall"),
)
"""Files that come first, so that the short ones fill what time is left to one of the processes."""

StartCluster = Callable[..., AbstractContextManager[Cluster]]
Install = Callable[..., Installation]
State = Path
"""The folder of a control plane that has been stopped, whose objects others start with."""


class _SharedClusters(LoadScopeScheduling):  # type: ignore[misc]  # It has no types.
    """Gives the tests that share a cluster to one of the processes, one after the other."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        parameters = re.split(r"[\[\]-]", test)[1:]
        return " ".join([file, *(each for each in parameters if each in _SHARED)])


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Make as many clusters at a time as there are processes.

    One process more than cores makes use of the time in which the others wait for controllers.
    """
    # Its own order is by the number of tests, of which the longest have clusters for themselves.
    config.option.loadscopereorder = False
    return _SharedClusters(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first."""
    items.sort(key=lambda item: (*_LONGEST, item.path.stem).index(item.path.stem))


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
def prepared(
    control_plane_programs: dict[str, Path],
    prerequisite_definitions: list[Body],
    tmp_path_factory: pytest.TempPathFactory,
) -> State:
    """A cluster that has nothing in it but the prerequisites."""

    def make() -> State:
        folder = tmp_path_factory.mktemp("prepared") / "data"
        plane = ControlPlane.start(folder, control_plane_programs)
        try:
            prerequisites.install(plane, prerequisite_definitions)
        finally:
            plane.stop()
        return plane.folder

    return made_once(tmp_path_factory, "prepared", make)


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[], State]
) -> State:
    """What one of pytest's processes makes for all of them."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / f"{name}.path").open("a+") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.seek(0)
        known = note.read()
        if not known:
            known = str(make())
            note.write(known)
    return Path(known)


@pytest.fixture(scope="session")
def start_cluster(
    request: pytest.FixtureRequest,
    control_plane_programs: dict[str, Path],
    prepared: State,
    tmp_path_factory: pytest.TempPathFactory,
) -> StartCluster:
    """Starts a cluster, by default one that has nothing in it but the prerequisites.

    Its logs stay when a test has failed in the meantime, its state when somebody wants it.
    """

    @contextmanager
    def start(state: State = prepared, *, keep: bool = False) -> Iterator[Cluster]:
        folder = tmp_path_factory.mktemp("cluster")
        failed = request.session.testsfailed
        plane = ControlPlane.start(folder / "data", control_plane_programs, like=state)
        try:
            with _answering(plane):
                yield Cluster(plane, control_plane_programs["kubectl"])
        finally:
            plane.stop()
            if request.session.testsfailed != failed:
                print(f"\nlogs of the cluster: {plane.folder}")
            elif not keep:
                shutil.rmtree(folder)

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
        # Tests of something else save the time.
        return Installation(cluster, helm, project_root, site, folder, validates=False)

    return install


@pytest.fixture(scope="session")
def campus_states(
    start_cluster: StartCluster, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Helm], State]:
    """Clusters in which a Helm has installed campus' platform and shard 0, with few tenants."""

    def make(helm: Helm) -> State:
        with start_cluster(keep=True) as cluster:
            install(cluster, helm).with_tenants(*FEW).everything()
            cluster.settled()
        return cluster.plane.folder

    def state(helm: Helm) -> State:
        name = f"campus-{helm.path.name}"
        return made_once(tmp_path_factory, name, lambda: make(helm))

    return state


@pytest.fixture(scope="module")
def campus(
    start_cluster: StartCluster,
    install: Install,
    campus_states: Callable[[Helm], State],
    helm: Helm,
) -> Iterator[Installation]:
    """Campus with few tenants, installed by each Helm in turn.

    The tests of a file share it, and leave it so that the next can go on with it.
    """
    with start_cluster(campus_states(helm)) as cluster:
        yield install(cluster, helm).with_tenants(*FEW)


@pytest.fixture
def project(project_root: Path, tmp_path: Path) -> Path:
    """A project with one site, named probe, for `carrel doctor`."""
    site = tmp_path / "values/sites/probe"
    site.mkdir(parents=True)
    for name in ("chart", "generator", ".tools", "values/platforms"):
        (tmp_path / name).symlink_to(project_root / name)
    shutil.copy(project_root / "tests/cluster/doctor/site.yaml", site)
    return tmp_path

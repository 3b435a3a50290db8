"""`carrel doctor` finds what is wrong with a real cluster, and nothing in one that is ready.

Each code of the area "cluster" has a fixture in tests/fixtures/findings/, and more are in
tests/cluster/doctor/more/ where a code has several reasons: values over the probe
site of tests/cluster/doctor/, objects in `cluster.yaml` that are applied to a cluster which is
ready, and in comments what else is done to it: `# remove:` and `# delete:` an object (the second
stays, held by its finalizer), `# wait:` until a quota has counted, `# as:` another user.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.api import Api, Body
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import Install, StartCluster
from tests.cluster.test_kubectl import apply_phases

from carrel import cli
from carrel.build.errors_docs import EXAMPLES
from carrel.codes import CODES
from carrel.tools.helm import Helm
from carrel.yamlio.reader import read_objects

Doctor = Callable[..., tuple[int, list[str], str]]

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).resolve().parent / "doctor"
FIXTURES = [
    *sorted(path for path in (ROOT / EXAMPLES).iterdir() if CODES[path.name[:4]].area == "cluster"),
    *sorted((OWN / "more").iterdir()),
]
MANAGER = "fixture"
FINDING = re.compile(r"(?:^|: )(?:error|warning)\[[EW]\d{3}\] ")
DIRECTIVE = re.compile(r"^# (expect|remove|delete|wait|as): (.*)$", re.MULTILINE)


def bodies(file: Path) -> list[Body]:
    """The objects in a file, none if it does not exist."""
    found = read_objects(file.read_text()) if file.exists() else []
    return [body for body in found if isinstance(body, dict)]


@dataclass(frozen=True)
class Fixture:
    """What is done to a cluster that is ready, and what doctor is to say of it."""

    path: Path

    @property
    def objects(self) -> list[Body]:
        return bodies(self.path / "cluster.yaml")

    def said(self, directive: str) -> list[str]:
        texts = [file.read_text() for file in sorted(self.path.rglob("*.yaml"))]
        return [
            what for text in texts for name, what in DIRECTIVE.findall(text) if name == directive
        ]


@pytest.fixture(scope="module")
def ready(start_cluster: StartCluster) -> Iterator[Cluster]:
    """A cluster that is ready for a site."""
    with start_cluster() as cluster:
        make_ready(cluster)
        yield cluster


def make_ready(cluster: Cluster) -> None:
    """Bring a cluster into the state of ready.yaml."""
    cluster.apply(bodies(OWN / "ready.yaml"))
    deployments = [body for body in bodies(OWN / "ready.yaml") if body["kind"] == "Deployment"]
    for body in deployments:
        metadata = body["metadata"]
        place = ("deployments.apps", metadata["name"], metadata["namespace"])
        cluster.until(partial(_is_rolled_out, cluster.api, *place), seconds=120)


def _is_rolled_out(api: Api, resource: str, name: str, namespace: str) -> bool:
    deployment = api.get(resource, name, namespace)
    status = deployment.get("status", {})
    return bool(
        status.get("observedGeneration") == deployment["metadata"]["generation"]
        and status.get("availableReplicas") == status.get("replicas") == 1
        and status.get("updatedReplicas") == 1
    )


@pytest.fixture
def doctor(project: Path, kubernetes: str, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Runs the command against a cluster: exit code, findings and all else that was said."""

    def run(cluster: Cluster, *options: str, user: str = "") -> tuple[int, list[str], str]:
        kubeconfig = cluster.plane.kubeconfig
        if user:
            content = json.loads(kubeconfig.read_text())
            content["users"][0]["user"]["as"] = user
            kubeconfig = project / "kubeconfig"
            kubeconfig.write_text(json.dumps(content))
        code = cli.main(
            [
                *("-C", str(project), "doctor", "probe", "--color", "never"),
                *("--kubeconfig", str(kubeconfig), "--kubectl", str(cluster.kubectl)),
                *(options or ("--set", f"kubernetes.version={kubernetes}")),
            ]
        )
        said = capsys.readouterr()
        lines = f"{said.out}\n{said.err}".splitlines()
        return code, [line for line in lines if FINDING.search(line)], said.err

    return run


@pytest.fixture
def changed_by(ready: Cluster) -> Iterator[Callable[[Fixture], Cluster]]:
    """Does to the cluster what a fixture says, and brings it back afterwards."""
    done: list[Fixture] = []

    def change(fixture: Fixture) -> Cluster:
        done.append(fixture)
        for body in fixture.objects:
            ready.api.apply(body, MANAGER, force="true")
        for place in fixture.said("remove"):
            _delete(ready.api, place)
        for place in fixture.said("delete"):
            resource, name = place.split()
            ready.api.delete(resource, name)
        for place in fixture.said("wait"):
            resource, namespace, name = place.split()
            ready.until(partial(_has_counted, ready.api, resource, name, namespace))
        ready.settled()
        return ready

    yield change
    # First own again what a fixture has taken, so that nothing is left without a value.
    ready.apply(bodies(OWN / "ready.yaml"))
    for fixture in done:
        _undo(ready, fixture)
    make_ready(ready)


def _has_counted(api: Api, resource: str, name: str, namespace: str) -> bool:
    used = api.get(resource, name, namespace).get("status", {}).get("used", {})
    return bool(used.get("persistentvolumeclaims") == "2")


def _delete(api: Api, place: str) -> None:
    resource, namespace, name = place.split()
    api.delete(resource, name, namespace)
    if resource == "deployments.apps":
        for pod in api.list("pods", namespace):
            if pod["metadata"]["name"].startswith(name):
                api.delete("pods", pod["metadata"]["name"], namespace)


def _undo(cluster: Cluster, fixture: Fixture) -> None:
    api = cluster.api
    kept = {(body["kind"], body["metadata"]["name"]) for body in bodies(OWN / "ready.yaml")}
    for body in reversed(fixture.objects):
        metadata = body["metadata"]
        if (body["kind"], metadata["name"]) in kept:
            place = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
            empty = {key: body[key] for key in ("apiVersion", "kind")} | {"metadata": place}
            api.apply(empty, MANAGER, force="true")
            continue
        resource = api.resource_of(body).name
        namespace = metadata.get("namespace", "")
        if metadata.get("finalizers"):
            api.patch(resource, metadata["name"], namespace, {"metadata": {"finalizers": None}})
        if api.find(resource, metadata["name"], namespace):
            api.delete(resource, metadata["name"], namespace)
        cluster.until(partial(_is_gone, api, resource, metadata["name"], namespace), seconds=120)


def _is_gone(api: Api, resource: str, name: str, namespace: str) -> bool:
    return api.find(resource, name, namespace) is None


def expected(line: str, minor: str) -> "re.Pattern[str]":
    """What a line of a fixture stands for: any ending for …, and the cluster's own version."""
    line = line.replace("Kubernetes 1.36", f"Kubernetes {minor}").replace('"1.36"', f'"{minor}"')
    return re.compile(re.escape(line).replace("…", "[a-z0-9-]+"))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_a_fixture_yields_what_it_says_and_nothing_else(
    path: Path,
    project: Path,
    kubernetes: str,
    doctor: Doctor,
    changed_by: Callable[[Fixture], Cluster],
) -> None:
    fixture = Fixture(path)
    own = path / "values"
    if own.exists():
        shutil.copytree(own, project / "values", dirs_exist_ok=True)
    cluster = changed_by(fixture)
    as_written = ("--set", "shards.count=1") if path.name.startswith("E501") else ()

    code, found, said = doctor(cluster, *as_written, user="".join(fixture.said("as")))

    lines = fixture.said("expect")
    assert len(found) == len(lines), found
    for line in lines:
        assert any(expected(line, kubernetes).fullmatch(each) for each in found), found
    assert code == (1 if any("error[" in line for line in lines) else 0)
    assert ("the cluster is ready for site probe" in said) == (code == 0)


def test_a_cluster_that_is_ready_is_said_to_be_so_and_left_as_it_is(
    ready: Cluster, doctor: Doctor
) -> None:
    before = ready.settled()
    log = ready.plane.folder / "audit.log"
    written = len(log.read_text().splitlines())

    code, found, said = doctor(ready)

    assert (code, found) == (0, [])
    assert "the cluster is ready for site probe" in said
    assert ready.settled() == before
    own: list[Any] = [json.loads(line) for line in log.read_text().splitlines()[written:]]
    by_kubectl = [each for each in own if each["userAgent"].startswith("kubectl")]
    assert {each["objectRef"]["resource"] for each in by_kubectl} == {"selfsubjectaccessreviews"}


def test_an_installed_site_is_still_fine(
    start_cluster: StartCluster,
    install: Install,
    helm4: Helm,
    project: Path,
    doctor: Doctor,
) -> None:
    """What is the site's own is no leftover, and tenants within their quota are not over it."""
    shutil.copytree(ROOT / "values/sites/lab", project / "values/sites/probe", dirs_exist_ok=True)
    site = project / "values/sites/probe/site.yaml"
    site.write_text(site.read_text().replace("name: lab", "name: probe"))
    with start_cluster() as cluster:
        make_ready(cluster)
        install(cluster, helm4, "lab").having({"site": {"name": "probe"}}).everything()

        code, found, _ = doctor(cluster)

    assert code == 0
    assert {line.split("[")[1][:4] for line in found} == {"W202", "W203"}


def test_what_kubectl_has_applied_is_no_leftover(
    start_cluster: StartCluster, project: Path, doctor: Doctor
) -> None:
    """Not even definitions, which have no label of the chart, and objects of the site's own."""
    note = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"read": "me"}}
    own = {"note": {**note, "metadata": {"name": "note", "namespace": "kubeflow"}}}
    shutil.copytree(ROOT / "values/sites/lab", project / "values/sites/probe", dirs_exist_ok=True)
    site = project / "values/sites/probe/site.yaml"
    text = site.read_text().replace("name: lab", "name: probe")
    site.write_text(f"{text}\nextraObjects: {json.dumps(own)}\n")
    with start_cluster() as cluster:
        make_ready(cluster)
        rendered = cli.main(["-C", str(project), "render", "probe"])
        apply_phases(cluster, project / "dist/probe", first=True)

        code, found, _ = doctor(cluster)

    assert (rendered, code) == (0, 0)
    said = [line.split("[")[1][:4] for line in found]
    assert set(said) == {"W202", "W203", "W530"}
    assert said.count("W530") == 1

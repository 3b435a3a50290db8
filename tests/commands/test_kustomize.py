"""`kubectl apply -k`, which is kustomize inside, sends what was rendered, in a working order."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import RenderSite

from carrel.k8s.objects import Identity
from carrel.yamlio.reader import read_objects

SITES = ("lab", "campus", "vault")
Build = Callable[[Path], list[Any]]


@pytest.fixture(scope="module", params=SITES)
def bundle(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    render_site: RenderSite,
) -> Path:
    """What this checkout renders for each site in turn. Not to be changed."""
    site = str(request.param)
    return render_site(site, tmp_path_factory.mktemp("dist") / site)


@pytest.fixture(scope="module")
def kustomize(tool: Callable[[str], Path]) -> Build:
    """The objects that `kustomize build` prints for a folder, in order; built once a folder."""
    program = tool("kustomize")

    @cache
    def build(folder: Path) -> list[Any]:
        done = subprocess.run(
            [program, "build", folder], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        return read_objects(done.stdout)

    return build


def phases(bundle: Path) -> list[Path]:
    """The folders in the order in which a shell's `manifests/*/` names them."""
    return sorted(path for path in (bundle / "manifests").iterdir() if path.is_dir())


def written(phase: Path) -> list[Any]:
    """The objects in all files of a phase, in order."""
    files = sorted(path for path in phase.iterdir() if path.name != "kustomization.yaml")
    return [body for file in files for body in read_objects(file.read_text())]


def identity(body: Any) -> Identity:
    metadata = body["metadata"]
    group = body["apiVersion"].rpartition("/")[0]
    return Identity(group, body["kind"], metadata.get("namespace", ""), metadata["name"])


def test_each_phase_sends_its_objects_unchanged_and_in_order(
    bundle: Path, kustomize: Build
) -> None:
    assert phases(bundle)
    for phase in phases(bundle):
        assert kustomize(phase) == written(phase), phase.name


def test_the_root_sends_the_phases_one_after_the_other(bundle: Path, kustomize: Build) -> None:
    found = kustomize(bundle / "manifests")

    assert found == [body for phase in phases(bundle) for body in written(phase)]


def test_nothing_is_sent_that_is_not_in_the_list_of_objects(bundle: Path, kustomize: Build) -> None:
    found = [str(identity(body)) for body in kustomize(bundle / "manifests")]

    assert sorted(found) == (bundle / "objects.txt").read_text().splitlines()


def test_custom_resource_definitions_are_those_of_the_chart(
    project_root: Path, bundle: Path, kustomize: Build
) -> None:
    files = sorted((project_root / "chart/charts/crds/files").glob("*.yaml"))
    expected = [body for file in files for body in read_objects(file.read_text())]

    found = kustomize(bundle / "manifests" / "10-crds")

    assert len(expected) == len(files) > 0
    assert found == expected


def test_each_object_comes_after_what_it_needs(bundle: Path, kustomize: Build) -> None:
    """Its namespace, and for one of our own kinds its definition; a Profile after its namespace.

    The controller adopts the namespace that it finds; where there is none, it makes one that goes
    with the Profile, and the data with it.
    """
    bodies = kustomize(bundle / "manifests")
    place = {identity(body): index for index, body in enumerate(bodies)}
    needs = [(body, need) for body in bodies for need in needed(body, bodies) if need in place]

    late = [(identity(body), need) for body, need in needs if place[need] > place[identity(body)]]

    assert {need.kind for _, need in needs} == {"Namespace", "CustomResourceDefinition"}
    assert {body["kind"] for body, _ in needs} >= {"Profile", "Deployment", "RoleBinding"}
    assert late == []


def needed(body: Any, bodies: list[Any]) -> list[Identity]:
    """What has to be in the cluster before an object, whoever makes it."""
    own = identity(body)
    namespace = own.name if own.kind == "Profile" else own.namespace
    definitions = [
        identity(each)
        for each in bodies
        if each["kind"] == "CustomResourceDefinition"
        and (each["spec"]["group"], each["spec"]["names"]["kind"]) == (own.group, own.kind)
    ]
    return [Identity("", "Namespace", "", namespace), *definitions]

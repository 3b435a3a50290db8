"""`carrel render` writes a folder that installs a site, and says so."""

import json
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.conftest import RenderSite

from carrel.k8s import objects
from carrel.k8s.objects import RenderedObject
from carrel.tools.helm import Helm
from carrel.yamlio import reader

Carrel = Callable[..., subprocess.CompletedProcess[str]]
SITES = ("lab", "campus", "vault")


@pytest.fixture(scope="module", params=SITES)
def bundle(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    render_site: RenderSite,
) -> Path:
    """What this checkout renders for each site in turn. Not to be changed."""
    site = str(request.param)
    return render_site(site, tmp_path_factory.mktemp("dist") / site)


def installed(helm: Helm, project: Path, bundle: Path, values: str) -> tuple[RenderedObject, ...]:
    """What the command at the top of a values file installs, by plain Helm."""
    found = re.search(r"helm upgrade --install (\S+) chart --namespace (\S+)", values)
    file = re.search(r"--values dist/\S+/(\S+)", values)
    assert found
    assert file
    output = helm.template(
        project / "chart",
        release=found[1],
        namespace=found[2],
        values=[bundle / file[1]],
        kube_version="1.35.0",
    )
    read, diagnostics = objects.read(output, found[1])
    assert not diagnostics
    return read


def manifests(bundle: Path, kustomization: Path) -> Iterable[Path]:
    """The files that a kustomization leads to, in its order."""
    (document,) = reader.read_objects((kustomization / "kustomization.yaml").read_text())
    assert isinstance(document, dict)
    for resource in document["resources"]:
        path = kustomization / resource
        if path.is_dir():
            yield from manifests(bundle, path)
        else:
            yield path


def bodies(paths: Iterable[Path]) -> list[object]:
    """The objects in files."""
    return [body for path in paths for body in reader.read_objects(path.read_text())]


def test_each_values_file_alone_installs_its_release(
    project_root: Path, bundle: Path, helm4: Helm
) -> None:
    files = [bundle / "values.yaml", *sorted(bundle.glob("tenants-*.yaml"))]

    found = {
        str(rendered.identity)
        for file in files
        for rendered in installed(helm4, project_root, bundle, file.read_text())
    }

    assert len(files) > 1
    assert found == set((bundle / "objects.txt").read_text().splitlines())


def test_the_manifests_hold_every_object_of_the_releases_unchanged(
    project_root: Path, bundle: Path, helm4: Helm
) -> None:
    files = [bundle / "values.yaml", *sorted(bundle.glob("tenants-*.yaml"))]
    expected = [
        reader.read_objects(rendered.text)[0]
        for file in files
        for rendered in installed(helm4, project_root, bundle, file.read_text())
    ]

    found = bodies(manifests(bundle, bundle / "manifests"))

    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_every_manifest_is_reached_from_the_root(bundle: Path) -> None:
    reached = {*manifests(bundle, bundle / "manifests")}
    files = {
        path for path in (bundle / "manifests").rglob("*.yaml") if path.name != "kustomization.yaml"
    }

    assert reached == files


def test_phases_are_applied_in_their_order(bundle: Path) -> None:
    phases = [path.parent.name for path in manifests(bundle, bundle / "manifests")]

    assert phases == sorted(phases)
    assert phases[0] == "00-namespaces"
    assert phases[-1] == "80-tenants"


def test_the_lists_are_sorted_and_without_repetition(bundle: Path) -> None:
    for name in ("objects.txt", "images.txt"):
        lines = (bundle / name).read_text().splitlines()
        assert lines == sorted(set(lines))
        assert lines


def test_no_person_is_in_the_platforms_values(project_root: Path, bundle: Path) -> None:
    tenants = project_root / "values" / "sites" / bundle.name / "tenants.yaml"
    people = set(re.findall(r"[\w.+-]+@[\w.-]+", tenants.read_text()))
    site = (project_root / "values" / "sites" / bundle.name / "site.yaml").read_text()

    platform = (bundle / "values.yaml").read_text()

    assert people
    assert not [person for person in people if person in platform and person not in site]


def test_sha256sum_agrees(bundle: Path) -> None:
    done = subprocess.run(
        ["/usr/bin/env", "sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"],
        cwd=bundle,
        capture_output=True,
        text=True,
        check=False,
    )
    listed = (bundle / "SHA256SUMS").read_text().splitlines()

    assert (done.returncode, done.stdout) == (0, "")
    assert len(listed) == sum(path.is_file() for path in bundle.rglob("*")) - 1


def test_a_hidden_notebook_image_stays_in_the_list(carrel: Carrel) -> None:
    hidden = carrel("images", "lab", "--set", "notebooks.images.rstudio-tidyverse.state=hidden")
    gone = carrel("images", "lab", "--set", "notebooks.images.rstudio-tidyverse.state=off")

    assert "rstudio-tidyverse" in hidden.stdout
    assert "rstudio-tidyverse" not in gone.stdout


def test_the_required_secrets_say_how_to_make_them(project: Path, carrel: Carrel) -> None:
    carrel("render", "vault")

    found = json.loads((project / "dist/vault/secrets.required.json").read_text())

    assert {(entry["type"], entry["namespace"]) for entry in found} == {
        ("kubernetes.io/dockerconfigjson", "kubeflow"),
        ("kubernetes.io/dockerconfigjson", "oauth2-proxy"),
        ("Opaque", "oauth2-proxy"),
        ("kubernetes.io/tls", "istio-system"),
        # Notebooks pull too, those of an archived tenant included.
        *(
            ("kubernetes.io/dockerconfigjson", tenant)
            for tenant in ("rates", "fx", "model-validation", "fraud-2025")
        ),
    }
    assert all("kubectl create secret " in entry["command"] for entry in found)


def test_another_folder_may_be_chosen(project: Path, carrel: Carrel, tmp_path: Path) -> None:
    from_here = carrel("render", "lab", "-o", "here/lab")
    absolute = carrel("render", "lab", "-o", tmp_path / "there")
    elsewhere = carrel("-C", project, "render", "lab", "-o", "from-dir", folder=tmp_path)

    assert (from_here.returncode, absolute.returncode, elsewhere.returncode) == (0, 0, 0)
    assert "here/lab: " in from_here.stderr
    for folder in (project / "here/lab", tmp_path / "there", project / "from-dir"):
        assert (folder / "values.yaml").exists()


def test_the_project_is_found_from_below(project: Path, carrel: Carrel) -> None:
    done = carrel("validate", "lab", folder=project / "values" / "sites")

    assert done.returncode == 0, done.stderr


def test_a_value_of_the_command_line_wins(project: Path, carrel: Carrel) -> None:
    done = carrel("render", "lab", "--set", "components.dashboard.replicas=3")

    assert done.returncode == 0, done.stderr
    assert "replicas: 3" in (project / "dist/lab/values.yaml").read_text()
    assert (
        "replicas: 3" in (project / "dist/lab/manifests/50-controllers/dashboard.yaml").read_text()
    )


def test_objects_of_the_users_own_are_rendered(project: Path, carrel: Carrel) -> None:
    site = project / "values/sites/lab/site.yaml"
    site.write_text(
        site.read_text() + "extraObjects:\n"
        "  welcome:\n"
        "    apiVersion: v1\n"
        "    kind: ConfigMap\n"
        "    metadata: {name: welcome, namespace: kubeflow}\n"
        "    data: {text: '{{ not a template }}'}\n"
        "  unknown:\n"
        "    apiVersion: example.com/v1\n"
        "    kind: Anything\n"
        "    metadata: {name: any}\n"
    )

    done = carrel("render", "lab")

    assert done.returncode == 0, done.stderr
    assert "warning[W402] extraObjects.unknown: no schema is known" in done.stderr
    config = (project / "dist/lab/manifests/30-config/extra-objects.yaml").read_text()
    assert "{{ not a template }}" in config
    assert (project / "dist/lab/manifests/90-extra/extra-objects.yaml").exists()


def test_a_namespace_of_somebody_else_is_not_made(project: Path, carrel: Carrel) -> None:
    done = carrel("render", "lab", "--set", "namespaces.kubeflow.create=false")

    assert done.returncode == 0, done.stderr
    listed = (project / "dist/lab/objects.txt").read_text()
    assert "core/Namespace/-/kubeflow\n" not in listed
    assert (
        "Namespace kubeflow has to be in the cluster with the labels control-plane=kubeflow, "
        "istio-injection=enabled, pod-security.kubernetes.io/enforce=restricted "
        "(namespaces.kubeflow.create)\n"
    ) in done.stderr
    assert "apps/Deployment/kubeflow/dashboard\n" in listed

"""`dist/<site>/gitops/` is what Argo CD and Flux can be given, and applies what was rendered."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.conftest import RenderSite

from carrel.k8s.objects import Identity
from carrel.k8s.structural_schema import closed, expanded
from carrel.yamlio import reader

Carrel = Callable[..., subprocess.CompletedProcess[str]]
Bundle = Callable[..., Path]

REPOSITORY = (
    "gitops.repository=https://git.example.com/clusters.git",
    "gitops.path=clusters/vault",
    "gitops.branch=release",
    "gitops.existingSecret=clusters-login",
)
KEEP = ("helm.sh/resource-policy", "keep")
NEVER_REMOVED = {
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
}

AUTHORITY = """\
certificates:
  mode: existing
  caBundle: |
    -----BEGIN CERTIFICATE-----
    MIIB
    -----END CERTIFICATE-----
"""


@pytest.fixture
def bundle(project: Path, carrel: Carrel) -> Bundle:
    """Renders vault with values of the command line, and gives its folder."""

    def bundle(*sets: str) -> Path:
        options = [option for each in sets for option in ("--set", each)]
        done = carrel("render", "vault", *options)
        assert done.returncode == 0, done.stderr
        return project / "dist" / "vault"

    return bundle


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, render_site: RenderSite) -> Path:
    """Vault in a repository. Not to be changed."""
    return render_site("vault", tmp_path_factory.mktemp("dist") / "vault", *REPOSITORY)


@pytest.fixture(scope="module")
def schemas(project_root: Path) -> Mapping[str, Any]:
    """The definitions of the tools' kinds: API version and kind → JSON Schema, closed."""
    found = {}
    for file in sorted((project_root / "tests/fixtures/gitops").glob("*.json")):
        definition = json.loads(file.read_text())
        spec, definitions = definition["spec"], definition["definitions"]
        for version in spec["versions"]:
            schema = expanded(version["schema"]["openAPIV3Schema"], definitions)
            # The server knows what is in metadata; the definition does not say it.
            schema["properties"]["metadata"]["x-kubernetes-preserve-unknown-fields"] = True
            kind = f"{spec['group']}/{version['name']}/{spec['names']['kind']}"
            found[kind] = closed(schema, definitions)
    return found


def documents(bundle: Path, file: str) -> list[Any]:
    return [each for each in reader.read_objects((bundle / "gitops" / file).read_text()) if each]


def faults(schemas: Mapping[str, Any], body: Any) -> list[str]:
    schema = schemas[f"{body['apiVersion']}/{body['kind']}"]
    return [each.message for each in jsonschema.Draft4Validator(schema).iter_errors(body)]


def identity(body: Any) -> Identity:
    metadata = body["metadata"]
    group, slash, _ = body["apiVersion"].rpartition("/")
    return Identity(
        group if slash else "", body["kind"], metadata.get("namespace", ""), metadata["name"]
    )


def built(tool: Path, folder: Path) -> list[Any]:
    """The objects that a folder comes to, as both tools build it."""
    done = subprocess.run(
        [tool, "build", folder], capture_output=True, text=True, check=False, env={}
    )
    assert done.returncode == 0, done.stderr
    return [each for each in reader.read_objects(done.stdout) if each]


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("argocd.yaml", ["Application", "Application"]),
        ("flux.yaml", ["GitRepository", "Kustomization", "Kustomization"]),
    ],
)
def test_the_tools_accept_what_is_written(
    folder: Path, schemas: Mapping[str, Any], file: str, kinds: list[str]
) -> None:
    found = documents(folder, file)

    assert [each["kind"] for each in found] == kinds
    assert [fault for each in found for fault in faults(schemas, each)] == []
    for each in found:
        assert faults(schemas, {**each, "spec": {**each["spec"], "intervall": "5m"}})
        assert faults(schemas, {**each, "spec": {}})


def test_both_tools_find_the_two_folders(folder: Path) -> None:
    platform, tenants = (each["spec"] for each in documents(folder, "argocd.yaml"))
    source, first, second = (each["spec"] for each in documents(folder, "flux.yaml"))

    for spec, path in ((platform, "platform"), (tenants, "tenants")):
        assert spec["source"] == {
            "repoURL": "https://git.example.com/clusters.git",
            "targetRevision": "release",
            "path": f"clusters/vault/gitops/{path}",
        }
        assert (folder / "gitops" / path / "kustomization.yaml").is_file()
    assert source["url"] == "https://git.example.com/clusters.git"
    assert source["ref"] == {"branch": "release"}
    assert source["secretRef"] == {"name": "clusters-login"}
    assert [each["path"].removeprefix("./") for each in (first, second)] == [
        spec["source"]["path"] for spec in (platform, tenants)
    ]


def test_a_folder_at_the_root_of_the_repository(bundle: Bundle) -> None:
    folder = bundle(REPOSITORY[0])

    platform, _ = documents(folder, "argocd.yaml")
    source, first, _ = documents(folder, "flux.yaml")

    assert platform["spec"]["source"]["path"] == "gitops/platform"
    assert first["spec"]["path"] == "./gitops/platform"
    assert "secretRef" not in source["spec"]


def test_tenants_come_after_the_kinds_that_they_need(folder: Path) -> None:
    applications = documents(folder, "argocd.yaml")
    _, first, second = documents(folder, "flux.yaml")

    waves = [
        int(each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        for each in applications
    ]

    assert waves == [0, 1]
    assert all(each["spec"]["syncPolicy"]["retry"]["limit"] > 1 for each in applications)
    assert first["spec"]["wait"] is True
    assert second["spec"]["dependsOn"] == [{"name": first["metadata"]["name"]}]


def test_the_two_folders_hold_every_object_once_and_keep_what_helm_keeps(
    folder: Path, tool: Callable[[str], Path]
) -> None:
    rendered = {
        str(identity(body)): body
        for file in (folder / "manifests").rglob("*.yaml")
        for body in reader.read_objects(file.read_text())
        if isinstance(body, dict) and body["kind"] != "Kustomization"
    }
    found = [
        body
        for part in ("platform", "tenants")
        for body in built(tool("kustomize"), folder / "gitops" / part)
    ]

    identities = [str(identity(body)) for body in found]
    kept = 0
    for body in found:
        annotations = body["metadata"].get("annotations", {})
        added = {key: annotations.pop(key) for key in NEVER_REMOVED if key in annotations}
        stays = KEEP in annotations.items()
        assert added == (NEVER_REMOVED if stays else {})
        kept += stays
        assert body == rendered[str(identity(body))]

    assert sorted(identities) == (folder / "objects.txt").read_text().splitlines()
    assert 20 < kept < len(found)


def test_the_tenants_folder_holds_the_tenants_only(
    folder: Path, tool: Callable[[str], Path]
) -> None:

    platform = {each["kind"] for each in built(tool("kustomize"), folder / "gitops" / "platform")}
    tenants = {each["kind"] for each in built(tool("kustomize"), folder / "gitops" / "tenants")}

    assert "Profile" in tenants - platform
    assert "CustomResourceDefinition" in platform - tenants


@pytest.mark.parametrize("certificates", ["certManager", "existing"])
def test_fields_that_a_controller_writes_are_ignored_and_no_others(
    bundle: Bundle, project: Path, certificates: str
) -> None:
    if certificates == "existing":
        site = project / "values/sites/vault/site.yaml"
        site.write_text(site.read_text() + AUTHORITY)
    folder = bundle(*REPOSITORY)
    bodies = [
        body
        for file in (folder / "manifests").rglob("*.yaml")
        for body in reader.read_objects(file.read_text())
        if isinstance(body, dict)
    ]
    aggregated = {
        each["metadata"]["name"]
        for each in bodies
        if each["kind"] == "ClusterRole" and "aggregationRule" in each
    }
    webhooks = {
        each["metadata"]["name"]
        for each in bodies
        if each["kind"].endswith("WebhookConfiguration")
        and not any("caBundle" in hook["clientConfig"] for hook in each["webhooks"])
    }

    platform, tenants = documents(folder, "argocd.yaml")
    ignored = platform["spec"]["ignoreDifferences"]

    assert "ignoreDifferences" not in tenants["spec"]
    assert len(aggregated) == 8
    assert len(webhooks) == (3 if certificates == "certManager" else 0)
    assert {each["name"] for each in ignored} == aggregated | webhooks
    fields = {
        "ClusterRole": (["/rules"], None),
        "MutatingWebhookConfiguration": (None, [".webhooks[]?.clientConfig.caBundle"]),
        "ValidatingWebhookConfiguration": (None, [".webhooks[]?.clientConfig.caBundle"]),
    }
    for each in ignored:
        assert (each.get("jsonPointers"), each.get("jqPathExpressions")) == fields[each["kind"]]


def test_taking_the_start_away_takes_nothing_else_away(folder: Path) -> None:

    for each in documents(folder, "argocd.yaml"):
        assert "finalizers" not in each["metadata"]
    for each in documents(folder, "flux.yaml")[1:]:
        assert each["spec"]["deletionPolicy"] == "Orphan"


def test_nothing_is_written_without_a_repository(bundle: Bundle) -> None:
    assert not (bundle() / "gitops").exists()


def test_a_site_without_tenants_has_a_platform(project: Path, bundle: Bundle) -> None:
    (project / "values/sites/vault/tenants.yaml").unlink()

    folder = bundle(*REPOSITORY)

    assert [each["metadata"]["name"] for each in documents(folder, "argocd.yaml")] == ["carrel"]
    assert [each["kind"] for each in documents(folder, "flux.yaml")] == [
        "GitRepository",
        "Kustomization",
    ]
    assert not (folder / "gitops" / "tenants").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        "gitops.repository=https://user:password@git.example.com/clusters.git",
        "gitops.repository=git@git.example.com:clusters.git",
        "gitops.path=../elsewhere",
        "gitops.path=/clusters",
    ],
)
def test_what_neither_tool_could_use_is_refused(carrel: Carrel, wrong: str) -> None:
    done = carrel("validate", "vault", "--set", wrong)

    assert done.returncode == 1
    assert f"error[E105] {wrong.split('=')[0]}" in done.stdout + done.stderr

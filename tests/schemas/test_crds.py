"""The chart's custom resource definitions against upstream's."""

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from carrel.build.crds import crd_files
from carrel.tools.helm import Helm

COLUMNS = {
    "notebooks.kubeflow.org": ["Ready", "Waiting", "Stopped", "Image", "Age", "Limits"],
    "poddefaults.kubeflow.org": ["Description", "Age", "Selector"],
    "profiles.kubeflow.org": ["Owner", "Age"],
    "pvcviewers.kubeflow.org": ["Volume", "Ready", "Age", "URL"],
    "tensorboards.tensorboard.kubeflow.org": ["Logs", "Ready", "Age"],
    "authcodes.dex.coreos.com": [],
}
"""Ours alone: upstream has none. Their order is that of `kubectl get -o wide`."""

HEADER = re.compile(
    r"apiVersion: apiextensions\.k8s\.io/v1\n"
    r"kind: CustomResourceDefinition\n"
    r"metadata:\n"
    r"  name: ([a-z.-]+)\n"
)


@pytest.fixture(scope="module")
def files(catalogue: Path) -> Mapping[str, str]:
    return crd_files(catalogue)


@pytest.fixture(scope="module")
def upstream(project_root: Path) -> dict[str, dict[str, Any]]:
    """What upstream 26.03.1 installs: name → its definition, in a normalised form."""
    folder = project_root / "tests" / "fixtures" / "crds"
    entries = [json.loads(file.read_text("utf-8")) for file in folder.glob("*.json")]
    return {entry["name"]: entry for entry in entries}


def named(text: str) -> str:
    found = HEADER.match(text)
    assert found is not None, text[:200]
    return found[1]


def without_columns(spec: dict[str, Any]) -> dict[str, Any]:
    spec = copy.deepcopy(spec)
    for version in spec["versions"]:
        version.pop("additionalPrinterColumns", None)
    return spec


def expected_spec(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Upstream's, with every difference that we want."""
    spec = copy.deepcopy(spec)
    # Its default, which another field manager would be credited with.
    if name in {"notebooks.kubeflow.org", "profiles.kubeflow.org"}:
        assert spec.pop("preserveUnknownFields") is False
    # A conversion for a kind of one version, which names a namespace that need not exist.
    if name == "pvcviewers.kubeflow.org":
        assert spec["conversion"]["webhook"]["clientConfig"]["service"]["namespace"] == "kubeflow"
        spec["conversion"] = {"strategy": "None"}
    return spec


def test_every_definition_equals_upstream_field_for_field(
    files: Mapping[str, str], upstream: dict[str, dict[str, Any]]
) -> None:
    ours = {named(text): yaml.load(text, yaml.CSafeLoader) for text in files.values()}
    assert ours.keys() == upstream.keys() == COLUMNS.keys()
    for name, definition in ours.items():
        assert without_columns(definition["spec"]) == expected_spec(name, upstream[name]["spec"])
        assert definition["metadata"] == {
            "name": name,
            "annotations": {"helm.sh/resource-policy": "keep"},
            "labels": {"app.kubernetes.io/part-of": "carrel"},
        }


def test_every_version_has_the_columns_that_people_look_for(files: Mapping[str, str]) -> None:
    for text in files.values():
        definition = yaml.load(text, yaml.CSafeLoader)
        for version in definition["spec"]["versions"]:
            columns = version.get("additionalPrinterColumns", [])
            assert [column["name"] for column in columns] == COLUMNS[named(text)]
            for column in columns:
                assert has_field(version["schema"]["openAPIV3Schema"], column["jsonPath"]), column
                assert column.keys() - {"priority"} == {"name", "type", "jsonPath"}
            wide = [column["name"] for column in columns if column.get("priority")]
            assert wide == COLUMNS[named(text)][len(columns) - len(wide) :]


def has_field(schema: dict[str, Any], path: str) -> bool:
    """Whether the schema knows the field that a column shows."""
    for name in path.removeprefix(".").replace("[0]", ".[0]").split("."):
        if name == "metadata":
            return True
        schema = schema["items"] if name == "[0]" else schema.get("properties", {}).get(name)
        if schema is None:
            return False
    return True


def test_the_name_is_found_without_parsing(files: Mapping[str, str]) -> None:
    for path, text in files.items():
        assert path == f"chart/charts/crds/files/{named(text)}.yaml"
        assert "---" not in text
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_two_readers_of_yaml_see_the_same(files: Mapping[str, str]) -> None:
    for text in files.values():
        assert yaml.load(text, yaml.CSafeLoader) == YAML(typ="safe").load(text)


def test_words_that_some_reader_takes_for_something_else_stay_strings(tmp_path: Path) -> None:
    words = [
        "y",
        "No",
        "on",
        "NULL",
        "true",
        "~",
        "1.5",
        "0x1",
        "1e3",
        "2026-01-01",
        "a: b",
        "é",
        "",
    ]
    spec = {word: [{word: word}, {"deep": {word: [word]}}] for word in words}
    (tmp_path / "crds").mkdir()
    entry = {"name": "things.example.org", "spec": {"versions": [spec | {"long": words * 9}]}}
    (tmp_path / "crds" / "things.json").write_text(json.dumps(entry))
    (text,) = crd_files(tmp_path).values()
    for read in (yaml.CSafeLoader(text).get_data, lambda: YAML(typ="safe").load(text)):
        assert read()["spec"] == entry["spec"]


def test_the_files_stay_small(files: Mapping[str, str]) -> None:
    assert sum(map(len, files.values())) < 430_000


def test_the_committed_files_are_the_generated_ones(
    files: Mapping[str, str], project_root: Path
) -> None:
    folder = project_root / "chart" / "charts" / "crds" / "files"
    committed = {
        file.relative_to(project_root).as_posix(): file.read_text("utf-8")
        for file in folder.iterdir()
    }
    assert committed == files


def test_every_definition_is_valid(judge: Any, files: Mapping[str, str]) -> None:
    documents = [yaml.load(text, yaml.CSafeLoader) for text in files.values()]
    for minor in ("1.33", "1.37"):
        assert [verdict.message for verdict in judge(minor, documents)] == [""] * len(documents)


@pytest.fixture
def small_chart(project_root: Path, tmp_path: Path) -> Path:
    """A chart with nothing but our definitions, in the way that ours holds them."""
    chart = tmp_path / "small"
    (chart / "templates").mkdir(parents=True)
    source = project_root / "chart"
    (chart / "templates" / "crds.yaml").write_bytes((source / "templates/crds.yaml").read_bytes())
    for file in (source / "charts" / "crds").rglob("*"):
        if file.is_file():
            copied = chart / file.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(file.read_bytes())
    dependency = yaml.safe_load((source / "charts/crds/Chart.yaml").read_text("utf-8"))
    description = {
        "apiVersion": "v2",
        "name": "small",
        "version": "1.0.0",
        "dependencies": [{"name": "crds", "version": dependency["version"], "repository": ""}],
    }
    (chart / "Chart.yaml").write_text(yaml.safe_dump(description))
    values = {"scope": "platform", "crds": {"enabled": True}}
    (chart / "values.yaml").write_text(yaml.safe_dump(values))
    return chart


def rendered(helm: Helm, chart: Path, *sets: str) -> str:
    return helm.template(
        chart, release="x", namespace="y", values=[], sets=sets, kube_version="1.33.0"
    )


def test_each_helm_renders_each_definition_as_a_document(
    helm: Helm, small_chart: Path, files: Mapping[str, str]
) -> None:
    documents = list(yaml.load_all(rendered(helm, small_chart), yaml.CSafeLoader))
    assert documents == [yaml.load(text, yaml.CSafeLoader) for text in files.values()]


@pytest.mark.parametrize("setting", ["scope=tenants", "crds.enabled=false"])
def test_definitions_belong_to_the_platform_and_can_be_left_out(
    helm: Helm, small_chart: Path, setting: str
) -> None:
    assert list(filter(None, yaml.safe_load_all(rendered(helm, small_chart, setting)))) == []

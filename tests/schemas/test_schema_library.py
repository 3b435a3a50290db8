"""Preparing kubeconform's schemas, and the core types for other schemas."""

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from carrel.errors import EnvironmentFault
from carrel.k8s import schema_library
from carrel.k8s.schema_library import core_type, kubernetes_minors, prepare

MINORS = ("1.33", "1.34", "1.35", "1.36", "1.37")
CORE_TYPES = (
    "Affinity",
    "EnvVarSource",
    "PodSecurityContext",
    "ResourceRequirements",
    "SecurityContext",
    "Toleration",
    "TopologySpreadConstraint",
    "Volume",
    "VolumeMount",
)


def folder(location: str) -> Path:
    assert location.endswith("/{{.Group}}/{{.ResourceKind}}-{{.ResourceAPIVersion}}.json")
    return Path(location.split("/{{")[0])


def schemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a schema. What properties are named does not matter."""
    yield schema
    for keyword in ("properties", "definitions"):
        for below in schema.get(keyword, {}).values():
            yield from schemas(below)
    for keyword in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(keyword), dict):
            yield from schemas(schema[keyword])
    for keyword in ("allOf", "anyOf", "oneOf"):
        for below in schema.get(keyword, []):
            yield from schemas(below)


@pytest.mark.parametrize("minor", MINORS)
def test_every_schema_stands_alone_and_says_nothing_but_rules(
    catalogue: Path, libraries: Path, minor: str
) -> None:
    files = list(folder(prepare(catalogue, minor, libraries)).glob("*/*.json"))
    assert len(files) == 77
    for file in files:
        root = json.loads(file.read_text("utf-8"))
        known = {f"#/definitions/{name}" for name in root["definitions"]}
        used = set()
        for schema in schemas(root):
            assert not schema.keys() & {"$id", "$schema", "id", "description", "title"}, file
            used |= {schema["$ref"]} if "$ref" in schema else set()
        assert used == known, file
        jsonschema.Draft4Validator.check_schema(root)


def test_a_library_is_used_again_and_never_written_twice(catalogue: Path, tmp_path: Path) -> None:
    first = prepare(catalogue, "1.33", tmp_path / "new" / "cache")
    before = {file: file.stat().st_mtime_ns for file in folder(first).rglob("*")}
    assert prepare(catalogue, "1.33", tmp_path / "new" / "cache") == first
    assert {file: file.stat().st_mtime_ns for file in folder(first).rglob("*")} == before
    assert [found.name for found in (tmp_path / "new" / "cache").iterdir()] == [folder(first).name]


def test_another_version_or_catalogue_is_another_library(catalogue: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(catalogue, tmp_path / "catalogue"))
    first = prepare(copied, "1.33", tmp_path / "cache")
    assert prepare(copied, "1.34", tmp_path / "cache") != first
    profile = copied / "crds" / "profiles.kubeflow.org.json"
    profile.write_text(profile.read_text("utf-8").replace('"plugins"', '"plug-ins"'), "utf-8")
    second = prepare(copied, "1.33", tmp_path / "cache")
    assert second != first
    for location, expected in ((first, "plugins"), (second, "plug-ins")):
        schema = (folder(location) / "kubeflow.org" / "profile-v1.json").read_text("utf-8")
        assert f'"{expected}"' in schema


def test_processes_that_prepare_at_once_share_one_library(catalogue: Path, tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(prepare(catalogue, "1.35", tmp_path)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert list(tmp_path.iterdir()) == [folder(found[0])]


def test_a_folder_name_that_looks_like_a_template_is_taken_as_it_is(
    kubeconform: Any, catalogue: Path, tmp_path: Path
) -> None:
    location = prepare(catalogue, "1.33", tmp_path / "{{odd}}")
    document = b"apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
    (verdict,) = kubeconform.validate(
        document, kubernetes_version="1.33.0", schema_location=location
    )
    assert verdict.message == ""


def test_a_folder_that_cannot_be_written_is_a_fault_of_the_environment(
    catalogue: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        prepare(catalogue, "1.33", tmp_path / "file")


@pytest.mark.parametrize("minor", ["1.32", "1.38", "1.3", "", "1.33.0"])
def test_another_version_of_kubernetes_is_unknown(
    catalogue: Path, tmp_path: Path, minor: str
) -> None:
    with pytest.raises(KeyError):
        prepare(catalogue, minor, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_versions_are_listed_oldest_first(catalogue: Path) -> None:
    assert kubernetes_minors(catalogue) == MINORS


def test_a_core_type_is_plain_and_closed_and_limited_as_the_server_does(catalogue: Path) -> None:
    effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
    assert core_type(catalogue, "1.33", "io.k8s.api.core.v1.Toleration") == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "effect": {"type": "string", "enum": effects},
            "key": {"type": "string"},
            "operator": {"type": "string", "enum": ["Equal", "Exists"]},
            "tolerationSeconds": {"type": "integer"},
            "value": {"type": "string"},
        },
        "if": {"properties": {"operator": {"const": "Exists"}}, "required": ["operator"]},
        "then": {"properties": {"value": {"maxLength": 0}}},
    }


@pytest.mark.parametrize("name", CORE_TYPES)
@pytest.mark.parametrize("minor", [MINORS[0], MINORS[-1]])
def test_a_core_type_holds_all_it_needs_in_simple_words(
    catalogue: Path, minor: str, name: str
) -> None:
    root = core_type(catalogue, minor, f"io.k8s.api.core.v1.{name}")
    jsonschema.Draft7Validator.check_schema(root)
    for schema in schemas(root):
        # Conditions and limits are those of core_limits.py, in the words that Helm knows too.
        assert schema.keys() <= {
            "additionalProperties", "enum", "if", "items", "maximum", "minimum", "properties",
            "required", "then", "type",
        }  # fmt: skip
        assert "null" not in schema["type"]
        assert None not in schema.get("enum", [])
        if schema["type"] == "object":
            assert schema.get("additionalProperties") is False or "properties" not in schema


def test_amounts_and_ports_in_a_core_type_may_be_numbers(catalogue: Path) -> None:
    resources = core_type(catalogue, "1.37", "io.k8s.api.core.v1.ResourceRequirements")
    assert resources["properties"]["limits"]["additionalProperties"] == {
        "type": ["string", "number"]
    }
    probe = core_type(catalogue, "1.37", "io.k8s.api.core.v1.Probe")
    port = probe["properties"]["httpGet"]["properties"]["port"]
    assert port == {"type": ["string", "integer"]}


def test_a_core_type_is_that_of_its_version(catalogue: Path) -> None:
    def fields(minor: str) -> set[str]:
        return set(core_type(catalogue, minor, "io.k8s.api.core.v1.EnvVarSource")["properties"])

    assert fields("1.34") - fields("1.33") == {"fileKeyRef"}


@pytest.mark.parametrize(
    ("minor", "name"),
    [
        ("1.33", "io.k8s.api.core.v1.Tolerance"),
        ("1.33", "Toleration"),
        ("1.38", "io.k8s.api.core.v1.Toleration"),
        # Kubernetes had it in 1.35 only.
        ("1.36", "io.k8s.api.core.v1.WorkloadReference"),
    ],
)
def test_an_unknown_core_type_is_an_error(catalogue: Path, minor: str, name: str) -> None:
    with pytest.raises(KeyError):
        core_type(catalogue, minor, name)


def test_the_type_of_all_metadata_is_known(catalogue: Path) -> None:
    assert "labels" in core_type(catalogue, "1.33", schema_library.OBJECT_META)["properties"]

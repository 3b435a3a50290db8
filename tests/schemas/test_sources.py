"""Whether the catalogue's schemas are what the pinned sources give. Needs Go and its proxy."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.build.schemas import __main__ as command
from carrel.build.schemas import custom, kubernetes, sources
from carrel.k8s import schema_library


@pytest.fixture
def copied_root(project_root: Path, tmp_path: Path) -> Path:
    """A project that holds the data and the pins, and may be changed."""
    for folder in ("generator/catalogue/schemas", "tools/schemas"):
        shutil.copytree(project_root / folder, tmp_path / folder)
    return tmp_path


def test_the_data_is_what_the_sources_give(
    project_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--root", str(project_root), "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_a_difference_is_named_and_then_repaired(
    copied_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied_root / "generator" / "catalogue" / "schemas"
    changed = folder / "istio" / "gateways.networking.istio.io.json"
    original = changed.read_text("utf-8")
    changed.write_text(original.replace("networking.istio.io", "example.org"), "utf-8")
    (folder / "istio" / "surplus.json").write_text("{}\n")
    (folder / "kubernetes" / "io.k8s.api.core.v1.json").unlink()
    named = [
        f"generator/catalogue/schemas/{path}"
        for path in (
            "istio/gateways.networking.istio.io.json",
            "istio/surplus.json",
            "kubernetes/io.k8s.api.core.v1.json",
        )
    ]
    assert command.main(["--root", str(copied_root), "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == named
    assert (folder / "istio" / "surplus.json").exists()
    assert command.main(["--root", str(copied_root)]) == 0
    assert capsys.readouterr().out.splitlines() == named
    assert changed.read_text("utf-8") == original
    assert command.main(["--root", str(copied_root), "--check"]) == 0


def test_a_kubernetes_that_the_package_lacks_is_a_fault_with_a_remedy(
    copied_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = copied_root / "generator" / "catalogue" / "schemas" / "kinds.json"
    wanted = json.loads(kinds.read_text())
    kinds.write_text(json.dumps(wanted | {"minors": [*wanted["minors"], "1.99"]}))
    assert command.main(["--root", str(copied_root), "--check"]) == 3
    assert capsys.readouterr().err == (
        "error: the installed kubernetes-validate knows no Kubernetes 1.99: install a newer one\n"
    )


def test_the_other_kinds_of_the_same_groups_are_known(project_root: Path) -> None:
    catalogue = project_root / "generator" / "catalogue"
    wanted = json.loads((catalogue / "schemas" / "kinds.json").read_text())
    groups = {kind.rpartition("/")[0].rpartition("/")[0] for kind in wanted["kubernetes"]}
    # Answers and requests, of which none is ever stored under a name.
    passing = (
        "APIGroup",
        "APIVersions",
        "Binding",
        "ComponentStatus",
        "Eviction",
        "Scale",
        "Status",
        "WatchEvent",
    )
    kinds = {
        f"{of['group']}/{of['version']}/{of['kind']}".removeprefix("/")
        for minor in wanted["minors"]
        for definition in sources.kubernetes(minor).values()
        for of in definition.get("x-kubernetes-group-version-kind", ())
        if of["group"] in groups
        and of["kind"] not in passing
        and not of["kind"].endswith(("List", "Options"))
    }
    assert set(wanted["kubernetes"]) <= kinds
    assert set(wanted["others"]) == kinds - set(wanted["kubernetes"])
    served = schema_library.served_kinds(catalogue)
    assert kinds <= served
    assert {"networking.istio.io/v1alpha3/EnvoyFilter", "kubeflow.org/v1/Profile"} <= served


def test_only_changes_between_versions_are_written_down() -> None:
    def definitions(**kinds: Any) -> dict[str, Any]:
        return {f"api.v1.{name}": {"type": "object", **rest} for name, rest in kinds.items()}

    top = {
        "x-kubernetes-group-version-kind": [{"group": "g", "version": "v1", "kind": "Top"}],
        "description": "words",
        "properties": {"$ref": {"type": "string"}, "part": {"$ref": "#/$defs/api.v1.Part"}},
    }
    without_part = {**top, "properties": {"description": {"type": "string", "description": "x"}}}
    histories = kubernetes.histories(
        {
            "1.1": definitions(Top=top, Part={}, Other={}),
            "1.2": definitions(Top=top, Part={"description": "words"}, Other={}),
            "1.3": definitions(Top=without_part, Part={}),
            "1.4": definitions(Top=top, Part={}),
        },
        ["g/v1/Top"],
    )
    types = histories["api.v1"]
    assert {name: list(history) for name, history in types.items()} == {
        "Part": ["1.1", "1.3", "1.4"],
        "Top": ["1.1", "1.3", "1.4"],
    }
    assert list(types["Part"].values()) == [{"type": "object"}, None, {"type": "object"}]
    assert types["Top"]["1.3"]["properties"] == {"description": {"type": "string"}}
    assert types["Top"]["1.1"]["properties"] == {
        "$ref": {"type": "string"},
        "part": {"$ref": "#/definitions/api.v1.Part"},
    }


def test_a_kind_that_a_version_lacks_is_an_error() -> None:
    with pytest.raises(KeyError, match="g/v1/Top"):
        kubernetes.histories({"1.1": {}}, ["g/v1/Top"])


def test_versions_that_are_not_served_are_left_out() -> None:
    def version(name: str, served: bool) -> dict[str, Any]:
        schema = {"description": name, "type": "object", "properties": {"description": {}}}
        return {"name": name, "served": served, "schema": {"openAPIV3Schema": schema}}

    compact = custom.compact(
        {
            "metadata": {"name": "things.example.org"},
            "spec": {
                "group": "example.org",
                "names": {"kind": "Thing"},
                "versions": [version("v1", True), version("v1alpha1", False)],
            },
        }
    )
    assert compact["spec"]["versions"] == [
        {
            "name": "v1",
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {"description": {}}}},
        }
    ]


def test_no_description_reached_the_data(catalogue: Path) -> None:
    def values(data: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(data, dict):
            yield from data.items()
        for below in data.values() if isinstance(data, dict) else data:
            if isinstance(below, dict | list):
                yield from values(below)

    for file in catalogue.glob("schemas/*/*.json"):
        for key, value in values(json.loads(file.read_text("utf-8"))):
            assert key not in {"description", "$id", "$schema"} or isinstance(value, dict), file

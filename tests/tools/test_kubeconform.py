"""kubeconform as Carrel runs it."""

import json
from pathlib import Path

import pytest

from carrel.errors import EnvironmentFault
from carrel.tools.kubeconform import Kubeconform, Status, Verdict
from carrel.tools.violation import Violation

CONFIG_MAP = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "data": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the schemas of ConfigMap and of Remote are; Remote refers to the network."""
    folder = tmp_path_factory.mktemp("schemas")
    (folder / "configmap-v1.json").write_text(json.dumps(CONFIG_MAP))
    (folder / "remote-v1.json").write_text('{"$ref": "http://schemas.invalid/remote.json"}')
    return f"{folder}/{{{{.ResourceKind}}}}-{{{{.ResourceAPIVersion}}}}.json"


def config_map(name: str, more: str = "") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n{more}\n"


def judge(kubeconform: Kubeconform, location: str, *documents: str) -> tuple[Verdict, ...]:
    return kubeconform.validate(
        "---\n".join(documents).encode(), kubernetes_version="1.35.0", schema_location=location
    )


def test_a_valid_object_is_valid(kubeconform: Kubeconform, location: str) -> None:
    assert judge(kubeconform, location, config_map("one")) == (
        Verdict("ConfigMap", "one", "v1", Status.VALID, "", ()),
    )


def test_every_single_violation_is_listed(kubeconform: Kubeconform, location: str) -> None:
    (found,) = judge(kubeconform, location, config_map("one", "data: {a: 1, b: {}}\nextra: 1"))

    assert found.status is Status.INVALID
    assert found.violations == (
        Violation("", "additional properties 'extra' not allowed"),
        Violation("/data/a", "got number, want string"),
        Violation("/data/b", "got object, want string"),
    )
    assert found.message == (
        "/: additional properties 'extra' not allowed; /data/a: got number, want string; "
        "/data/b: got object, want string"
    )


def test_a_duplicate_key_is_an_error(kubeconform: Kubeconform, location: str) -> None:
    (found,) = judge(kubeconform, location, config_map("one", "kind: ConfigMap"))

    assert found.status is Status.ERROR
    assert 'key "kind" already set in map' in found.message


def test_a_kind_without_a_schema_is_an_error(kubeconform: Kubeconform, location: str) -> None:
    (found,) = judge(kubeconform, location, "apiVersion: v1\nkind: Unknown\n")

    assert (found.status, found.message) == (Status.ERROR, "could not find schema for Unknown")


def test_a_schema_that_points_to_the_network_is_an_error(
    kubeconform: Kubeconform, location: str
) -> None:
    (found,) = judge(kubeconform, location, "apiVersion: v1\nkind: Remote\n")

    assert found.status is Status.ERROR


def test_verdicts_come_in_the_order_of_the_documents_whatever_their_size(
    kubeconform: Kubeconform, location: str
) -> None:
    """6 MB: beyond 2 MB kubeconform corrupts what it reads from its standard input."""
    names = [f"object-{number}" for number in range(1500)]
    more = f"data: {{text: {'x' * 4000}}}"

    found = judge(kubeconform, location, *(config_map(name, more) for name in names))

    assert [verdict.name for verdict in found] == names
    assert {verdict.status for verdict in found} == {Status.VALID}


def test_empty_documents_have_no_verdict(kubeconform: Kubeconform, location: str) -> None:
    found = judge(kubeconform, location, "", "# only a comment\n", config_map("one"), "")

    assert [verdict.name for verdict in found] == ["one"]
    assert judge(kubeconform, location, "") == ()


@pytest.mark.parametrize(
    "location", ["https://schemas.invalid/{{.ResourceKind}}.json", "default", "/schemas"]
)
def test_schemas_are_local_files(kubeconform: Kubeconform, location: str) -> None:
    with pytest.raises(ValueError, match="not a template of local schema files"):
        judge(kubeconform, location, config_map("one"))


def test_a_program_that_is_not_kubeconform_is_one_sentence(
    tmp_path: Path, kubeconform: Kubeconform, location: str
) -> None:
    program = tmp_path / "kubeconform"
    program.write_text("#!/bin/sh\necho unknown flag >&2\nexit 1\n")
    program.chmod(0o755)

    with pytest.raises(EnvironmentFault, match=r"gave no verdict \(unknown flag\)"):
        judge(Kubeconform(program, kubeconform.version), location, config_map("one"))

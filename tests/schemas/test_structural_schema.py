"""Schemas of custom resources, written in short and turned into rules for kubeconform."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.build.schemas.json_text import WIDTH, json_text
from carrel.build.schemas.pooling import pooled
from carrel.k8s.structural_schema import closed, expanded

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "rules"),
    [
        (
            {"type": "object", "properties": {"a": TEXT}},
            {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
        ),
        ({"type": "object"}, {"type": "object", "additionalProperties": False}),
        (
            {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            {"type": "object"},
        ),
        ({"x-kubernetes-preserve-unknown-fields": True}, {}),
        (
            {"type": "object", "additionalProperties": TEXT | {"description": "x"}},
            {"type": "object", "additionalProperties": TEXT},
        ),
        ({"type": "object", "additionalProperties": True}, {"type": "object"}),
        (
            {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, TEXT]},
            {"type": ["integer", "string"]},
        ),
        (
            {"x-kubernetes-int-or-string": True, "nullable": True, "pattern": "^a$"},
            {"type": ["integer", "string", "null"], "pattern": "^a$"},
        ),
        (
            {"type": "string", "nullable": True, "enum": ["a"], "default": "a"},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        ({"type": "integer", "format": "int32"}, {"type": "integer"}),
        (
            {"type": "array", "items": {"type": "object"}},
            {"type": "array", "items": {"type": "object", "additionalProperties": False}},
        ),
        (
            {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {
                "type": "object",
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                "additionalProperties": False,
            },
        ),
    ],
)
def test_an_object_accepts_what_the_server_keeps(
    schema: dict[str, Any], rules: dict[str, Any]
) -> None:
    assert closed(schema, {}) == rules


def test_a_field_with_a_default_is_not_required() -> None:
    definitions = {"Protocol": {"type": "string", "default": "TCP"}}
    properties = {"port": TEXT, "protocol": {"$ref": "#/definitions/Protocol"}}
    schema = {"type": "object", "properties": properties, "required": ["port", "protocol"]}
    assert closed(schema, definitions)["required"] == ["port"]
    assert "required" not in closed(schema | {"required": ["protocol"]}, definitions)


def test_what_is_written_once_is_the_same_when_spelled_out() -> None:
    probe = {"type": "object", "properties": {f"field{n}": TEXT for n in range(9)}}
    container = {"type": "object", "properties": {"liveness": probe, "readiness": probe}}
    containers = {"type": "array", "items": container}
    schema = {"type": "object", "properties": {"init": containers, "main": containers}}
    schemas, definitions = pooled({"v1": schema, "v2": schema}, root="Pod")
    assert schemas == {
        "v1": {"$ref": "#/definitions/Pod"},
        "v2": {"$ref": "#/definitions/Pod"},
    }
    assert list(definitions) == ["Pod", "init", "liveness"]
    assert expanded(schemas["v2"], definitions) == schema
    assert definitions["liveness"] == probe


def test_parts_of_one_name_that_differ_get_names_of_their_own() -> None:
    def part(letter: str) -> dict[str, Any]:
        return {"type": "object", "properties": {f"{letter}{n}": TEXT for n in range(9)}}

    def twice(letter: str) -> dict[str, Any]:
        holder = {"type": "object", "properties": {"part": part(letter)}}
        return {"type": "object", "properties": {"x": holder, "y": {"allOf": [], **holder}}}

    schema = {"type": "object", "properties": {"a": twice("a"), "b": twice("b")}}
    schemas, definitions = pooled({"v1": schema}, root="Thing")
    assert list(definitions) == ["part", "part2"]
    assert expanded(schemas["v1"], definitions) == schema


def test_a_reference_to_nothing_is_an_error() -> None:
    with pytest.raises(KeyError):
        expanded({"items": {"$ref": "#/definitions/Missing"}}, {})


def test_the_data_is_compact_and_one_change_is_one_line(catalogue: Path) -> None:
    for file in [*catalogue.glob("crds/*.json"), *catalogue.glob("schemas/*/*.json")]:
        text = file.read_text("utf-8")
        assert json_text(json.loads(text)) == text, file
        for line in text.splitlines():
            assert len(line) < WIDTH or line.count(":") <= 2 or '"pattern"' in line, line

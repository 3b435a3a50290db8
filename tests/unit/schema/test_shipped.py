"""chart/values.schema.json says what generator/schema says, in fewer words."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft7Validator

from carrel.schema.bundle import Schema
from carrel.schema.check import Validator
from carrel.schema.keywords import VALIDATION

SchemaOf = Callable[..., Schema]

REPEATED = """
left: {$ref: "#/definitions/lamp", description: On the left.}
right: {$ref: "#/definitions/lamp", description: On the right.}
lone: {type: object, description: Alone., properties: {shade: {$ref: "#/definitions/shade"}}}
"""
LAMP = """
lamp:
  type: object
  description: A lamp.
  properties:
    shade: {$ref: "#/definitions/shade"}
    bulbs: {type: integer, description: Number of bulbs., default: 1, minimum: 1, maximum: 1000}
shade:
  type: string
  description: Its shade, which is described at great length, far beyond what is of use.
  default: green
  pattern: "^(green|white|a very long alternative that makes the pattern long enough to share)$"
"""


@pytest.fixture(scope="module")
def shipped(project_schema: Schema) -> dict[str, Any]:
    return project_schema.validator_schema()


def keywords(node: Any) -> set[str]:
    """Every keyword in a schema, the names of properties and definitions left out."""
    if isinstance(node, list):
        return {keyword for below in node for keyword in keywords(below)}
    if not isinstance(node, dict):
        return set()
    found = set(node)
    for key, value in node.items():
        if key in ("properties", "definitions"):
            found |= {keyword for below in value.values() for keyword in keywords(below)}
        elif key not in ("const", "enum", "required"):
            found |= keywords(value)
    return found


def test_it_is_a_valid_schema_of_draft_7(shipped: dict[str, Any]) -> None:
    Draft7Validator.check_schema(shipped)


def test_it_says_nothing_that_does_not_validate(shipped: dict[str, Any]) -> None:
    assert keywords(shipped) <= VALIDATION | {"$schema"}


def test_every_reference_leads_to_a_definition_and_every_definition_is_used(
    shipped: dict[str, Any],
) -> None:
    text = json.dumps(shipped)

    for name in shipped["definitions"]:
        assert f'"#/definitions/{name}"' in text
    assert text.count('"$ref": "#/definitions/') == text.count('"$ref"')


def test_what_repeats_is_said_once(schema_of: SchemaOf) -> None:
    schema = schema_of(REPEATED, LAMP).validator_schema()

    assert schema["properties"]["left"] == {"$ref": "#/definitions/lamp"}
    assert schema["properties"]["right"] == {"$ref": "#/definitions/lamp"}
    assert schema["definitions"]["lamp"]["properties"]["shade"] == {"$ref": "#/definitions/shade"}
    assert schema["properties"]["lone"]["properties"]["shade"] == {"$ref": "#/definitions/shade"}
    assert json.dumps(schema).count("a very long alternative") == 1


def test_two_parts_of_one_name_are_two_definitions(schema_of: SchemaOf) -> None:
    more = "{$ref: '#/definitions/lamp', properties: {bulbs: {maximum: 5000}}}"
    properties = REPEATED + f"third: {more}\nfourth: {more}\n"

    schema = schema_of(properties, LAMP).validator_schema()

    lamps = [schema["properties"][name]["$ref"] for name in ("left", "right", "third", "fourth")]
    assert lamps == [f"#/definitions/{name}" for name in ("lamp", "lamp", "lamp2", "lamp2")]
    assert schema["definitions"]["lamp2"]["properties"]["bulbs"]["maximum"] == 5000


def test_the_schema_is_small_enough_for_every_release_secret(shipped: dict[str, Any]) -> None:
    assert len(json.dumps(shipped, separators=(",", ":"))) < 60_000


def test_it_is_the_same_every_time(project_schema: Schema, shipped: dict[str, Any]) -> None:
    assert json.dumps(project_schema.validator_schema()) == json.dumps(shipped)


@pytest.mark.parametrize("wrong", [None, 0, "", "x\n", [], {}, {"x": 1}, True, 1.5])
def test_three_validators_refuse_the_same_places(
    project_schema: Schema, shipped: dict[str, Any], wrong: object
) -> None:
    """Ours on the annotated schema, and ours and one written in Rust on the shipped schema."""
    values = every_leaf(project_schema.defaults(), wrong)

    found = {tuple(error.absolute_path) for error in Validator(shipped).iter_errors(values)}

    assert {
        tuple(error.absolute_path) for error in Validator(project_schema.root).iter_errors(values)
    } == found
    assert {
        tuple(error.instance_path)
        for error in jsonschema_rs.Draft7Validator(shipped).iter_errors(values)
    } == found


def every_leaf(value: Any, wrong: object) -> Any:
    """`value` with every leaf replaced, empty maps and lists too."""
    if isinstance(value, dict) and value:
        return {key: every_leaf(below, wrong) for key, below in value.items()}
    return wrong

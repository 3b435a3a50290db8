"""generator/schema/*.yaml become one closed schema."""

from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.schema.bundle import Schema, load
from carrel.schema.source import MalformedSchema

SchemaOf = Callable[..., Schema]

LAMP = """
lamp:
  type: object
  description: A lamp.
  properties:
    bulbs: {type: integer, description: Number of bulbs., default: 1, minimum: 1}
    colour: {type: string, description: Its colour., default: green}
"""


def test_the_defaults_are_those_of_every_leaf(schema_of: SchemaOf) -> None:
    schema = schema_of(
        """
desk:
  type: object
  description: A desk.
  properties:
    width: {type: integer, description: Width in cm., default: 120}
    drawers:
      type: object
      description: By name.
      default: {top: {depth: 5}}
      additionalProperties: {type: object}
    wood: {type: object, description: What it is made of., properties: {}}
    owner: {type: string, description: Must be given.}
"""
    )

    assert schema.defaults() == {
        "desk": {"width": 120, "drawers": {"top": {"depth": 5}}, "wood": {}}
    }


def test_changing_the_defaults_that_were_handed_out_changes_no_others(schema_of: SchemaOf) -> None:
    schema = schema_of("tags: {type: array, description: Tags., default: [a]}")

    schema.defaults()["tags"].append("b")

    assert schema.defaults() == {"tags": ["a"]}


def test_what_stands_beside_a_reference_wins_over_the_definition(schema_of: SchemaOf) -> None:
    schema = schema_of(
        """
reading:
  $ref: "#/definitions/lamp"
  description: The reading lamp.
  properties:
    bulbs: {default: 3}
""",
        LAMP,
    )
    reading = schema.root["properties"]["reading"]

    assert reading["description"] == "The reading lamp."
    assert schema.defaults() == {"reading": {"bulbs": 3, "colour": "green"}}
    assert reading["properties"]["bulbs"]["minimum"] == 1


def test_blocks_that_extend_a_definition_keep_its_order_and_add_their_own_keys(
    schema_of: SchemaOf,
) -> None:
    schema = schema_of(
        """
lamps:
  type: object
  description: All lamps.
  properties:
    ceiling:
      x-extends: lamp
      properties:
        chain: {type: boolean, description: Whether it hangs., default: true}
        colour: {default: white}
    wall:
      x-extends: lamp
      x-omit: [bulbs]
""",
        LAMP,
    )

    assert list(schema.at(("lamps", "ceiling"))["properties"]) == ["bulbs", "colour", "chain"]  # type: ignore[index]
    assert schema.defaults()["lamps"]["ceiling"]["colour"] == "white"
    assert schema.defaults()["lamps"]["wall"] == {"colour": "green"}


def test_one_block_does_not_change_the_other(schema_of: SchemaOf) -> None:
    schema = schema_of(
        """
left: {x-extends: lamp, properties: {bulbs: {default: 5}}}
right: {x-extends: lamp}
""",
        LAMP,
    )

    assert schema.defaults()["right"]["bulbs"] == 1


def test_objects_are_closed_unless_they_say_otherwise(schema_of: SchemaOf) -> None:
    schema = schema_of(
        """
closed: {type: object, description: Closed., properties: {}}
named:
  type: object
  description: By name.
  default: {}
  additionalProperties: {type: object, properties: {}}
open: {type: object, description: Open., additionalProperties: true, default: {}}
"""
    )
    properties = schema.root["properties"]

    assert schema.root["additionalProperties"] is False
    assert properties["closed"]["additionalProperties"] is False
    assert properties["named"]["additionalProperties"]["additionalProperties"] is False
    assert properties["open"]["additionalProperties"] is True


def test_a_value_that_has_a_default_is_required_but_not_in_the_entries_of_a_map(
    schema_of: SchemaOf,
) -> None:
    schema = schema_of(
        """
desks:
  type: object
  description: By name.
  default: {}
  additionalProperties: {$ref: "#/definitions/lamp", required: [colour]}
lamp: {$ref: "#/definitions/lamp"}
""",
        LAMP,
    )
    properties = schema.root["properties"]

    assert schema.root["required"] == ["desks", "lamp"]
    assert properties["lamp"]["required"] == ["bulbs", "colour"]
    assert properties["desks"]["additionalProperties"]["required"] == ["colour"]


def test_a_path_leads_to_its_schema(schema_of: SchemaOf) -> None:
    schema = schema_of(
        """
lamps:
  type: object
  description: By name.
  default: {}
  additionalProperties: {$ref: "#/definitions/lamp"}
order:
  type: array
  description: In order.
  default: []
  items: {type: string, description: A name.}
""",
        LAMP,
    )

    assert schema.at(("lamps", "any name", "bulbs"))["minimum"] == 1  # type: ignore[index]
    assert schema.at(("order", 7))["type"] == "string"  # type: ignore[index]
    assert schema.at(("lamps", "any name", "bulb")) is None
    assert schema.at(("chairs",)) is None


def test_core_kubernetes_types_come_from_the_catalogue(project_schema: Schema) -> None:
    path = ("components", "dashboard", "tolerations", 0, "operator")

    assert schema_type(project_schema, path) == "string"
    assert project_schema.at((*path[:-1], "operater")) is None


def schema_type(schema: Schema, path: tuple[str | int, ...]) -> object:
    node = schema.at(path)
    return node and node["type"]


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        ('a: {$ref: "#/definitions/chair"}', "there is no definition chair"),
        ("a: {x-extends: chair}", "there is no definition chair"),
        ('a: {$ref: "https://example.com/a"}', "$ref must start with #/definitions/"),
        ("a: {x-extends: lamp, x-omit: [bulb]}", "x-omit names bulb, which lamp does not have"),
        ("a: 7", "a schema must be a map"),
        ("a: {type: object, properties: {b: null}}", "property b has no schema"),
    ],
)
def test_what_does_not_fit_together_is_said_at_its_place(
    schema_of: SchemaOf, properties: str, sentence: str
) -> None:
    with pytest.raises(MalformedSchema) as caught:
        schema_of(properties, LAMP)

    assert str(caught.value) == f"schema/desks.yaml:5:3: error[E151] {sentence}"


def test_definitions_in_a_circle_are_refused(schema_of: SchemaOf) -> None:
    with pytest.raises(MalformedSchema, match="in a circle: a > b > a"):
        schema_of("x: {type: string}", 'a: {$ref: "#/definitions/b"}\nb: {$ref: "#/definitions/a"}')


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({}, "schema:1:1: error[E151] there is no *.yaml file here"),
        ({"a.yaml": "order: 1\nintro: A."}, "schema/a.yaml:1:1: error[E151] title is missing"),
        (
            {"a.yaml": "title: A\norder: 1\nintro: A.\npropertys: {}"},
            "schema/a.yaml:4:1: error[E151] a file of the schema has no key propertys: "
            "definitions, intro, order, properties, title",
        ),
        (
            {"a.yaml": "title: A\norder: 1\nintro: A.", "b.yaml": "title: B\norder: 1\nintro: B."},
            "schema/b.yaml:1:1: error[E151] order 1 is in schema/a.yaml already",
        ),
    ],
)
def test_every_file_needs_its_parts(tmp_path: Path, texts: dict[str, str], sentence: str) -> None:
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(MalformedSchema) as caught:
        load(tmp_path, "schema")

    assert str(caught.value) == sentence

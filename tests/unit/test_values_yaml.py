"""chart/values.yaml says what every value means and reads back as the defaults."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from carrel.build.annotations import is_block
from carrel.build.values_yaml import WIDTH, values_yaml
from carrel.schema.bundle import Schema, load
from carrel.schema.source import Node
from carrel.yamlio.reader import read_values

HEADING = """\
title: Desks
order: 1
intro: All about desks.
"""


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return load(project_root / "generator" / "schema")


@pytest.fixture(scope="module")
def text(schema: Schema) -> str:
    return values_yaml(schema)


def text_of(folder: Path, properties: str) -> str:
    """The values.yaml of a schema, without head and heading."""
    (folder / "desks.yaml").write_text(HEADING + properties, "utf-8")
    return values_yaml(load(folder)).split("-" * (WIDTH - 2))[2].strip("\n")


def test_it_reads_back_as_the_defaults_without_a_complaint(schema: Schema, text: str) -> None:
    document, found = read_values(text.encode(), "values.yaml")

    assert found == ()
    assert document is not None
    assert document.values == schema.defaults()
    assert list(document.values) == list(schema.defaults())


def test_other_readers_of_yaml_understand_it_alike(schema: Schema, text: str) -> None:
    assert yaml.safe_load(text) == schema.defaults()


def test_no_line_is_longer_than_can_be_read(text: str) -> None:
    assert [line for line in text.splitlines() if len(line) > WIDTH] == []


def test_it_is_the_same_every_time(project_root: Path, text: str) -> None:
    assert values_yaml(load(project_root / "generator" / "schema")) == text


def test_the_meaning_of_every_value_is_said(schema: Schema, text: str) -> None:
    def descriptions(node: Node) -> Iterator[str]:
        yield " ".join(node["description"].split())
        for below in node["properties"].values() if is_block(node) else ():
            yield from descriptions(below)

    comments = " ".join(line.strip().removeprefix("# ") for line in text.splitlines())

    for node in schema.root["properties"].values():
        for description in descriptions(node):
            assert description in comments


def test_a_value_has_its_meaning_choices_and_example_above_it(tmp_path: Path) -> None:
    properties = """\
properties:
  desk:
    type: object
    description: A desk.
    properties:
      width:
        type: integer
        description: Width in centimetres.
        default: 120
        minimum: 60
        maximum: 240
      wood:
        type: string
        description: What it is made of.
        default: oak
        enum: [oak, ash, "off"]
      state:
        type: string
        description: "`free` or `taken`, as one sees."
        default: free
        enum: [free, taken]
      owner:
        type: string
        description: Who sits there.
        default: ""
        examples: [ada@example.com]
  lamps:
    type: array
    description: Lamps on it.
    default: []
    items: {type: string, description: A lamp., examples: [reading]}
"""

    assert (
        text_of(tmp_path, properties)
        == """\
# A desk.
desk:
  # Width in centimetres. From 60 to 240.
  width: 120

  # What it is made of. One of oak, ash or "off".
  wood: oak

  # `free` or `taken`, as one sees.
  state: free

  # Who sits there.
  # Example: ada@example.com
  owner: ""

# Lamps on it.
# Example: [reading]
lamps: []"""
    )


def test_the_keys_of_a_map_s_entries_are_listed(tmp_path: Path) -> None:
    properties = """\
properties:
  tenants:
    type: object
    description: Tenants by name.
    x-key: tenant
    default: {}
    examples:
      - ml-team: {owner: ada@example.com, quota: {cpu: 2}}
    additionalProperties:
      type: object
      description: A tenant.
      required: [owner]
      properties:
        owner: {type: string, description: Who owns it.}
        state: {type: string, description: Its state., default: active}
        quota:
          type: object
          description: What it may use.
          properties:
            cpu: {type: number, description: Cores., default: 4}
"""

    assert (
        text_of(tmp_path, properties)
        == """\
# Tenants by name.
# Example:
#   ml-team:
#     owner: ada@example.com
#     quota: {cpu: 2}
# Keys of <tenant> (* must be given):
#   owner *    Who owns it.
#   state      Its state. Default: active.
#   quota.cpu  Cores. Default: 4.
tenants: {}"""
    )


def test_of_blocks_with_the_same_keys_only_the_first_explains_them(tmp_path: Path) -> None:
    properties = """\
definitions:
  lamp:
    type: object
    description: A lamp.
    properties:
      bulbs: {type: integer, description: Number of bulbs., default: 1}
      colour: {type: string, description: Its colour., default: green}
properties:
  lamps:
    type: object
    description: All lamps.
    properties:
      ceiling: {x-extends: lamp, description: On the ceiling.}
      wall:
        x-extends: lamp
        description: On the wall.
        properties:
          colour: {default: white}
          cord: {type: boolean, description: Whether it has a cord., default: false}
"""

    assert (
        text_of(tmp_path, properties)
        == """\
# All lamps.
lamps:
  # On the ceiling.
  ceiling:
    # Number of bulbs.
    bulbs: 1

    # Its colour.
    colour: green

  # On the wall.
  wall:
    bulbs: 1
    colour: white

    # Whether it has a cord.
    cord: false"""
    )

"""What every value in generator/schema must say about itself, and that those of ours do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from carrel.schema.bundle import Schema
from carrel.schema.hints import FORMS, form
from carrel.schema.lint import lint
from carrel.schema.source import Node

SchemaOf = Callable[..., Schema]

FAULTS = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "schema" / "faults.yaml").read_text("utf-8")
)
GOOD = """
name:
  type: string
  description: A name.
  default: ""
  pattern: "^[a-z]*$"
  x-since: 0.1.0
  x-scope: PT
"""


def test_the_project_s_schema_keeps_every_rule(project_schema: Schema) -> None:
    assert [each.text() for each in lint(project_schema)] == []


def test_a_complete_value_keeps_every_rule(schema_of: SchemaOf) -> None:
    assert lint(schema_of(GOOD)) == ()


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case["fault"])
def test_each_rule_finds_what_breaks_it(schema_of: SchemaOf, case: dict[str, str]) -> None:
    block = "{type: object, description: A block., x-scope: P, properties: {\n  a: %s}}"

    found = lint(schema_of(f"block: {block % case['schema']}"))

    assert case["fault"] in [each.message for each in found]
    assert {each.span and each.span.line for each in found} == {6}


def test_the_entries_of_a_map_need_a_default_or_a_demand(schema_of: SchemaOf) -> None:
    schema = schema_of(
        """
tenants:
  type: object
  description: By name.
  default: {}
  x-since: 0.1.0
  x-scope: T
  additionalProperties:
    type: object
    description: A tenant.
    required: [owner]
    properties:
      owner: {type: string, description: Who owns it.}
      plan: {type: string, description: What it may use.}
      state: {type: string, description: Its state., default: active}
"""
    )

    assert [each.text() for each in lint(schema)] == [
        'schema/desks.yaml:11:5: error[E152] tenants["<name>"]: plan has no default and is not '
        "required"
    ]


@pytest.mark.parametrize("scope", ["", "TP", "X"])
def test_who_reads_a_top_level_value_is_said_in_one_way(schema_of: SchemaOf, scope: str) -> None:
    schema = schema_of(GOOD.replace("PT", f'"{scope}"'))

    assert [each.message for each in lint(schema)] == [
        "x-scope must say who reads it: P, T, G or several in this order"
    ]


def test_only_objects_that_kubernetes_checks_are_open(project_schema: Schema) -> None:
    """Everything else would take a typo without a word."""
    assert set(_open(project_schema.root, "")) == {
        "/extraObjects/*",
        "/extraObjects/*/metadata",
    }


def _open(node: Node, path: str) -> Iterator[str]:
    if node.get("additionalProperties") is True:
        yield path
    for name, below in node.get("properties", {}).items():
        yield from _open(below, f"{path}/{name}")
    for keyword in ("additionalProperties", "items"):
        if isinstance(node.get(keyword), dict):
            yield from _open(node[keyword], f"{path}/*")


def test_every_component_has_the_same_keys_in_the_same_order(project_schema: Schema) -> None:
    expected = list(project_schema.definitions["component"]["properties"])
    for name, node in project_schema.root["properties"]["components"]["properties"].items():
        if "x-extends" in node:
            omitted = node.get("x-omit", ())
            keys = [key for key in expected if key not in omitted]
            assert list(node["properties"]) == keys, name


def test_the_forms_that_have_words_are_forms_of_the_schema(project_schema: Schema) -> None:
    """A pattern that was changed would leave its words behind."""
    used = {
        form(pattern).removesuffix(" (or nothing)") for pattern in _patterns(project_schema.root)
    }

    assert used - {""} == set(FORMS.values())


def _patterns(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for below in node.values():
            yield from _patterns(below)
    elif isinstance(node, list):
        for below in node:
            yield from _patterns(below)

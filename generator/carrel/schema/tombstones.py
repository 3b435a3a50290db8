"""Keys that a schema accepts only so that somebody says in a sentence that they are gone."""

from collections.abc import Iterable
from dataclasses import replace

from carrel.deprecations import ANY, Deprecation, Pattern
from carrel.schema.bundle import Schema
from carrel.schema.source import Node

MARK = "x-removed"
"""The annotation of a schema that stands for a key of former days."""


def with_tombstones(schema: Schema, deprecations: Iterable[Deprecation]) -> Schema:
    """`schema` with whatever was removed allowed where it was.

    Defaults and documentation come from the schema without.
    """
    root = schema.root
    for each in deprecations:
        if each.removed and not each.rewords:
            root = _changed(root, each.path, {MARK: True}, schema)
    return replace(schema, root=root)


def for_chart(schema: Schema, deprecations: Iterable[Deprecation]) -> Schema:
    """As `with_tombstones`, and values that are written otherwise now are allowed too."""
    deprecations = list(deprecations)
    root = with_tombstones(schema, deprecations).root
    for each in deprecations:
        if each.rewords:
            former = {"enum": [old for old, _ in each.values]}
            root = _changed(root, each.path, {MARK: True, "if": former}, schema)
    return replace(schema, root=root)


def _changed(node: Node, pattern: Pattern, leaf: Node, schema: Schema) -> Node:
    """`node` with a leaf at a path below it. A leaf with a condition keeps what is there."""
    if not pattern:
        return {**leaf, "else": node} if "if" in leaf else leaf
    node = _written_out(node, schema)
    step, rest = pattern[0], pattern[1:]
    if step == ANY:
        entries = node.get("additionalProperties")
        keyword = "additionalProperties" if isinstance(entries, dict) or "items" not in node else ""
        keyword = keyword or "items"
        below = node.get(keyword)
        below = below if isinstance(below, dict) else _tombstone()
        return {**node, keyword: _changed(below, rest, leaf, schema)}
    properties = node.get("properties", {})
    below = properties.get(step, node.get("additionalProperties"))
    below = below if isinstance(below, dict) else _tombstone()
    return {**node, "properties": {**properties, step: _changed(below, rest, leaf, schema)}}


def _written_out(node: Node, schema: Schema) -> Node:
    """`node` with the core Kubernetes type in it that it refers to: a reference is closed."""
    if "x-kubernetes" not in node and "$ref" not in node:
        return node
    without = ("allOf", "x-kubernetes")
    return {key: value for key, value in schema.effective(node).items() if key not in without}


def _tombstone() -> Node:
    """A block that has gone with all that was in it."""
    return {"type": "object", "properties": {}, "additionalProperties": False, MARK: True}

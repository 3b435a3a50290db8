"""Keys that a schema accepts only so that somebody says in a sentence that they are gone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from carrel.deprecations import ANY, Deprecation, Pattern
from carrel.schema.bundle import Schema
from carrel.schema.source import Node

MARK = "x-removed"
"""The annotation of a schema that stands for a key of former days."""


def with_tombstones(schema: Schema, deprecations: Iterable[Deprecation]) -> Schema:
    """`schema` with whatever was removed allowed where it was, and enough where it is needed.

    Defaults and documentation come from the schema without.
    """
    root = schema.root
    former: dict[Pattern, list[Pattern]] = {}
    for each in deprecations:
        if each.removed and not each.rewords:
            root = _changed(root, each.path, lambda _: {MARK: True}, schema)
            if each.replacement is not None:
                former.setdefault(each.replacement, []).append(each.path)
    for today, paths in former.items():
        root = _lenient(root, today, paths, schema)
    return replace(schema, root=root)


def for_chart(schema: Schema, deprecations: Iterable[Deprecation]) -> Schema:
    """As `with_tombstones`, and values that are written otherwise now are allowed too."""
    deprecations = list(deprecations)
    root = with_tombstones(schema, deprecations).root
    for each in deprecations:
        if each.rewords:
            choice = {"enum": [old for old, _ in each.values]}
            root = _changed(root, each.path, _or_former(choice), schema)
    return replace(schema, root=root)


def _or_former(choice: Node) -> Callable[[Node], Node]:
    return lambda node: {MARK: True, "if": choice, "else": node}


def _changed(node: Node, pattern: Pattern, change: Callable[[Node], Node], schema: Schema) -> Node:
    """`node` with what is at a path below it changed, a tombstone where nothing is."""
    if not pattern:
        return change(node)
    node = _written_out(node, schema)
    step, rest = pattern[0], pattern[1:]
    if step == ANY:
        entries = node.get("additionalProperties")
        keyword = "additionalProperties" if isinstance(entries, dict) or "items" not in node else ""
        keyword = keyword or "items"
        below = node.get(keyword)
        below = below if isinstance(below, dict) else _tombstone()
        return {**node, keyword: _changed(below, rest, change, schema)}
    properties = node.get("properties", {})
    below = properties.get(step, node.get("additionalProperties"))
    below = below if isinstance(below, dict) else _tombstone()
    return {**node, "properties": {**properties, step: _changed(below, rest, change, schema)}}


def _lenient(root: Node, today: Pattern, former: Sequence[Pattern], schema: Schema) -> Node:
    """`root` where a value is no longer missing if it is written in one of its former places.

    What moves from one entry of a map or a list to another stays required.
    """
    steps = zip(today, *former, strict=False)
    shared = len([*takewhile(lambda step: len({*step}) == 1, steps)])
    if any(ANY in path[shared:] for path in (today, *former)):
        return root

    def change(node: Node) -> Node:
        node, demand = _without_demand(_written_out(node, schema), today[shared:], schema)
        if not demand:
            return node
        for path in former:
            demand = {"if": _written(path[shared:]), "else": demand}
        return {**node, "allOf": [*node.get("allOf", ()), demand]}

    return _changed(root, today[:shared], change, schema)


def _without_demand(node: Node, path: Pattern, schema: Schema) -> tuple[Node, Node]:
    """`node` that does not require what is at a path, and the requirement; empty: there is none."""
    step, rest = path[0], path[1:]
    required = node.get("required", [])
    demand: Node = {}
    if step in required:
        demand["required"] = [step]
        node = {**node, "required": [each for each in required if each != step]}
    properties = node.get("properties", {})
    if rest and step in properties:
        below, deeper = _without_demand(_written_out(properties[step], schema), rest, schema)
        if deeper:
            demand["properties"] = {step: deeper}
            node = {**node, "properties": {**properties, step: below}}
    return node, demand


def _written(path: Pattern) -> Node:
    """A schema of whatever has a value at a path."""
    step, rest = path[0], path[1:]
    return {"required": [step], **({"properties": {step: _written(rest)}} if rest else {})}


def _written_out(node: Node, schema: Schema) -> Node:
    """`node` with the core Kubernetes type in it that it refers to: a reference is closed."""
    if "x-kubernetes" not in node and "$ref" not in node:
        return node
    without = ("allOf", "x-kubernetes")
    return {key: value for key, value in schema.effective(node).items() if key not in without}


def _tombstone() -> Node:
    """A block that has gone with all that was in it."""
    return {"type": "object", "properties": {}, "additionalProperties": False, MARK: True}

"""Documents of values made from the schema by rule: what it allows, and one mistake at a time."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import yaml

from carrel.schema.bundle import Schema, default_of
from carrel.schema.patterns import fits
from carrel.schema.source import Node
from carrel.yamlio import writer

Steps = tuple[str | int, ...]

SITE = {"site": {"name": "probe", "platform": "vanilla"}}
OF_THE_FOLDER = ("site", "platform")
"""Blocks that must agree with names of files, which no schema knows."""

OF_ANY_TYPE: list[Any] = [True, 7, 1.5, "text", [], ["x"], {}, {"x": 1}]


@dataclass(frozen=True, slots=True)
class Document:
    """A file of values.

    Attributes:
        name: what it is about.
        text: its content.
        valid: whether it is to be accepted.
    """

    name: str
    text: str
    valid: bool


def documents(schema: Schema) -> list[Document]:
    """One document for each thing that the schema says of each value, in changing styles."""
    styles = cycle(STYLES)
    found: dict[str, Document] = {}
    for path, node in distinct_nodes(schema):
        for label, value, valid in trials(
            schema, node, lacking(schema, node, is_fixed(schema, path))
        ):
            values = SITE | spine(schema, path, value)
            text = next(styles)(values)
            name = f"{'.'.join(map(str, path))}: {label}"
            found.setdefault(text, Document(name, text, valid))
    return [*found.values()]


def with_remarks(text: str) -> str:
    """A comment behind every line; none where a block of text would take it for its own."""
    has_block = re.search(r": \|[+-]?$", text, re.MULTILINE)
    return text if has_block else text.replace("\n", "   # remark\n")


STYLES: tuple[Callable[[Any], str], ...] = (
    writer.write,
    json.dumps,
    lambda values: yaml.safe_dump(values, indent=4, sort_keys=False, default_flow_style=None),
    lambda values: with_remarks(writer.write(values)),
    lambda values: yaml.safe_dump(values, width=30, default_flow_style=True),
)


def distinct_nodes(schema: Schema) -> Iterator[tuple[Steps, Node]]:
    """Every value that the schema describes, Kubernetes' own types as a whole.

    Of parts that many blocks share there is the first.
    """
    seen = set()
    waiting: list[tuple[Steps, Node]] = [((), schema.root)]
    while waiting:
        path, node = waiting.pop(0)
        if path[:1] and path[0] in OF_THE_FOLDER:
            continue
        if path:
            yield path, node
        if "x-kubernetes" in node:
            continue
        below = [((*path, name), each) for name, each in node.get("properties", {}).items()]
        if isinstance(node.get("additionalProperties"), dict):
            below.append(((*path, entry_name(node)), node["additionalProperties"]))
        if isinstance(node.get("items"), dict):
            below.append(((*path, 0), node["items"]))
        for place, each in below:
            effective = schema.effective(each)
            key = (effective.get("x-source"), place[-1])
            if key not in seen or not key[0]:
                seen.add(key)
                waiting.append((place, effective))


def entry_name(node: Node) -> str:
    """A name that an entry of a map may have."""
    names = node.get("propertyNames", {})
    candidates = [*names.get("examples", ()), "x", "/x", "X", "example.com/x", "a@b.c"]
    return str(next(each for each in candidates if fits(names.get("pattern", "^"), each)))


def spine(schema: Schema, path: Steps, value: Any) -> dict[str, Any]:
    """Values with one value at a path, and beside it only what is required there."""

    def around(node: Node, at: Steps, rest: Steps) -> Any:
        if not rest:
            return value
        below = schema.below(node, rest[0])
        assert below is not None
        inside = around(below, (*at, rest[0]), rest[1:])
        if isinstance(rest[0], int):
            return [inside]
        beside = lacking(schema, node, is_fixed(schema, at))
        return {name: each for name, each in beside.items() if name != rest[0]} | {rest[0]: inside}

    result: dict[str, Any] = around(schema.root, (), path)
    return result


def is_fixed(schema: Schema, path: Steps) -> bool:
    """Whether chart/values.yaml gives a value: it is no part of an entry of a map or a list."""
    node: Node = schema.root
    for step in path:
        if step not in node.get("properties", {}):
            return False
        node = schema.effective(node["properties"][step])
    return True


def lacking(schema: Schema, node: Node, fixed: bool) -> dict[str, Any]:
    """What has to be written in a map because no default fills it."""
    node = schema.effective(node)
    properties = {
        name: schema.effective(node["properties"][name]) for name in node.get("required", ())
    }
    return {
        name: sample(schema, below)
        for name, below in properties.items()
        if not (fixed and ("default" in below or "properties" in below))
    }


def sample(schema: Schema, node: Node) -> Any:
    """The least that a node allows."""
    node = schema.effective(node)
    if node.get("examples"):
        return node["examples"][0]
    if "enum" in node:
        return node["enum"][0]
    if "default" in node:
        return default_of(node)
    kind = types_of(node)[0]
    if kind == "object":
        return {name: sample(schema, node["properties"][name]) for name in node.get("required", ())}
    if kind == "array":
        return [sample(schema, node["items"])] * node.get("minItems", 0)
    if kind in ("integer", "number"):
        return max(1, node.get("minimum", 1))
    return {"boolean": True}.get(kind, "x")


def types_of(node: Node) -> list[str]:
    """The types that a node allows."""
    types = node.get("type", "object")
    return [types] if isinstance(types, str) else list(types)


def trials(schema: Schema, node: Node, needed: dict[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """What is put in the place of a node: a word on it, the value, and whether that is allowed.

    Args:
        schema: the whole.
        node: the node.
        needed: what a map in its place must have.
    """
    types = types_of(node)
    for index, example in enumerate(node.get("examples", ())):
        yield f"example {index}", example, True
    for choice in node.get("enum", ()):
        yield f"choice {choice}", choice, True
    if "default" in node:
        yield "default", default_of(node), True
    if "boolean" in types:
        yield "true", True, True
        yield "false", False, True
    for wrong in [each for each in OF_ANY_TYPE if not {*kinds(each)} & {*types}][:1]:
        yield f"{json.dumps(wrong)} in place of {types[0]}", wrong, False
    if "string" in types:
        yield from of_texts(node)
    if {"integer", "number"} & {*types}:
        yield from of_numbers(node)
    if "array" in types:
        yield from of_lists(schema, node)
    if "object" in types:
        yield from of_maps(schema, node, needed)


def kinds(value: Any) -> tuple[str, ...]:
    """The types of draft 7 that a value has."""
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, int):
        return ("integer", "number")
    names = {float: "number", str: "string", list: "array", dict: "object"}
    return (names[type(value)],)


def of_texts(node: Node) -> Iterator[tuple[str, Any, bool]]:
    """Texts that are no choice, of the wrong form, or too long or short."""
    if "enum" in node:
        yield "no choice", "none-of-these", False
        return
    if "pattern" in node:
        texts = ("end\n", "two words", "-", "é", "x//y")
        for text in [each for each in texts if not fits(node["pattern"], each)][:1]:
            yield f"form of {text!r}", text, False
    if "maxLength" in node:
        yield "too long", "x" * (node["maxLength"] + 1), False
    if node.get("minLength"):
        yield "too short", "", False


def of_numbers(node: Node) -> Iterator[tuple[str, Any, bool]]:
    """Numbers at and beyond the ends, and between whole ones."""
    for keyword, beyond in (("minimum", -1), ("maximum", 1)):
        if keyword in node:
            yield keyword, node[keyword], "multipleOf" not in node
            yield f"beyond {keyword}", node[keyword] + beyond, False
    if "exclusiveMinimum" in node:
        yield "exclusiveMinimum", node["exclusiveMinimum"], False
    if "number" not in types_of(node):
        yield "between", max(1, node.get("minimum", 1)) + 0.5, False


def of_lists(schema: Schema, node: Node) -> Iterator[tuple[str, Any, bool]]:
    """Lists that are too long or short, or repeat themselves."""
    item = sample(schema, node["items"]) if "items" in node else "x"
    yield "one item", [item], True
    if "maxItems" in node:
        yield "too many", [item] * (node["maxItems"] + 1), False
    if node.get("minItems"):
        yield "too few", [], False
    if node.get("uniqueItems"):
        yield "twice the same", [item, item], False


def of_maps(schema: Schema, node: Node, needed: dict[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """Maps with a key that is unknown, misnamed or missing."""
    entries = node.get("additionalProperties")
    if entries is False:
        yield "unknown key", {**needed, "unheard-of": 1}, False
        for name in needed:
            yield f"no {name}", {key: each for key, each in needed.items() if key != name}, False
    elif isinstance(entries, dict):
        entry = sample(schema, entries)
        yield "an entry", {entry_name(node): entry}, True
        # Helm says which name is wrong but not where, so each is written but once.
        name = f"Odd Name {node['x-source']}"
        if not fits(node.get("propertyNames", {}).get("pattern", "^"), name):
            yield "an odd name", {name: entry}, False

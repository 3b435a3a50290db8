"""Rules for whoever writes generator/schema/: what people and programs rely on for every value."""

import re
from collections.abc import Iterator
from typing import Any

from carrel.diagnostics import Diagnostic, Path, Severity, dotted, ordered
from carrel.schema.bundle import Schema
from carrel.schema.check import Validator
from carrel.schema.hints import types
from carrel.schema.keywords import (
    ADDED,
    ANNOTATIONS,
    SUBSCHEMA,
    SUBSCHEMA_BY_NAME,
    SUBSCHEMA_LIST,
    VALIDATION,
)
from carrel.schema.patterns import faults
from carrel.schema.source import Node, source_of

_KEYWORDS = (VALIDATION | ANNOTATIONS | ADDED) - {"$ref", "definitions"}
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_SCOPE = re.compile(r"P?T?G?")
_CONDITIONS = frozenset({"allOf", "if", "then", "else", "not", "propertyNames"})
"""Keywords whose schemas say more about a value that is described elsewhere."""


def lint(schema: Schema) -> tuple[Diagnostic, ...]:
    """Every rule of writing that `schema` breaks, at its place in generator/schema/."""
    found = [
        Diagnostic("E152", Severity.ERROR, message, source_of(node), dotted(path))
        for path, node, message in _everything(schema)
    ]
    return ordered(found)


Fault = tuple[Path, Node, str]


def _everything(schema: Schema) -> Iterator[Fault]:
    definitions = schema.root["definitions"]
    for name, node in schema.root["properties"].items():
        scope = node.get("x-scope", "")
        if not scope or not _SCOPE.fullmatch(scope):
            yield (name,), node, "x-scope must say who reads it: P, T, G or several in this order"
        for path, below, given in _values(node, (name,), given=True):
            yield from ((path, below, message) for message in _value_faults(below, given=given))
            yield from ((path, below, message) for message in _sample_faults(below, definitions))
        yield from _schema_faults(node, (name,))


def _values(node: Node, path: Path, *, given: bool) -> Iterator[tuple[Path, Node, bool]]:
    """Every node that describes a value; `given`: chart/values.yaml has the value."""
    yield path, node, given
    if "x-kubernetes" in node:
        return
    for name, below in node.get("properties", {}).items():
        yield from _values(below, (*path, name), given=given and "default" not in node)
    for keyword, step in (("additionalProperties", f"<{node.get('x-key', 'name')}>"), ("items", 0)):
        if isinstance(node.get(keyword), dict):
            yield from _values(node[keyword], (*path, step), given=False)


def _value_faults(node: Node, *, given: bool) -> Iterator[str]:
    if not types(node):
        yield "it has no type"
    description = str(node.get("description", ""))
    if not description.endswith("."):
        yield "its description is no sentence" if description else "it has no description"
    block = "properties" in node and types(node) == ["object"]
    if given and not block and not _VERSION.fullmatch(str(node.get("x-since", ""))):
        yield "x-since must be the chart version that brought it"
    if "object" in types(node):
        # Loading has closed it.
        if node.get("additionalProperties") is False and "properties" not in node:
            yield "it is an object and says nothing about its keys"
        for name, below in node.get("properties", {}).items() if not given else ():
            yield from _choice_faults(node, name, below)
        if "default" in node and node.get("properties"):
            yield "it has properties and a default; the properties have defaults"
    elif given and "default" not in node:
        yield "it has no default"


def _choice_faults(node: Node, name: str, below: Node) -> Iterator[str]:
    """Whether the property can be left out, and what holds then, must be clear."""
    required = name in node.get("required", ())
    block = "properties" in below and types(below) == ["object"]
    optional_source = types(node) != ["object"]
    if not (required or block or optional_source or "default" in below):
        yield f"{name} has no default and is not required"


def _sample_faults(node: Node, definitions: dict[str, Node]) -> Iterator[str]:
    """What is shown to people as a value must be one."""
    samples = [("an example", each) for each in node.get("examples", ())]
    if "default" in node:
        samples.append(("the default", node["default"]))
    validator = Validator({**node, "definitions": definitions})
    for what, sample in samples:
        for error in validator.iter_errors(sample):
            yield f"{what} is not valid: {error.message}"
        if _has_null(sample):
            yield f"{what} holds a null, which Helm takes for the wish to remove a key"


def _has_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_null(below) for below in value.values())
    if isinstance(value, list):
        return any(_has_null(below) for below in value)
    return value is None


def _schema_faults(node: Node, path: Path) -> Iterator[Fault]:
    """What concerns every schema, those of conditions included."""
    for keyword in node.keys() - _KEYWORDS:
        yield path, node, f"keyword {keyword} is none of those in carrel.schema.keywords"
    if "pattern" in node:
        yield from ((path, node, f"pattern {fault}") for fault in faults(node["pattern"]))
    if "x-kubernetes" in node:
        return
    for keyword, value in node.items():
        if keyword in SUBSCHEMA_BY_NAME:
            for name, below in value.items():
                yield from _schema_faults(below, (*path, name))
        elif keyword in SUBSCHEMA_LIST:
            for below in value:
                yield from _schema_faults(below, path)
        elif keyword in SUBSCHEMA and isinstance(value, dict):
            step = () if keyword in _CONDITIONS else (f"<{keyword}>",)
            yield from _schema_faults(value, (*path, *step))

"""docs/schema/*.schema.json: what editors complete, explain and underline in a site's files.

Each describes one layer, which need not give what the layers below it do. What only several layers
together can break is left to `carrel validate`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from carrel.build.annotations import choices, description, readers
from carrel.build.schemas.json_text import json_text
from carrel.schema.bundle import Schema
from carrel.schema.hints import types, written
from carrel.schema.keywords import SUBSCHEMA, SUBSCHEMA_BY_NAME, SUBSCHEMA_LIST, VALIDATION
from carrel.schema.layer_keys import OF_A_RELEASE, of_tenants
from carrel.schema.shipped import DIALECT
from carrel.schema.source import Node

FOLDER = "docs/schema"
"""Where the schemas are, from the root of the project."""

SITE, TENANTS = f"{FOLDER}/site.schema.json", f"{FOLDER}/tenants.schema.json"
"""The schema of site.yaml and of platform layers, and that of tenants files."""

_ACROSS_LAYERS = frozenset({"required", "minProperties", "if", "then", "else", "not", "allOf"})
"""Keywords that a layer alone can break although the resolved values do not."""

_KEPT = VALIDATION | {"examples", "title"}
"""Keywords that editors get as they are."""

_GIVEN = "x-given"
"""Keyword of ours between two steps: the value that the defaults have in place of the default."""

_LONGEST_DEFAULT = 60


def editor_schemas(schema: Schema) -> dict[str, str]:
    """Path below the root → text of each schema for editors."""
    defaults = schema.defaults()
    every = schema.root["properties"]
    return {
        SITE: json_text(_document("Carrel site", every, schema, defaults)),
        TENANTS: json_text(_document("Carrel tenants", of_tenants(schema), schema, defaults)),
    }


def modeline(depth: int, schema: str = SITE) -> str:
    """The comment by which editors find the schema of a file that is `depth` folders deep."""
    return f"# yaml-language-server: $schema={'../' * depth}{schema}"


def _document(
    title: str, names: Iterable[str], schema: Schema, defaults: Mapping[str, Any]
) -> Node:
    """The schema of a layer that may set these top-level values."""
    nodes = {name: schema.root["properties"][name] for name in names}
    properties = {name: _annotated(_layer(node, defaults[name])) for name, node in nodes.items()}
    for name in OF_A_RELEASE:
        if name in properties:
            properties[name]["doNotSuggest"] = True
    body = {"type": "object", "properties": properties, "additionalProperties": False}
    used = set(_references(body))
    definitions = {
        name: _annotated(node) for name, node in schema.root["definitions"].items() if name in used
    }
    kept = {"definitions": definitions} if definitions else {}
    return {"$schema": DIALECT, "title": title, **body, **kept}


def _layer(node: Node, given: object) -> Node:
    """The schema of what one layer may say where `given` is there already.

    Below a map that the defaults give, a layer may leave everything out that they give, and remove
    with a null what the resolved values need not have. An entry of its own is whole.
    """
    if not isinstance(given, Mapping) or "x-kubernetes" in node:
        return node
    entry = node.get("additionalProperties")
    below = dict(node.get("properties", {}))
    if isinstance(entry, dict):
        below |= {name: entry for name in given if name not in below}
    optional = set(given) - set(node.get("required", ()))
    properties = {}
    for name, each in below.items():
        if name in given:
            each = _layer(each, given[name])
        properties[name] = _removable(each, given[name]) if name in optional else each
    kept = {keyword: each for keyword, each in node.items() if keyword not in _ACROSS_LAYERS}
    return {**kept, "properties": properties} if properties else kept


def _removable(node: Node, given: object) -> Node:
    """`node` or null, for a key of an entry that the defaults have."""
    if "x-kubernetes" in node or not types(node):
        return node
    more = {"enum": [*node["enum"], None]} if "enum" in node else {}
    return {**node, "type": [*types(node), "null"], **more, _GIVEN: given}


def _annotated(node: Node) -> Node:
    """`node` in the keywords that editors know, at every depth."""
    result: Node = {}
    if "description" in node:
        result["description"] = plain = description(node)
        markdown = _markdown(node)
        if markdown != plain or "`" in plain:
            result["markdownDescription"] = markdown
    for key, value in node.items():
        if key in SUBSCHEMA_BY_NAME:
            result[key] = {name: _annotated(below) for name, below in value.items()}
        elif key in SUBSCHEMA_LIST:
            result[key] = [_annotated(below) for below in value]
        elif key in SUBSCHEMA and isinstance(value, dict):
            result[key] = _annotated(value)
        elif key in _KEPT or (key == "default" and _written_by_editors(node)):
            result[key] = value
    if "x-key" in node:
        # Editors head an entry with its title, and offer that of the names as the key of a new one.
        for key in ("propertyNames", "additionalProperties"):
            result[key] = {"title": node["x-key"], **result[key]}
    return result


def _written_by_editors(node: Node) -> bool:
    """Whether an editor that completes the key should write the default behind it.

    An empty one would only be in the way, and an entry of the defaults has the value already.
    """
    default = node["default"]
    return default != "" and not isinstance(default, dict | list) and _GIVEN not in node


def _markdown(node: Node) -> str:
    """The description, then what hovering shows besides; editors add choices and examples."""
    facts = []
    held = node.get(_GIVEN, node.get("default"))
    if held not in (None, "", [], {}):
        default = written(held)
        shown = f"`{default}`" if len(default) <= _LONGEST_DEFAULT else "see chart/values.yaml"
        facts.append(f"Default: {shown}.")
    if "enum" not in node:
        facts.append(choices(node))
    if "x-scope" in node:
        facts.append(f"Read by {readers(node)}.")
    if "x-since" in node:
        facts.append(f"Since {node['x-since']}.")
    return "\n\n".join(filter(None, [_escaped(description(node)), " ".join(filter(None, facts))]))


def _escaped(text: str) -> str:
    """Text in which `<name>` outside of code does not vanish as an HTML tag."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)


def _references(value: object) -> Iterable[str]:
    """The names of all definitions that a schema refers to."""
    if isinstance(value, Mapping):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference.rsplit("/", 1)[-1]
        for below in value.values():
            yield from _references(below)
    elif isinstance(value, list):
        for below in value:
            yield from _references(below)

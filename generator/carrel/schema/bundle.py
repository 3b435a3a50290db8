"""The schema of the values tree, from the files of generator/schema/ to one closed schema."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from carrel.diagnostics import Path
from carrel.schema.core_types import CoreTypes
from carrel.schema.merge import REFERENCE, Definitions
from carrel.schema.source import Area, Node, malformed, read_areas
from carrel.schema.upstream_defaults import filled


@dataclass(frozen=True, slots=True)
class Schema:
    """What values may be, what they are when nobody sets them, and what they mean.

    Attributes:
        root: the whole schema with its annotations. Every `$ref` of ours is followed; only core
            Kubernetes types stand in `definitions` and are referred to. Every object is closed,
            and whatever has a default is required, because a null would remove it.
        areas: the files the schema was written in, in their order.
        definitions: name → followed definition, for those who document what blocks share.
    """

    root: Node
    areas: tuple[Area, ...]
    definitions: Mapping[str, Node]

    def defaults(self) -> dict[str, Any]:
        """A fresh copy of the values that hold when no layer sets any."""
        values: dict[str, Any] = default_of(self.root)
        return values

    def at(self, path: Path) -> Node | None:
        """The schema of the value at `path`, None where no value may be.

        Every key of a map leads to the schema of its entries, every index to that of the items.
        """
        node: Node | None = self.root
        for step in path:
            if node is None:
                return None
            node = self.below(node, step)
        return node

    def below(self, node: Node, step: str | int) -> Node | None:
        """The schema of the value at key or index `step` of a value that `node` describes."""
        node = self.effective(node)
        if isinstance(step, int):
            below = node.get("items")
        else:
            below = node.get("properties", {}).get(step, node.get("additionalProperties"))
        if below is True:
            return {}
        return self.effective(below) if isinstance(below, dict) else None

    def effective(self, node: Node) -> Node:
        """`node` with the core Kubernetes type merged in that it refers to, if it does."""
        if "x-kubernetes" in node:
            return {**self.effective(node["allOf"][0]), **node}
        if "$ref" in node:
            return self.effective(self.root["definitions"][node["$ref"].removeprefix(REFERENCE)])
        return node

    def validator_schema(self) -> dict[str, Any]:
        """The draft-07 schema that is shipped with the chart: no annotations, repeated parts once.

        It allows `global` at the root and in the subchart `crds`, where Helm puts it.
        """
        from carrel.schema.shipped import shipped

        return shipped(self.root)


def load(folder: FilePath, shown_as: str = "generator/schema") -> Schema:
    """Read generator/schema/ at `folder`; `shown_as` is that folder in messages.

    Core Kubernetes types and upstream's images come from the folder `catalogue` beside it.

    Raises:
        MalformedSchema: the files do not make one schema.
    """
    areas = filled(read_areas(folder, shown_as), folder.parent / "catalogue")
    definitions = Definitions(
        {name: node for area in areas for name, node in area.definitions.items()}
    )
    core_types = CoreTypes(folder.parent / "catalogue")
    properties = {
        name: _closed(definitions.follow(node), core_types, fixed=True)
        for area in areas
        for name, node in area.properties.items()
    }
    root = {
        "type": "object",
        "description": "The values of the chart.",
        "properties": properties,
        "required": _with_default(properties),
        "additionalProperties": False,
        "definitions": core_types.definitions(),
    }
    return Schema(root, areas, definitions.all())


def default_of(node: Node) -> Any:
    """The value that holds where `node` describes one and nobody sets it.

    Raises:
        KeyError: the node has no default: the value must be given.
    """
    if "default" in node or not _is_block(node):
        return deepcopy(node["default"])
    return {name: default_of(below) for name, below in node["properties"].items() if _given(below)}


def _is_block(node: Node) -> bool:
    """Whether `node` is an object with keys of its own, rather than a leaf or a map by name."""
    return node.get("type") == "object" and "properties" in node


def _given(node: Node) -> bool:
    """Whether chart/values.yaml has a value for `node`."""
    return "default" in node or _is_block(node)


def _with_default(properties: Mapping[str, Node], required: Iterable[str] = ()) -> list[str]:
    named = set(required)
    return [name for name, node in properties.items() if name in named or _given(node)]


def _closed(node: Node, core_types: CoreTypes, *, fixed: bool) -> Node:
    """`node` with every object below it closed.

    `fixed` says that chart/values.yaml gives the value: then keys with a default are required.
    Entries of maps and lists have no values to fall back on, so there only `required` counts.
    """
    result = dict(node)
    if "x-kubernetes" in node:
        result["allOf"] = [core_types.schema(node)]
        return result
    properties = node.get("properties")
    if properties is not None:
        for name, below in properties.items():
            if below is None:
                raise malformed(f"property {name} has no schema", node)
        below_fixed = fixed and _is_block(node) and "default" not in node
        result["properties"] = {
            name: _closed(below, core_types, fixed=below_fixed)
            for name, below in properties.items()
        }
        if below_fixed:
            result["required"] = _with_default(properties, node.get("required", ()))
    if "object" in _types(node) and "additionalProperties" not in node:
        result["additionalProperties"] = False
    for keyword in ("additionalProperties", "items"):
        if isinstance(node.get(keyword), dict):
            result[keyword] = _closed(node[keyword], core_types, fixed=False)
    return result


def _types(node: Node) -> list[str]:
    types = node.get("type", [])
    return [types] if isinstance(types, str) else list(types)

"""Following `$ref` and `x-extends`.

A node that names a definition becomes that definition merged with whatever the node itself says.
This goes further than JSON Schema, where `$ref` hides its siblings: a description, a default or a
whole property beside it wins over the definition's. A keyword or property of null takes the
definition's away.
"""

from collections.abc import Mapping
from typing import Any

from carrel.schema.keywords import SUBSCHEMA, SUBSCHEMA_BY_NAME, SUBSCHEMA_LIST
from carrel.schema.source import Node, malformed

REFERENCE = "#/definitions/"
"""What a reference's text starts with; the name of the definition follows."""


class Definitions:
    """Definitions by name, each followed through once."""

    def __init__(self, written: Mapping[str, Node]) -> None:
        self._written = written
        self._followed: dict[str, Node] = {}
        self._trail: list[str] = []

    def follow(self, node: Node) -> Node:
        """`node` with everything it refers to merged in, at every depth.

        Raises:
            MalformedSchema: a name that no definition has, or definitions in a circle.
        """
        own = {key: self._follow_below(key, value) for key, value in node.items()}
        reference, extended = own.pop("$ref", None), own.get("x-extends")
        if reference is not None:
            if not isinstance(reference, str) or not reference.startswith(REFERENCE):
                raise malformed(f"$ref must start with {REFERENCE}", node)
            name = reference.removeprefix(REFERENCE)
            return merged({**self._referred(name, node), "x-definition": name}, own)
        if extended is not None:
            return merged(_without(self._referred(extended, node), node), own)
        return own

    def all(self) -> dict[str, Node]:
        """Every definition, followed, by name.

        Raises:
            MalformedSchema: as `follow`.
        """
        return {name: self._referred(name, node) for name, node in self._written.items()}

    def _referred(self, name: str, node: Node) -> Node:
        if name not in self._followed:
            if name not in self._written:
                raise malformed(f"there is no definition {name}", node)
            if name in self._trail:
                circle = " > ".join([*self._trail, name])
                raise malformed(f"definitions refer to each other in a circle: {circle}", node)
            self._trail.append(name)
            self._followed[name] = self.follow(self._written[name])
            self._trail.pop()
        return self._followed[name]

    def _follow_below(self, key: str, value: Any) -> Any:
        if key in SUBSCHEMA_BY_NAME:
            return {
                name: None if node is None else self.follow(node) for name, node in value.items()
            }
        if key in SUBSCHEMA_LIST:
            return [self.follow(node) for node in value]
        if key in SUBSCHEMA and isinstance(value, dict):
            return self.follow(value)
        return value


def _without(base: Node, node: Node) -> Node:
    """`base` without the properties that `x-omit` of `node` names."""
    properties = base.get("properties", {})
    omitted = node.get("x-omit", ())
    for name in omitted:
        if name not in properties:
            raise malformed(f"x-omit names {name}, which {node['x-extends']} does not have", node)
    kept = {name: below for name, below in properties.items() if name not in omitted}
    return {**base, "properties": kept}


def merged(base: Node, own: Node) -> Node:
    """`own` laid over `base`: schemas merge at every depth, any other keyword replaces.

    Properties keep the order of `base`; new ones follow.
    """
    result = dict(base)
    for key, value in own.items():
        below = result.get(key)
        if value is None:
            result.pop(key, None)
        elif key in SUBSCHEMA_BY_NAME and isinstance(below, dict):
            result[key] = _merged_by_name(below, value)
        elif key in SUBSCHEMA and isinstance(below, dict) and isinstance(value, dict):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result


def _merged_by_name(base: Mapping[str, Node], own: Mapping[str, Node | None]) -> dict[str, Node]:
    result = dict(base)
    for name, node in own.items():
        if node is None:
            result.pop(name, None)
        else:
            result[name] = merged(result[name], node) if name in result else node
    return result

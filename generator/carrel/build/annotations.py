"""What a schema says about a value, in words for values.yaml and the documentation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from carrel.schema.hints import listed, literal, types
from carrel.schema.source import Node

_PLURALS = {
    "array": "lists",
    "boolean": "booleans",
    "integer": "whole numbers",
    "number": "numbers",
    "object": "maps",
    "string": "strings",
}
_SINGULARS = {
    "array": "list",
    "boolean": "boolean",
    "integer": "whole number",
    "number": "number",
    "object": "map",
    "string": "string",
}
_READERS = {"P": "the platform release", "T": "the tenants releases", "G": "the generator"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key below a block or a map's entry.

    Attributes:
        path: from the block down, a map's own keys as `<name>`.
        node: its schema.
        required: whether whoever writes the map must give it.
    """

    path: tuple[str, ...]
    node: Node
    required: bool

    @property
    def dotted(self) -> str:
        """The path with dots."""
        return ".".join(self.path)


def description(node: Node) -> str:
    """The description on one line."""
    return " ".join(str(node.get("description", "")).split())


def choices(node: Node) -> str:
    """The values to choose from or the range of numbers, in a sentence, "" where there is none.

    Those of a map are the choices for its entries, those of a list the choices for its items.
    """
    if "enum" in node:
        # A description that explains every choice has named them.
        explained = all(f"`{choice}`" in description(node) for choice in node["enum"])
        return "" if explained else f"One of {listed(node['enum'])}."
    below = entry(node)
    if below is not None and "enum" in below:
        return f"{description(below)} {choices(below)}".strip()
    if isinstance(node.get("items"), dict) and "enum" in node["items"]:
        return f"Of {listed(node['items']['enum'], 'and')}."
    low, high = node.get("minimum"), node.get("maximum")
    if {"integer", "number"} & set(types(node)) and low is not None and high is not None:
        return f"From {literal(low)} to {literal(high)}."
    return ""


def readers(node: Node) -> str:
    """Who reads a top-level value, as a list in words."""
    names = [_READERS[letter] for letter in node.get("x-scope", "")]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def example(node: Node) -> Any:
    """An example for a value whose default does not show what one looks like, else None."""
    examples = node.get("examples", ())
    if not examples and isinstance(node.get("items"), dict):
        examples = [[each] for each in node["items"].get("examples", ())]
    shown = node.get("default") in ("", [], {}) or "default" not in node
    return examples[0] if examples and shown else None


def is_block(node: Node) -> bool:
    """Whether a node is an object with keys of its own that each have a default."""
    return node.get("type") == "object" and "properties" in node and "default" not in node


def entry(node: Node) -> Node | None:
    """The schema of a map's entries, None where the node is no map by name."""
    below = node.get("additionalProperties")
    return below if isinstance(below, dict) else None


def entry_name(node: Node) -> str:
    """The key of a map's entries as documentation writes it: `<tenant>`."""
    return f"<{node.get('x-key', 'name')}>"


def kind(node: Node) -> str:
    """The type of a value in a few words: "string", "list of strings", "Affinity"."""
    if "x-kubernetes" in node:
        return f"Kubernetes {node['x-kubernetes']}"
    below = entry(node)
    if below is not None:
        return f"map of {_plural(below)}"
    if types(node) == ["array"] and isinstance(node.get("items"), dict):
        return f"list of {_plural(node['items'])}"
    return " or ".join(_SINGULARS[each] for each in types(node))


def _plural(node: Node) -> str:
    if "x-kubernetes" in node:
        return f"Kubernetes {node['x-kubernetes']}"
    return " or ".join(_PLURALS[each] for each in types(node))


def keys(node: Node, path: tuple[str, ...] = ()) -> Iterator[Key]:
    """Every key that may be written below `node`, maps by name included, blocks before their keys.

    Core Kubernetes types are not entered: their own documentation describes them.
    """
    if "x-kubernetes" in node:
        return
    for name, below in node.get("properties", {}).items():
        here = (*path, name)
        must = name in node.get("required", ()) and "default" not in below
        yield Key(here, below, must and not is_block(below))
        yield from keys(below, here)
    below = entry(node)
    if below is not None:
        yield from keys(below, (*path, entry_name(node)))
    items = node.get("items")
    if isinstance(items, dict):
        yield from keys(items, path)

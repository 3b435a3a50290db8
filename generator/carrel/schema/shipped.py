"""chart/values.schema.json: the schema that Helm itself validates against.

It is stored in every release Secret, so it carries no annotations and says repeated parts once.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from carrel.schema.keywords import SUBSCHEMA, SUBSCHEMA_BY_NAME, SUBSCHEMA_LIST, VALIDATION
from carrel.schema.merge import REFERENCE
from carrel.schema.source import Node

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The newest dialect that every supported Helm reads; none of them fetches this address."""

SMALLEST_DEFINITION = 100
"""Characters of compact JSON below which a part is shorter in place than as a reference."""


def shipped(root: Node) -> dict[str, Any]:
    """The validation keywords of `root`, with what repeats moved into `definitions`.

    `global` is allowed at the root and in `crds`: Helm adds it to every chart's values.
    """
    bare = _bare(root)
    for chart in (bare, bare["properties"].get("crds")):
        if chart is not None:
            chart["properties"] = {**chart["properties"], "global": {"type": "object"}}
    pool = _Pool(bare, root)
    body = pool.replaced(bare)
    definitions = {**body.pop("definitions", {}), **pool.definitions}
    return {"$schema": DIALECT, **body, "definitions": dict(sorted(definitions.items()))}


def _map_below(node: Node, change: Callable[[Node], Node]) -> Node:
    """A copy of `node` with `change` applied to the schemas directly below it."""
    result: Node = {}
    for key, value in node.items():
        if key in SUBSCHEMA_BY_NAME:
            result[key] = {name: change(below) for name, below in value.items()}
        elif key in SUBSCHEMA_LIST:
            result[key] = [change(below) for below in value]
        elif key in SUBSCHEMA and isinstance(value, dict):
            result[key] = change(value)
        else:
            result[key] = value
    return result


def _bare(node: Node) -> Node:
    kept = {key: value for key, value in node.items() if key in VALIDATION}
    return _map_below(kept, _bare)


def _text(node: Node) -> str:
    return json.dumps(node, sort_keys=True, separators=(",", ":"))


class _Pool:
    """Collects the parts of one schema that stand in it more than once."""

    def __init__(self, bare: Node, annotated: Node) -> None:
        self.definitions: dict[str, Node] = {}
        self._names: dict[str, str] = {}
        self._wanted: dict[str, str] = {}
        self._seen: Counter[str] = Counter()
        self._taken = set(bare.get("definitions", {}))
        self._count(bare, annotated, "values")

    def replaced(self, node: Node) -> Node:
        """`node` with its repeated parts replaced by references, at every depth."""
        return _map_below(node, self._replace)

    def _replace(self, node: Node) -> Node:
        text = _text(node)
        if self._seen[text] < 2:
            return self.replaced(node)
        if text not in self._names:
            name = self._free_name(self._wanted[text])
            self._names[text] = name
            self.definitions[name] = self.replaced(node)
        return {"$ref": REFERENCE + self._names[text]}

    def _free_name(self, wanted: str) -> str:
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}{number}", number + 1
        self._taken.add(name)
        return name

    def _count(self, bare: Node, annotated: Node, key: str) -> None:
        """Count `bare` and, the first time that it is met, what is below it.

        What stands only inside a repeated part stands once in the result.
        """
        text = _text(bare)
        if len(text) >= SMALLEST_DEFINITION:
            self._seen[text] += 1
            self._wanted.setdefault(text, annotated.get("x-definition", key))
            if self._seen[text] > 1:
                return
        for keyword, value in bare.items():
            noted = annotated.get(keyword, {})
            if keyword in SUBSCHEMA_BY_NAME:
                for name, below in value.items():
                    self._count(below, noted.get(name, {}), name)
            elif keyword in SUBSCHEMA_LIST:
                for index, below in enumerate(value):
                    self._count(below, noted[index], key)
            elif keyword in SUBSCHEMA and isinstance(value, dict):
                self._count(value, noted, f"{key}Entry" if keyword != "propertyNames" else "name")

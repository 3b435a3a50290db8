"""Writing a repeated part of a structural schema once.

A custom resource that holds a PodSpec spells out the same probe nine times over. Pooled, each
repeated part is a definition, and the schema is small enough to be read in a diff.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from carrel.k8s.structural_schema import REFERENCE, subschemas

SMALLEST_DEFINITION = 120
"""Characters of compact JSON below which a part is shorter in place than as a reference."""


def pooled(schemas: Mapping[str, Any], root: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Replace what is repeated within `schemas` by references to definitions.

    Args:
        schemas: name → structural schema without references. A whole schema is repeated when a
            second name has it.
        root: the name of a definition that is such a whole schema.

    Returns:
        The schemas by name, and the definitions by name. A definition is named after the
        property that first holds it.
    """
    pool = _Pool(_repeated(schemas))
    replaced = {name: pool.replace(schema, root) for name, schema in schemas.items()}
    return replaced, dict(sorted(pool.definitions.items()))


def _text(schema: Any) -> str:
    return json.dumps(schema, separators=(",", ":"), sort_keys=True)


def _repeated(schemas: Mapping[str, Any]) -> frozenset[str]:
    """The compact texts of what is to become a definition: objects and long scalars, no lists."""
    seen: Counter[str] = Counter()

    def count(schema: Mapping[str, Any]) -> None:
        text = _text(schema)
        if len(text) >= SMALLEST_DEFINITION and schema.get("type") != "array":
            seen[text] += 1
        if seen[text] < 2:
            for _, _, below in subschemas(schema):
                count(below)

    for schema in schemas.values():
        count(schema)
    return frozenset(text for text, times in seen.items() if times > 1)


@dataclass(slots=True)
class _Pool:
    repeated: frozenset[str]
    definitions: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def replace(self, schema: Mapping[str, Any], holder: str) -> dict[str, Any]:
        """`schema`, which describes the property `holder`, with references in it."""
        text = _text(schema)
        if text not in self.repeated:
            return self._replace_below(schema, holder)
        if text not in self.names:
            name = self._unused(holder)
            self.names[text] = name
            self.definitions[name] = {}
            self.definitions[name] = self._replace_below(schema, holder)
        return {"$ref": REFERENCE + self.names[text]}

    def _replace_below(self, schema: Mapping[str, Any], holder: str) -> dict[str, Any]:
        result = dict(schema)
        if "properties" in schema:
            result["properties"] = {}
        for keyword, name, below in subschemas(schema):
            if keyword == "properties":
                result["properties"][name] = self.replace(below, name)
            else:
                result[keyword] = self.replace(below, holder)
        return result

    def _unused(self, name: str) -> str:
        candidates = (name, *(f"{name}{number}" for number in range(2, 1000)))
        return next(candidate for candidate in candidates if candidate not in self.definitions)

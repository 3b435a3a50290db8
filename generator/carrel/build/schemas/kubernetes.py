"""Definitions of the Kubernetes API over several versions, without descriptions."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from carrel.k8s.structural_schema import REFERENCE

GROUP_VERSION_KIND = "x-kubernetes-group-version-kind"

_SCHEMA = REFERENCE + "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
CORRECTIONS: Mapping[str, dict[str, Any]] = {
    "JSONSchemaPropsOrArray": {"$ref": _SCHEMA},
    "JSONSchemaPropsOrBool": {"anyOf": [{"type": "boolean"}, {"$ref": _SCHEMA}]},
}
"""Types that the source leaves open, as the API server understands them.

They stand for `items` and `additionalProperties` in a custom resource definition, below which
nothing would be checked otherwise. A structural schema has no list of schemas in `items`.
"""

_KEPT = frozenset({"additionalProperties", "enum", "required", "type", GROUP_VERSION_KIND})


def histories(definitions: Mapping[str, Mapping[str, Any]], kinds: Iterable[str]) -> dict[str, Any]:
    """What the kinds need, by package, type and version.

    Args:
        definitions: version, such as `1.33`, oldest first → full name of a type → its schema in
            JSON Schema 2020-12 with references into the same document.
        kinds: `GROUP/VERSION/KIND`, without the group for the core group.

    Returns:
        package → name of the type → version since which it looks so → schema, or None when the
        type is not needed any more.

    Raises:
        KeyError: a version lacks one of the kinds.
    """
    kinds = list(kinds)
    result: dict[str, Any] = {}
    for minor, types in definitions.items():
        needed = _needed(types, kinds)
        known = {f"{package}.{name}" for package, names in result.items() for name in names}
        for full_name in sorted(known | needed):
            package, name = full_name.rsplit(".", 1)
            state = None
            if full_name in needed:
                state = CORRECTIONS.get(name) or pruned(types[full_name])
            history = result.setdefault(package, {}).setdefault(name, {})
            if not history or list(history.values())[-1] != state:
                history[minor] = state
    return {
        package: {name: result[package][name] for name in sorted(result[package])}
        for package in sorted(result)
    }


def pruned(schema: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` in draft 4 with what decides whether a document is valid, keys sorted.

    Of the formats only `date-time` is checked. A choice between plain types becomes a list of
    types: the sources write it so that `null` fits both and hence neither.
    """
    result: dict[str, Any] = {}
    for key, value in sorted(schema.items()):
        if key == "$ref":
            result[key] = REFERENCE + value.rsplit("/", 1)[1]
        elif key == "properties":
            result[key] = {name: pruned(below) for name, below in sorted(value.items())}
        elif key in {"items", "additionalProperties"} and isinstance(value, dict):
            result[key] = pruned(value)
        elif key == "oneOf":
            types = (choice["type"] for choice in value)
            listed = ([entry] if isinstance(entry, str) else entry for entry in types)
            result["type"] = list(dict.fromkeys(chain.from_iterable(listed)))
        elif key in _KEPT or (key == "format" and value == "date-time"):
            result[key] = value
    return result


def _needed(types: Mapping[str, Any], kinds: Iterable[str]) -> set[str]:
    """The full names of the types that the kinds are made of."""
    by_kind = {
        "/".join(filter(None, (kind["group"], kind["version"], kind["kind"]))): name
        for name, schema in types.items()
        for kind in schema.get(GROUP_VERSION_KIND, ())
    }
    found: set[str] = set()
    waiting = {by_kind[kind] for kind in kinds}
    while waiting:
        found |= waiting
        waiting = {below for name in waiting for below in _references(types[name])} - found
    return found


def _references(schema: Any) -> set[str]:
    """The full names of the types that a schema refers to. A property may be named `$ref`."""
    if isinstance(schema, list):
        return {name for entry in schema for name in _references(entry)}
    if not isinstance(schema, dict):
        return set()
    reference = schema.get("$ref")
    own = {reference.rsplit("/", 1)[1]} if isinstance(reference, str) else set()
    return own | {name for value in schema.values() for name in _references(value)}

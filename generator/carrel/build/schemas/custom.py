"""Custom resource definitions of others, without descriptions."""

from collections.abc import Mapping
from typing import Any

from carrel.build.schemas.pooling import pooled

_KEPT = frozenset(
    {
        "additionalProperties", "default", "enum", "exclusiveMaximum", "exclusiveMinimum",
        "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength",
        "minProperties", "minimum", "multipleOf", "nullable", "pattern", "required", "type",
        "uniqueItems", "x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields",
    }
)  # fmt: skip
_WITH_ONE_SCHEMA = frozenset({"additionalProperties", "items", "not"})
_WITH_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf"})


def compact(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What kubeconform is to know of a CustomResourceDefinition: group, kind and schemas."""
    spec = definition["spec"]
    kind = spec["names"]["kind"]
    schemas, definitions = pooled(
        {
            version["name"]: pruned(version["schema"]["openAPIV3Schema"])
            for version in spec["versions"]
            if version["served"]
        },
        root=kind,
    )
    versions = [
        {"name": name, "schema": {"openAPIV3Schema": schema}} for name, schema in schemas.items()
    ]
    return {
        "name": definition["metadata"]["name"],
        "spec": {"group": spec["group"], "names": {"kind": kind}, "versions": versions},
        "definitions": definitions,
    }


def pruned(schema: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` with what decides whether a document is valid, keys sorted.

    Of the formats only `date-time` is checked. Conditions in CEL are left to the API server.
    """
    result: dict[str, Any] = {}
    for key, value in sorted(schema.items()):
        if key == "properties":
            result[key] = {name: pruned(below) for name, below in sorted(value.items())}
        elif key in _WITH_ONE_SCHEMA and isinstance(value, dict):
            result[key] = pruned(value)
        elif key in _WITH_SCHEMAS:
            result[key] = [pruned(entry) for entry in value]
        elif key in _KEPT or (key == "format" and value == "date-time"):
            result[key] = value
    return result

"""Schemas as custom resource definitions write them: the structural form of OpenAPI v3.

In the catalogue a part that repeats stands once in a map of definitions, and
`{"$ref": "#/definitions/NAME"}` stands in its place. Kubernetes itself knows no references.
"""

from collections.abc import Iterator, Mapping
from typing import Any

REFERENCE = "#/definitions/"
"""What a reference's text starts with; the name of the definition follows."""

_KEPT = frozenset(
    {
        "allOf", "anyOf", "enum", "exclusiveMaximum", "exclusiveMinimum", "maxItems",
        "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties",
        "minimum", "multipleOf", "not", "oneOf", "pattern", "type", "uniqueItems",
    }
)  # fmt: skip
"""Keywords that mean the same in a structural schema and in JSON Schema draft 4."""


def expanded(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """`schema` with every reference replaced by the definition it names.

    Raises:
        KeyError: a reference names no definition.
    """
    if isinstance(schema, list):
        return [expanded(entry, definitions) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return expanded(definitions[reference.removeprefix(REFERENCE)], definitions)
    return {key: expanded(value, definitions) for key, value in schema.items()}


def subschemas(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The schemas directly below `schema`: the keyword, the property's name or "", the schema.

    What stands in `allOf`, `anyOf`, `oneOf` and `not` states conditions on the same value and is
    no schema of its own.
    """
    for name, below in schema.get("properties", {}).items():
        yield "properties", name, below
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield keyword, "", schema[keyword]


def closed(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema (draft 4) of what an API server accepts with strict field validation.

    An object refuses fields that `schema` does not list, since the server would drop them, unless
    `x-kubernetes-preserve-unknown-fields` is set on it. A field with a default is not required:
    the server fills it in before it validates. Conditions in CEL have no counterpart and are
    left out. References stay.

    Source of the rules: "Structural schemas and pruning" in the Kubernetes documentation of
    custom resource definitions.
    """
    if "$ref" in schema:
        return dict(schema)
    result = {key: value for key, value in schema.items() if key in _KEPT}
    if schema.get("format") == "date-time":
        result["format"] = "date-time"
    if schema.get("x-kubernetes-int-or-string"):
        result.pop("anyOf", None)
        result["type"] = ["integer", "string"]
    if schema.get("nullable"):
        _accept_null(result)
    if isinstance(schema.get("items"), dict):
        result["items"] = closed(schema["items"], definitions)
    if schema.get("type") == "object":
        result |= _object(schema, definitions)
    return result


def _accept_null(schema: dict[str, Any]) -> None:
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"]]
    if "type" in schema:
        schema["type"] = [*schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]


def _object(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """What `closed` says of an object's fields."""
    result: dict[str, Any] = {}
    properties = schema.get("properties", {})
    if properties:
        result["properties"] = {k: closed(v, definitions) for k, v in properties.items()}
    required = [
        name
        for name in schema.get("required", ())
        if "default" not in expanded(properties.get(name, {}), definitions)
    ]
    if required:
        result["required"] = required
    values = schema.get("additionalProperties")
    if isinstance(values, dict):
        result["additionalProperties"] = closed(values, definitions)
    elif values is not True and not schema.get("x-kubernetes-preserve-unknown-fields"):
        result["additionalProperties"] = False
    return result

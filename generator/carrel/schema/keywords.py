"""The keywords that generator/schema/*.yaml may use, and which of them hold further schemas.

The list is short on purpose. What is missing means different things to Helm 3.18, Helm 4 and
Python (`format`), gives sentences that nobody can act on (`oneOf`, `anyOf`), or is fetched from the
network when a chart is rendered (a `$ref` to elsewhere).
"""

SUBSCHEMA = frozenset(
    {"items", "additionalProperties", "propertyNames", "not", "if", "then", "else"}
)
"""Keywords whose value is one schema (`additionalProperties` may be a boolean instead)."""

SUBSCHEMA_BY_NAME = frozenset({"properties", "definitions"})
"""Keywords whose value is a map of schemas."""

SUBSCHEMA_LIST = frozenset({"allOf"})
"""Keywords whose value is a list of schemas."""

ASSERTIONS = frozenset(
    {
        "const",
        "enum",
        "exclusiveMinimum",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
        "required",
        "type",
        "uniqueItems",
    }
)
"""Keywords that a validator judges by themselves."""

VALIDATION = ASSERTIONS | SUBSCHEMA | SUBSCHEMA_BY_NAME | SUBSCHEMA_LIST | {"$ref"}
"""Everything that reaches chart/values.schema.json."""

ANNOTATIONS = frozenset(
    {
        "default",
        "description",
        "examples",
        "title",
        "x-consumer",
        "x-extends",
        "x-key",
        "x-kubernetes",
        "x-kubernetes-properties",
        "x-omit",
        "x-scope",
        "x-since",
    }
)
"""Keywords for people and for the generator.

`x-consumer` names who reads a value that no template reads; `x-extends` merges a definition below a
node; `x-key` names the keys of a map; `x-kubernetes` takes the schema of a core Kubernetes type, of
which `x-kubernetes-properties` keeps a few fields; `x-omit` names properties that `x-extends`
leaves out; `x-scope` says which releases read a top-level value (P platform, T tenants, G
generator); `x-since` is the chart version that brought a value.
"""

ADDED = frozenset({"x-definition", "x-removed", "x-source"})
"""Keywords that programs add: the definition a node came from, its file:line:column, and that it
stands for what was removed."""

FILE_KEYS = frozenset({"title", "order", "intro", "definitions", "properties"})
"""Top-level keys of a file in generator/schema/."""

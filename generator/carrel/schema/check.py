"""Whether values have the shape that the schema wants: the same answer as Helm's, in sentences.

Source of the verdict: JSON Schema draft-07 as Helm's validator reads it, so patterns are RE2's.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from carrel.diagnostics import Diagnostic, Path, ordered
from carrel.layers import Layer, Resolved
from carrel.schema.bundle import Schema
from carrel.schema.patterns import fits
from carrel.schema.positions import Positions
from carrel.schema.sentences import diagnostics, unknown_key
from carrel.schema.source import Node


def _pattern(
    validator: Any, pattern: str, value: object, schema: object
) -> Iterator[ValidationError]:
    """The keyword `pattern` with RE2's `$`, which does not match before a final newline."""
    del validator, schema
    if isinstance(value, str) and not fits(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


Validator = extend(  # type: ignore[no-untyped-call]
    Draft7Validator, {"pattern": _pattern}
)
"""jsonschema's draft-07 validator, which agrees with Helm's on the keywords of our schema."""


def check(values: dict[str, Any], positions: Positions, schema: Schema) -> tuple[Diagnostic, ...]:
    """Everything about the shape of `values` that Helm would refuse, sorted by position.

    Args:
        values: complete values: those of the layers after coalescing with the defaults.
        positions: where they were written.
        schema: what they are judged by.
    """
    found = [
        diagnostic
        for error in Validator(schema.root).iter_errors(values)
        for diagnostic in diagnostics(error, positions, schema)
    ]
    mistyped = {each.path for each in found if each.code == "E103"}
    consequences = ("E104", "E105", "E106", "E107", "E110")
    return ordered(
        each for each in found if not (each.path in mistyped and each.code in consequences)
    )


def check_layers(
    layers: Sequence[Layer], resolved: Resolved, schema: Schema
) -> tuple[Diagnostic, ...]:
    """As `check` of the resolved values, and of every key in every layer.

    A key that the schema does not know is found even where a later layer removes it, and is
    reported in each layer that has it.
    """
    unknown = [
        unknown_key(path, known, layer.keys.get(path), schema.root)
        for layer in layers
        if layer.name != "default"
        for path, known in _unknown_keys(layer.values, schema.root, schema, ())
    ]
    return ordered([*unknown, *check(resolved.values, Positions(layers, resolved), schema)])


def _unknown_keys(
    value: object, node: Node, schema: Schema, path: Path
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Paths of keys below `value` that the schema does not know, with the keys that it does."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            below = schema.below(node, index)
            if below is not None:
                yield from _unknown_keys(item, below, schema, (*path, index))
    if not isinstance(value, dict):
        return
    node = schema.effective(node)
    if "object" not in str(node.get("type", "object")):
        return
    for key, item in value.items():
        below = schema.below(node, key)
        if below is not None:
            yield from _unknown_keys(item, below, schema, (*path, key))
        elif node.get("additionalProperties") is False:
            yield (*path, key), node.get("properties", {})

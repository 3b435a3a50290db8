"""Which values belong into which file of a site."""

from collections.abc import Iterable, Iterator

from carrel.diagnostics import Diagnostic, Severity
from carrel.layers import Layer
from carrel.schema.bundle import Schema

OF_A_RELEASE = ("scope", "shard")
"""Values that tell releases apart; `carrel render` sets them, and no file of a site."""

OF_A_PLATFORM = "platform"
"""What values/platforms/<platform>.yaml says, and nobody else: a site that set it could not tell
that its platform's file was forgotten."""


def of_tenants(schema: Schema) -> tuple[str, ...]:
    """The top-level values that a tenants file may set: those that no other release reads."""
    properties = schema.root["properties"]
    return tuple(
        name
        for name, node in properties.items()
        if node.get("x-scope") == "T" and name not in OF_A_RELEASE
    )


def misplaced(layers: Iterable[Layer], schema: Schema) -> Iterator[Diagnostic]:
    """Values in a file where Helm, with the files in their usual order, would not look for them."""
    people = of_tenants(schema)
    for layer in layers:
        for name in layer.values:
            message = hint = ""
            if name in OF_A_RELEASE:
                message, hint = (
                    "every release has its own, which carrel render sets",
                    "leave it out",
                )
            elif name == OF_A_PLATFORM and layer.name in ("site", "tenants", "--set"):
                message = "only values/platforms/<platform>.yaml says what the kind of cluster is"
                hint = "leave it out"
            elif layer.name == "tenants" and name in schema.root["properties"].keys() - {*people}:
                message = "the platform release never reads this file"
                hint = "write it in site.yaml"
            if message:
                span = layer.keys.get((name,))
                yield Diagnostic("E114", Severity.ERROR, message, span, name, hint)

"""Allowances of tenants."""

from collections.abc import Iterator, Mapping
from typing import Any

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values, gibibytes, shown


def check(values: Values) -> Iterator[Diagnostic]:
    """A plan's largest size exists, and its amounts leave room for what comes by default."""
    sizes = values["notebooks"]["sizes"]
    for name, plan in sorted(values["plans"].items()):
        yield from _room(values, name, plan["quota"])
        largest = plan["largestSize"]
        if largest not in sizes:
            yield values.error(
                "E233",
                ("plans", name, "largestSize"),
                f"there is no size {largest} in notebooks.sizes",
            )
            continue
        size, unset = sizes[largest], plan["requestsWhenUnset"]
        for resource, excess in (
            ("cpu", unset["cpu"] > size["cpu"]),
            ("memory", gibibytes(unset["memory"]) > gibibytes(size["memory"])),
        ):
            if excess:
                yield values.error(
                    "E250",
                    ("plans", name, "requestsWhenUnset", resource),
                    f"{shown(unset[resource])} is more than the {shown(size[resource])} of the "
                    f"largest size {largest}",
                    [("notebooks", "sizes", largest, resource), ("plans", name, "largestSize")],
                )


def _room(values: Values, name: str, quota: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """A plan with notebooks has room for one as the form offers it."""
    notebooks = values["notebooks"]
    default = notebooks["defaults"]["size"]
    size = notebooks["sizes"].get(default)
    if size is None or not quota["notebooks"]:
        return
    for resource, lacks in (
        ("cpu", quota["cpu"] < size["cpu"]),
        ("memory", gibibytes(quota["memory"]) < gibibytes(size["memory"])),
    ):
        if lacks:
            yield values.error(
                "E251",
                ("plans", name, "quota", resource),
                f"{shown(quota[resource])} is less than the {shown(size[resource])} of the default "
                f"size {default}, so that no notebook could start as the form offers it",
                [("notebooks", "sizes", default, resource), ("notebooks", "defaults", "size")],
            )

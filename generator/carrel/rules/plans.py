"""Allowances of tenants."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values, gibibytes, shown


def check(values: Values) -> Iterator[Diagnostic]:
    """A plan's largest size exists, and leaves room for its own defaults."""
    sizes = values["notebooks"]["sizes"]
    for name, plan in sorted(values["plans"].items()):
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
                )

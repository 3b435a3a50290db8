"""Compute resources of the programs."""

from collections.abc import Iterator
from dataclasses import replace

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.quantities import quantity
from carrel.rules.values import Values, shown


def check(values: Values) -> Iterator[Diagnostic]:
    """No container may use less than what it asks for, which the API server refuses."""
    for name, component in sorted(values["components"].items()):
        here: Path = ("components", name, "resources")
        requests, limits = component["resources"]["requests"], component["resources"]["limits"]
        for resource in sorted(requests.keys() & limits.keys()):
            request, limit = quantity(requests[resource]), quantity(limits[resource])
            if request is None or limit is None or limit >= request:
                continue
            path = (*here, "limits", resource)
            found = values.error(
                "E270",
                path,
                f"{shown(limits[resource])} is less than the {shown(requests[resource])} that is "
                "requested",
            )
            if values.resolved.written(path) is None:
                # The limit is a default, so the request is what a site has raised.
                found = replace(found, span=values.resolved.span((*here, "requests", resource)))
            yield found

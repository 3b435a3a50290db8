"""GPUs that the values promise."""

from collections.abc import Iterator
from typing import Any

from carrel.cluster.observation import NODES, Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import descend, text

_RESOURCES = {"nvidia": "nvidia.com/gpu", "amd": "amd.com/gpu", "gaudi": "habana.ai/gaudi"}
"""`notebooks.images.*.gpu` → extended resource, as the chart's `carrel.gpuVendor` has it."""


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """Some node offers each resource that a plan grants or an offered image asks for.

    A warning: a node group may have shrunk to nothing until somebody asks for one.
    """
    if NODES not in seen.lists:
        return
    reported: set[str] = set()
    for resource, path, wanted, amount in _wanted(site):
        there = _allocatable(seen, resource)
        if there >= amount or resource in reported:
            continue
        reported.add(resource)
        offered = f"the nodes offer {there}" if there else "no node offers any"
        yield site.warning(
            "W510",
            f"{wanted}, and {offered}",
            "see that the GPU operator runs, or that nodes with GPUs can be added",
            path,
        )


def _wanted(site: RenderedSite) -> Iterator[tuple[str, Path, str, int]]:
    """Resource, where the values name it, in words, and how many at once."""
    plans: dict[str, Any] = site["plans"]
    tenants = site["tenants"].values()
    used = {each["plan"] for each in tenants if each.get("state") != "absent"}
    for name in sorted(used & plans.keys()):
        for resource, amount in sorted(plans[name]["quota"].get("gpus", {}).items()):
            if amount:
                granted: Path = ("plans", name, "quota", "gpus", resource)
                said = f"plan {name} grants {int(amount)} {resource}"
                yield resource, granted, said, int(amount)
    for name, image in sorted(site["notebooks"]["images"].items()):
        resource = _RESOURCES.get(image.get("gpu", "none"), "")
        if resource and image.get("state", "offered") == "offered":
            named: Path = ("notebooks", "images", name, "gpu")
            yield resource, named, f"image {name} is for {resource}", 1


def _allocatable(seen: Observation, resource: str) -> int:
    amounts = (
        text(descend(node, "status", "allocatable").get(resource)) for node in seen.lists[NODES]
    )
    return sum(int(amount) for amount in amounts if amount.isdigit())

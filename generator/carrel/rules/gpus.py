"""GPUs that plans grant, by the names of the device plugins' extended resources."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values

_MIG = r"mig-[0-9]+g\.[0-9]+gb[a-z0-9.-]*"

RESOURCES: Mapping[str, tuple[str, "re.Pattern[str]"]] = MappingProxyType(
    {
        "nvidia": ("nvidia.com/gpu", re.compile(rf"nvidia\.com/(gpu|{_MIG})(\.shared)?")),
        "amd": ("amd.com/gpu", re.compile(r"amd\.com/gpu")),
        "gaudi": ("habana.ai/gaudi", re.compile(r"habana\.ai/gaudi")),
    }
)
"""An image's `gpu` → the resource that the form asks for, and all that serve such an image.

A slice of a card has a resource of its own under MIG strategy mixed, and cards that are shared may
have one too (k8s-device-plugin: `renameByDefault`). The chart's `carrel.gpuVendor` has the same
names.
"""

_PREFIX = re.compile(r"^(requests|limits)\.")


def check(values: Values) -> Iterator[Diagnostic]:
    """Every resource that a plan grants is one that a quota counts and an image uses."""
    images = values["notebooks"]["images"].values()
    used = {image.get("gpu", "none") for image in images if image.get("state") != "off"}
    known = {kind: RESOURCES[kind] for kind in RESOURCES if kind in used}
    for name, plan in sorted(values["plans"].items()):
        for resource, count in sorted(plan["quota"].get("gpus", {}).items()):
            path = ("plans", name, "quota", "gpus", resource)
            if _PREFIX.match(resource):
                yield values.error(
                    "E252",
                    path,
                    f"the row of the quota would be requests.{resource}, which counts nothing; "
                    f"write {_PREFIX.sub('', resource)}",
                )
            elif count and not any(names.fullmatch(resource) for _, names in known.values()):
                used_ones = ", ".join(usual for usual, _ in known.values())
                yield values.warning(
                    "W250",
                    path,
                    f"no image in notebooks.images uses {resource}, so the form never asks for it; "
                    + (f"theirs are {used_ones}" if known else "set the gpu of one that does"),
                )

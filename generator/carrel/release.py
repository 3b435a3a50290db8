"""The Helm releases of a site: one for the platform, one for each shard of the tenants."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from carrel.k8s.fields import descend, mapping
from carrel.layers import Resolved

NAMESPACE = "carrel-system"
"""Namespace of every release record. The chart refuses one that it makes itself."""

MOST_SHARDS = 100
"""Their numbers have two digits."""

_PEOPLE = ("groups", "tenants")
"""Values about people, which the platform release neither needs nor should keep."""

_PLATFORM_ONLY = ("extraObjects",)
"""Values that the tenants releases do not render, and which can be large."""


@dataclass(frozen=True, slots=True)
class Release:
    """One Helm release.

    Attributes:
        name: `carrel`, or `carrel-tenants-NN`.
        scope: what it renders.
        shard: which tenants, for scope `tenants`.
        values: all that it needs over the chart's defaults, with the nulls that remove some.
    """

    name: str
    scope: Literal["platform", "tenants"]
    shard: int
    values: Mapping[str, object] = field(repr=False)

    @property
    def is_platform(self) -> bool:
        """Whether it is the platform release."""
        return self.scope == "platform"

    @property
    def file(self) -> str:
        """Its values file in `dist/<site>/`."""
        return "values.yaml" if self.is_platform else f"tenants-{self.shard:02}.yaml"


def shard_of(tenant: str, count: int) -> int:
    """The shard of a tenant, as the chart computes it with `adler32sum`."""
    return zlib.adler32(tenant.encode()) % count


def releases(resolved: Resolved) -> tuple[Release, ...]:
    """The releases of a site, the platform first.

    A shard without tenants is a release all the same: upgrading it is what removes the last one.
    The values need not be right; what is wrong with them is for others to say.
    """
    user = resolved.user
    platform = {name: value for name, value in user.items() if name not in (*_PEOPLE, "shard")}
    found = [Release("carrel", "platform", 0, {**platform, "scope": "platform"})]
    count = descend(resolved.values, "shards").get("count")
    shards = min(count, MOST_SHARDS) if isinstance(count, int) else 1
    tenants = mapping(user.get("tenants"))
    common = {name: value for name, value in user.items() if name not in _PLATFORM_ONLY}
    for shard in range(shards):
        own = {name: value for name, value in tenants.items() if shard_of(name, shards) == shard}
        values = {**common, "tenants": own, "scope": "tenants", "shard": shard}
        found.append(Release(f"carrel-tenants-{shard:02}", "tenants", shard, values))
    return tuple(found)

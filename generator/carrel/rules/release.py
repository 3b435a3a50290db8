"""Releases of a site: its shards."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values, shown


def check(values: Values) -> Iterator[Diagnostic]:
    """A shard must be one of those that the site has."""
    count = values["shards"]["count"]
    if values["scope"] == "tenants" and values["shard"] >= count:
        yield values.error(
            "E201",
            ("shard",),
            f"there is no shard {shown(values['shard'])}, shards.count is {shown(count)} and they "
            "are counted from 0",
        )

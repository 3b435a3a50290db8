"""Objects that the values name as already there."""

from collections.abc import Iterator

from carrel.cluster.observation import Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.places import target_title


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """Each of them is there."""
    for identity, path in site.contents.expected:
        if seen.expected.get(identity) is False:
            yield site.error(
                "E560",
                f"{target_title(identity)} is not in the cluster",
                "make it, or correct the value",
                path,
            )

"""Running every check over what was seen of a cluster."""

from collections.abc import Callable, Iterator

from carrel.cluster import (
    apis,
    certificates,
    expected,
    gpus,
    leftovers,
    mesh,
    namespaces,
    permissions,
    quotas,
    secrets,
    site_record,
    storage,
    versions,
    webhooks,
)
from carrel.cluster.observation import Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic, ordered

Check = Callable[[Observation, RenderedSite], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    site_record.check,
    versions.check,
    apis.check,
    mesh.check,
    certificates.check,
    storage.check,
    gpus.check,
    secrets.check,
    expected.check,
    namespaces.check,
    leftovers.check,
    webhooks.check,
    permissions.check,
    quotas.check,
)


def check(seen: Observation, site: RenderedSite) -> tuple[Diagnostic, ...]:
    """Everything that keeps a cluster from being ready for a site."""
    found = [finding for each in CHECKS for finding in each(seen, site)]
    return ordered([*found, *_hidden(seen, site)])


def _hidden(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    for path, refusal in seen.hidden.items():
        yield site.warning(
            "W500",
            f"{path} cannot be looked at, so what depends on it is not checked ({refusal})",
            "run doctor as somebody who may",
        )

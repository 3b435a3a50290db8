"""Namespaces that somebody else makes for the site."""

from collections.abc import Iterator

from carrel.cluster.observation import NAMESPACES, Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import descend, labels
from carrel.k8s.namespaces import labels_to_set, made_by_others


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """Each is there, with the labels by which the mesh and Pod Security know it."""
    if NAMESPACES not in seen.lists:
        return
    live = seen.named(NAMESPACES)
    values = site.resolved.values
    used = {each.namespace for each in site.contents.objects}
    for role, name in sorted(made_by_others(values).items()):
        if name not in used:
            continue
        path: Path = ("namespaces", role, "create")
        if name not in live:
            yield site.error(
                "E560", f"Namespace {name} is not in the cluster", "make it, or write true", path
            )
            continue
        own = labels(descend(live[name], "metadata", "labels"))
        wanted = labels_to_set(values, role)
        missing = [f"{key}={value}" for key, value in wanted.items() if own.get(key) != value]
        if missing:
            yield site.error(
                "E561",
                f"Namespace {name} lacks {', '.join(missing)}",
                f"kubectl label --overwrite namespace {name} {' '.join(missing)}",
                path,
            )

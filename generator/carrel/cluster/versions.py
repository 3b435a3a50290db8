"""Kubernetes, Istio and cert-manager, in versions that the site was checked for."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from carrel.cluster.observation import DEPLOYMENTS, MUTATING, Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, labels, mappings, text
from carrel.tools.version import Version

_REVISION, _TAG = "istio.io/rev", "istio.io/tag"

PROVED: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"Istio": (1, 30), "cert-manager": (1, 20)}
)
"""The minor versions whose API the rendered objects are checked against."""


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """The API server has the site's version, and the prerequisites have the proved ones."""
    wanted = site["kubernetes"]["version"]
    if seen.version and seen.version != wanted:
        yield site.error(
            "E501",
            f"the cluster is Kubernetes {seen.version}, and the site is checked for {wanted}",
            f'write kubernetes.version: "{seen.version}"',
            ("kubernetes", "version"),
        )
    for program, deployments in (
        ("Istio", istiods(seen, site)),
        ("cert-manager", cert_managers(seen)),
    ):
        proved = PROVED[program]
        for deployment in deployments:
            version = version_of(deployment)
            if version is not None and (version.major, version.minor) != proved:
                namespace = text(descend(deployment, "metadata").get("namespace"))
                yield site.warning(
                    "W503",
                    f"{program} in namespace {namespace} is {version}, and Carrel is proved with "
                    f"{proved[0]}.{proved[1]}",
                    "try the site on a cluster of that kind before you rely on it",
                )


def istiods(seen: Observation, site: RenderedSite) -> list[Fields]:
    """The Deployments of the istiod whose revision, or a tag of it, the site's namespaces name."""
    mesh = site["mesh"]
    revision = mesh["revision"] or "default"
    asked = {
        (text(service.get("namespace")), text(service.get("name")))
        for config in injectors(seen, revision)
        if (service := descend(config, "service"))
    }
    found = []
    for deployment in _labelled(seen, "app", "istiod"):
        metadata = descend(deployment, "metadata")
        place = (text(metadata.get("namespace")), text(metadata.get("name")))
        own = labels(metadata.get("labels")).get(_REVISION, "default")
        if place[0] == mesh["namespace"] and (own == revision or place in asked):
            found.append(deployment)
    return found


def injectors(seen: Observation, revision: str) -> list[Fields]:
    """How the webhooks are reached that inject the sidecars of a revision, or of a tag of one.

    Istio labels their configurations, and its Service and Deployment have one name (charts
    istiod, `mutatingwebhook.yaml` and `revision-tags-mwc.yaml`, and base).
    """
    return [
        descend(webhook, "clientConfig")
        for body in seen.lists.get(MUTATING, ())
        for own in [labels(descend(body, "metadata", "labels"))]
        if own.get("app") == "sidecar-injector" and revision in (own.get(_TAG), own.get(_REVISION))
        for _, webhook in mappings(body.get("webhooks"))
    ]


def cert_managers(seen: Observation) -> list[Fields]:
    """The Deployments of cert-manager's controller, labelled so by its chart and its manifest."""
    return _labelled(seen, "app.kubernetes.io/name", "cert-manager")


def version_of(deployment: Fields) -> Version | None:
    """What a Deployment runs: the version in its first image's tag, or in its label."""
    containers = descend(deployment, "spec", "template", "spec").get("containers")
    for _, container in mappings(containers):
        tag = text(container.get("image")).partition("@")[0].rpartition(":")[2]
        if found := Version.find(tag):
            return found
    said = labels(descend(deployment, "metadata", "labels")).get("app.kubernetes.io/version", "")
    return Version.find(said)


def _labelled(seen: Observation, label: str, value: str) -> list[Fields]:
    return [
        deployment
        for deployment in seen.lists.get(DEPLOYMENTS, ())
        if labels(descend(deployment, "metadata", "labels")).get(label) == value
    ]

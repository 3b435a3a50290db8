"""What a site's cluster is prepared with, of the charts of others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from carrel.k8s.fields import descend, text
from carrel.k8s.images import ImageUse
from carrel.k8s.objects import RenderedObject
from carrel.prerequisites.cert_manager import cert_manager
from carrel.prerequisites.charts import Prerequisite, Registry
from carrel.prerequisites.gpu_operator import gpu_operator, granted_resources
from carrel.prerequisites.istio import istio
from carrel.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is installed before Carrel.

    Attributes:
        kubernetes: minor version of the cluster.
        login: names of the Secrets with the login to the site's registry.
        prerequisites: in the order of installation, less those that are somebody else's.
    """

    kubernetes: str = ""
    login: tuple[str, ...] = ()
    prerequisites: tuple[Prerequisite, ...] = ()

    def images(self) -> Iterator[ImageUse]:
        """Every image that they start, and the release that does."""
        for each in self.prerequisites:
            for release in each.releases:
                for reference in release.images:
                    yield ImageUse(reference, f"prerequisites/{each.name} {release.name}")


NOTHING = Preparation()
"""Where everything is somebody else's."""


def preparation(
    values: Mapping[str, object], objects: Iterable[RenderedObject], upstream: Upstream
) -> Preparation:
    """The preparation of a site.

    Args:
        values: those of the site, resolved.
        objects: what they render.
        upstream: versions and images.
    """
    charts, found = upstream.charts, []
    if _enabled(values, "istio"):
        found.append(istio(values, objects, charts["istio"]))
    if _enabled(values, "certManager") and _signs_certificates(values):
        found.append(cert_manager(values, charts["certManager"]))
    if _enabled(values, "gpuOperator") and granted_resources(values):
        found.append(gpu_operator(values, charts["gpuOperator"]))
    kubernetes = text(descend(values, "kubernetes").get("version"))
    return Preparation(kubernetes, tuple(Registry.of(values).login()), tuple(found))


def _enabled(values: Mapping[str, object], name: str) -> bool:
    return descend(values, "prerequisites", name).get("enabled") is True


def _signs_certificates(values: Mapping[str, object]) -> bool:
    return descend(values, "certificates").get("mode") == "certManager"

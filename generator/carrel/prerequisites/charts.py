"""What is known of a chart that is installed before Carrel."""

from collections.abc import Mapping
from dataclasses import dataclass

from carrel.k8s.fields import descend, strings
from carrel.k8s.images import written
from carrel.upstream import Image


@dataclass(frozen=True, slots=True)
class ChartRelease:
    """One Helm release of somebody else's chart.

    Attributes:
        name: of the release.
        chart: its name in the repository.
        namespace: that it is installed in.
        values: all that differs from the chart's own.
        images: what it starts, as references of the site.
        waits: whether Helm is to wait until all of it is ready.
        has_deployments: whether any of its pods are those of a Deployment.
        has_crds: whether the chart keeps definitions of custom resources apart, with objects of
            these kinds among its templates.
    """

    name: str
    chart: str
    namespace: str
    values: Mapping[str, object]
    images: tuple[str, ...] = ()
    waits: bool = True
    has_deployments: bool = True
    has_crds: bool = False


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A program that Carrel needs in the cluster.

    Attributes:
        name: its folder.
        title: its name for people.
        version: of its charts.
        repository: address of the repository that they are in.
        releases: in the order of installation.
    """

    name: str
    title: str
    version: str
    repository: str
    releases: tuple[ChartRelease, ...]

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Those of its releases, each once."""
        return tuple(dict.fromkeys(release.namespace for release in self.releases))


@dataclass(frozen=True, slots=True)
class Registry:
    """Where a site pulls images from, as its `images` say."""

    settings: Mapping[str, object]

    @classmethod
    def of(cls, values: Mapping[str, object]) -> "Registry":
        """That of a site's values."""
        return cls(descend(values, "images"))

    def reference(self, image: Image) -> str:
        """The whole reference of an image."""
        return written(image.block(), self.settings)

    def place(self, image: Image) -> tuple[str, str]:
        """The folder that a registry has an image in, host included, and its name there."""
        block = {"registry": image.registry, "repository": image.repository}
        folder, _, name = written(block, self.settings).rpartition("/")
        return folder, name

    def login(self) -> list[str]:
        """Names of the Secrets with the login."""
        return strings(self.settings.get("pullSecrets"))

    def login_references(self) -> list[dict[str, str]]:
        """The same as a pod refers to them."""
        return [{"name": name} for name in self.login()]


def without_empty(values: Mapping[str, object]) -> dict[str, object]:
    """Values without texts, maps and lists that are empty, at any depth of maps."""
    kept: dict[str, object] = {}
    for key, value in values.items():
        below = without_empty(value) if isinstance(value, dict) else value
        if below not in ("", {}, []):
            kept[key] = below
    return kept

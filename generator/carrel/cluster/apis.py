"""The kinds that the site's objects are of."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from carrel.cluster.observation import Observation, group_path
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import target_title

_BROUGHT_BY: Mapping[str, str] = MappingProxyType(
    {"istio.io": "install Istio first", "cert-manager.io": "install cert-manager first"}
)
"""End of an API group → what to do."""


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """The cluster serves each of them, but for those whose CRDs are part of the site."""
    objects = site.contents.objects
    own = {each.name.partition(".")[2] for each in objects if each.is_crd}
    first: dict[tuple[str, str], RenderedObject] = {}
    for rendered in objects:
        if rendered.group not in own:
            first.setdefault((rendered.api_version, rendered.kind), rendered)
    for (version, kind), rendered in sorted(first.items()):
        if (version, kind) in seen.resources or group_path(version) in seen.hidden:
            continue
        yield site.error(
            "E502",
            f"the cluster does not serve {kind} of {version}, which "
            f"{target_title(rendered.identity)} is",
            _remedy(rendered.group),
        )


def _remedy(group: str) -> str:
    for end, remedy in _BROUGHT_BY.items():
        if group == end or group.endswith(f".{end}"):
            return remedy
    return f"install what brings the API group {group}"

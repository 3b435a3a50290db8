"""Routes behind the same gateway."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import descend, mapping, mappings, strings, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places, title

_MESH = "mesh"
"""What Istio calls the sidecars among the gateways of a VirtualService."""


class Claim(NamedTuple):
    """Requests that a route takes: those to a host at a gateway whose path matches."""

    gateway: str
    host: str
    match: str
    path: str


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """E433: two VirtualServices take the same requests.

    Istio merges those of one host and gateway and does not promise an order (Istio, Traffic
    Management Best Practices), so that whoever wins may change with an upgrade of either. Matches
    by more than the path are not compared.
    """
    taken: dict[Claim, tuple[RenderedObject, Path]] = {}
    for rendered in objects:
        if (rendered.group, rendered.kind) == ("networking.istio.io", "VirtualService"):
            for where, claim in _claims(rendered):
                first = taken.setdefault(claim, (rendered, where))
                if first[0] is not rendered:
                    yield _shared(claim, first, (rendered, where), places)


def _shared(
    claim: Claim,
    first: tuple[RenderedObject, Path],
    second: tuple[RenderedObject, Path],
    places: Places,
) -> Diagnostic:
    """The report on the pair, at the site's own file if one of them comes from there."""
    swapped = first[0].is_extra and not second[0].is_extra
    (blamed, where), (other, _) = (first, second) if swapped else (second, first)
    message = f"{title(other)} takes requests for {claim.path} already"
    hint = "choose another path, or turn one of the two off"
    return places.report("E433", blamed, where, message, hint)


def _claims(rendered: RenderedObject) -> Iterator[tuple[Path, Claim]]:
    spec = descend(rendered.body, "spec")
    gateways = [
        gateway if "/" in gateway else f"{rendered.namespace}/{gateway}"
        for gateway in strings(spec.get("gateways"))
        if gateway != _MESH
    ]
    for position, route in mappings(spec.get("http")):
        for number, match in mappings(route.get("match")):
            if match.keys() == {"uri"}:
                for kind, path in mapping(match["uri"]).items():
                    where: Path = ("spec", "http", position, "match", number, "uri", kind)
                    for gateway in gateways:
                        for host in strings(spec.get("hosts")):
                            yield where, Claim(gateway, host, kind, text(path))

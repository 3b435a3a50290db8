"""Every object has one identity, and no two share it."""

from collections.abc import Iterable, Iterator

from carrel.diagnostics import Diagnostic
from carrel.k8s.kinds import is_namespaced
from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.places import Places, target_title


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with names and namespaces, across all releases of a site.

    E411: two objects are the same one for the API server: the second overwrites the first, or
    Helm refuses the release. E412: an object without a namespace lands wherever the person who
    installs it happens to be; one that cannot have a namespace is refused by strict clients.
    """
    seen: dict[Identity, RenderedObject] = {}
    for rendered in objects:
        first = seen.setdefault(rendered.identity, rendered)
        if first is not rendered:
            yield _duplicate(first, rendered, places)
        namespaced = is_namespaced(rendered.group, rendered.kind)
        if namespaced and not rendered.namespace:
            yield places.report(
                "E412", rendered, ("metadata",), "it has no namespace", "write metadata.namespace"
            )
        elif namespaced is False and rendered.namespace:
            message = f"a {rendered.kind} cannot have a namespace"
            yield places.report("E412", rendered, ("metadata", "namespace"), message, "remove it")


def _duplicate(first: RenderedObject, second: RenderedObject, places: Places) -> Diagnostic:
    """The report on the pair, at the site's own file if one of them comes from there."""
    blamed, other = (first, second) if first.is_extra and not second.is_extra else (second, first)
    release = f" in release {other.release}" if other.release != blamed.release else ""
    message = f"{target_title(other.identity)} is already rendered by {other.source}{release}"
    return places.report("E411", blamed, (), message, "give one of them another name")

"""References between objects, and those that lead nowhere.

A pod whose service account does not exist is never made, a route to a missing Service answers 503,
and a binding to a missing role grants nothing: Kubernetes accepts all three without a word.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from carrel.diagnostics import Diagnostic, Path, Severity
from carrel.k8s.fields import mapping
from carrel.k8s.kinds import Kind
from carrel.k8s.mesh_references import MESH_REFERENCES
from carrel.k8s.notebook_references import references_of_notebooks
from carrel.k8s.objects import Identity, RenderedObject, index
from carrel.k8s.places import Places, target_title
from carrel.k8s.platform_references import PLATFORM_REFERENCES
from carrel.k8s.pod_references import references_of_pods
from carrel.k8s.reference import Reference
from carrel.k8s.surroundings import Surroundings

_BY_KIND: dict[Kind, Callable[[RenderedObject, Surroundings], Iterator[Reference]]] = {
    **PLATFORM_REFERENCES,
    **MESH_REFERENCES,
}


@dataclass(frozen=True, slots=True)
class Dangling:
    """What the objects refer to and no object is.

    Attributes:
        diagnostics: mistakes.
        secrets: references to Secrets, which are never rendered.
        promised: objects that the site's values say are there, and where they say it.
    """

    diagnostics: tuple[Diagnostic, ...]
    secrets: tuple[Reference, ...]
    promised: tuple[tuple[Identity, Path], ...]


def references(rendered: RenderedObject, surroundings: Surroundings) -> Iterator[Reference]:
    """Every reference of one object to others of its cluster."""
    if rendered.namespace:
        target = Identity("", "Namespace", "", rendered.namespace)
        yield Reference(rendered, ("metadata", "namespace"), target)
    yield from references_of_pods(rendered)
    extract = _BY_KIND.get((rendered.group, rendered.kind))
    if extract is not None:
        yield from extract(rendered, surroundings)


def check(
    objects: Iterable[RenderedObject], surroundings: Surroundings, places: Places
) -> Dangling:
    """Follow every reference of all releases of a site.

    E420: the target does not exist. What we render names nothing in a namespace that is neither
    rendered nor in the site's values, so that no name stays behind when these change. E421: it
    lacks the key that is read. W420 and W421: the same, where an object of `extraObjects` refers
    to something that may be in the cluster already.
    """
    objects = tuple(objects)
    known = index(objects)
    issued = _issued_secrets(objects)
    ours = {identity.name for identity in known if identity.kind == "Namespace"}
    ours |= surroundings.own | {""}
    diagnostics: list[Diagnostic] = []
    secrets: list[Reference] = []
    promised: dict[Identity, Path] = {}
    for reference in _all_references(objects, surroundings):
        target = known.get(reference.target)
        if target is not None:
            diagnostics += _missing_keys(reference, target, places)
            continue
        made = reference.target in issued or surroundings.makes(reference.target)
        if made or reference.optional:
            continue
        where = surroundings.promise(reference.target)
        if reference.target.kind == "Secret":
            by_site = reference.source.is_extra or where is not None
            secrets.append(replace(reference, by_site=by_site))
        elif where is not None:
            promised[reference.target] = where
        elif reference.target.namespace in ours or _is_lost(reference, surroundings):
            diagnostics.append(_missing(reference, places))
    return Dangling(tuple(diagnostics), tuple(secrets), tuple(sorted(promised.items())))


def _all_references(
    objects: Sequence[RenderedObject], surroundings: Surroundings
) -> Iterator[Reference]:
    for rendered in objects:
        yield from references(rendered, surroundings)
    yield from references_of_notebooks(objects)


def _issued_secrets(objects: Iterable[RenderedObject]) -> set[Identity]:
    """The Secrets that cert-manager writes for rendered Certificates."""
    return {
        Identity("", "Secret", rendered.namespace, str(name))
        for rendered in objects
        if (rendered.group, rendered.kind) == ("cert-manager.io", "Certificate")
        and (name := mapping(rendered.body.get("spec")).get("secretName"))
    }


def _is_lost(reference: Reference, surroundings: Surroundings) -> bool:
    """Whether we name something in a namespace that the site knows nothing of."""
    elsewhere = reference.target.namespace in surroundings.namespaces
    return not (reference.source.is_extra or reference.outside or elsewhere)


def _missing(reference: Reference, places: Places) -> Diagnostic:
    named = target_title(reference.target)
    if not reference.source.is_extra:
        message = f"refers to {named}, which does not exist"
        return places.report("E420", reference.source, reference.where, message, reference.hint)
    return places.report(
        "W420",
        reference.source,
        reference.where,
        f"refers to {named}, which this site does not render",
        "it has to be in the cluster beforehand",
        Severity.WARNING,
    )


def _missing_keys(
    reference: Reference, target: RenderedObject, places: Places
) -> Iterator[Diagnostic]:
    if reference.optional or not reference.keys:
        return
    has: set[str] = set()
    for field in ("data", "binaryData", "stringData"):
        has |= mapping(target.body.get(field)).keys()
    for key in reference.keys:
        if key not in has:
            extra = reference.source.is_extra
            yield places.report(
                "W421" if extra else "E421",
                reference.source,
                reference.where,
                f"{target_title(reference.target)} has no key {key!r}",
                f"its keys are {', '.join(sorted(has))}" if has else "it has no keys",
                Severity.WARNING if extra else Severity.ERROR,
            )

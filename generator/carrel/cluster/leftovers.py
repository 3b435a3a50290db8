"""What an earlier installation left behind and a new one would stumble over."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from carrel.cluster.observation import Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, labels, mappings, strings, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import target_title
from carrel.release import NAMESPACE

_RELEASE, _OF = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"

_APPLIERS = frozenset({"helm", "argocd-controller", "kustomize-controller"})
"""Field managers that apply a site's files: kubectl's as README has it, Argo CD's (its
`common.ArgoCDSSAManager`) and that of Flux."""

_HOLDS: Mapping[str, str] = MappingProxyType(
    {
        "CustomResourceDefinition": "every object of its kind",
        "Namespace": "everything in it",
        "PersistentVolumeClaim": "its data",
        "Profile": "the namespace with everything in it",
    }
)
"""Kind → what goes with an object of it."""


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """Helm may adopt what is there, nothing is half deleted, and no operation is half done."""
    applied: list[str] = []
    for rendered in site.contents.objects:
        body = seen.present.get(rendered.identity)
        if body is None:
            continue
        metadata, what = descend(body, "metadata"), target_title(rendered.identity)
        owner = _owner(metadata)
        if metadata.get("deletionTimestamp"):
            held = ", ".join(strings(metadata.get("finalizers"))) or "what is in it"
            yield site.error(
                "E531",
                f"{what} is being deleted, and is held by {held}",
                "let the deletion end first",
            )
        elif owner == (rendered.release, NAMESPACE):
            continue
        elif not all(owner) and _is_applied(metadata):
            applied.append(what)
        else:
            yield _foreign(site, rendered, owner)
    if applied:
        some = f"{applied[0]} was"
        if len(applied) > 1:
            more = "1 more object" if len(applied) == 2 else f"{len(applied) - 1} more objects"
            some = f"{applied[0]} and {more} of the site were"
        yield site.warning(
            "W530",
            f"{some} applied without Helm, which refuses to touch what it did not make",
            "go on without Helm, or give helm --take-ownership once",
        )
    yield from _releases(seen, site)


def _owner(metadata: Fields) -> tuple[str, str]:
    """The Helm release that an object says it belongs to, and the release's namespace."""
    annotations = labels(metadata.get("annotations"))
    return annotations.get(_RELEASE, ""), annotations.get(_OF, "")


def _is_applied(metadata: Fields) -> bool:
    """Whether it comes of a site's files: by its labels, or by who applied it where it has none."""
    own = labels(metadata.get("labels"))
    if own.get("helm.sh/chart", "").startswith("carrel-"):
        return True
    if own.get("app.kubernetes.io/part-of") == "carrel":
        return True
    return any(
        each.get("operation") == "Apply" and each.get("manager") in _APPLIERS
        for _, each in mappings(metadata.get("managedFields"))
    )


def _foreign(site: RenderedSite, rendered: RenderedObject, owner: tuple[str, str]) -> Diagnostic:
    whose = "was made by somebody else"
    if all(owner):
        whose = f"belongs to Helm release {'/'.join(reversed(owner))}"
    hint = (
        "delete it, or let Helm adopt it with --take-ownership once it is known to be replaceable"
    )
    if rendered.kind in _HOLDS:
        hint = (
            "let Helm adopt it with --take-ownership, and do not delete it: "
            f"{_HOLDS[rendered.kind]} would go with it"
        )
    return site.error(
        "E530", f"{target_title(rendered.identity)} is there already and {whose}", hint
    )


def _releases(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """The last operation of each of the site's releases has ended."""
    last: dict[str, tuple[int, str]] = {}
    for record in seen.records:
        name, version = text(record.get("name")), text(record.get("version"))
        if version.isdigit():
            revision = (int(version), text(record.get("status")))
            last[name] = max(last.get(name, revision), revision)
    for release, _ in site.contents.releases:
        _, status = last.get(release.name, (0, ""))
        if status.startswith("pending-") or status == "uninstalling":
            yield site.error(
                "E532",
                f"release {release.name} is {status}: an operation of Helm was ended midway",
                f"helm rollback {release.name} -n {NAMESPACE}, or helm uninstall it if it was "
                "never installed",
            )

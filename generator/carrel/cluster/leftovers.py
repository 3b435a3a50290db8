"""What an earlier installation left behind and a new one would stumble over."""

from collections.abc import Iterator

from carrel.cluster.observation import Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, labels, strings, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import target_title
from carrel.release import NAMESPACE

_RELEASE, _OF = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """Helm may adopt what is there, nothing is half deleted, and no operation is half done."""
    for rendered in site.contents.objects:
        body = seen.present.get(rendered.identity)
        if body is not None:
            yield from _object(rendered, body, site)
    for record in seen.pending:
        name, status = text(record.get("name")), text(record.get("status"))
        yield site.error(
            "E532",
            f"release {name} is {status}: an operation of Helm was ended midway",
            f"helm rollback {name} -n {NAMESPACE}, or helm uninstall it if it was never installed",
        )


def _object(rendered: RenderedObject, body: Fields, site: RenderedSite) -> Iterator[Diagnostic]:
    metadata = descend(body, "metadata")
    what = target_title(rendered.identity)
    if metadata.get("deletionTimestamp"):
        held = ", ".join(strings(metadata.get("finalizers"))) or "what is in it"
        yield site.error(
            "E531", f"{what} is being deleted, and is held by {held}", "let the deletion end first"
        )
        return
    annotations = labels(metadata.get("annotations"))
    owner = (annotations.get(_RELEASE, ""), annotations.get(_OF, ""))
    if owner == (rendered.release, NAMESPACE):
        return
    whose = f"belongs to Helm release {'/'.join(reversed(owner))}" if all(owner) else ""
    ours = labels(metadata.get("labels")).get("helm.sh/chart", "").startswith("carrel-")
    if ours and not whose:
        yield site.warning(
            "W530",
            f"{what} was applied by kubectl, and Helm refuses to touch it",
            "go on with kubectl, or give helm --take-ownership once",
        )
        return
    yield site.error(
        "E530",
        f"{what} is there already and {whose or 'was made by somebody else'}",
        "delete it, or let Helm adopt it with --take-ownership once it is known to be replaceable",
    )

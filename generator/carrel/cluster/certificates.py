"""cert-manager, without which no webhook of the site gets a certificate."""

from collections.abc import Iterator

from carrel.cluster.observation import DEPLOYMENTS, Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.cluster.versions import cert_managers
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import descend, text
from carrel.k8s.places import target_title

_GROUP = "cert-manager.io"


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """cert-manager works, where the site has something for it to do."""
    wanted = [each for each in site.contents.objects if each.kind == "Certificate"]
    wanted = [each for each in wanted if each.group == _GROUP]
    if not wanted or DEPLOYMENTS not in seen.lists:
        return
    what = target_title(wanted[0].identity)
    found = cert_managers(seen)
    if not found:
        yield site.warning(
            "W511",
            f"no Deployment is labelled as cert-manager, which issues {what}",
            "see that cert-manager runs",
        )
    elif not any(descend(each, "status").get("availableReplicas") for each in found):
        namespace = text(descend(found[0], "metadata").get("namespace"))
        yield site.error(
            "E511",
            f"cert-manager in namespace {namespace} has no ready pod, so {what} would never be "
            "issued",
            f"look at kubectl get pods -n {namespace}",
        )

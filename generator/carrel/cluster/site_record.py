"""Whose cluster it is: the chart writes the site's name into a ConfigMap of each release."""

from collections.abc import Iterator

from carrel.cluster.observation import Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, labels, text
from carrel.k8s.objects import Identity
from carrel.k8s.places import target_title

_LABELS = {"app.kubernetes.io/part-of": "carrel", "app.kubernetes.io/component": "site"}


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """No other site is installed there. Said once, however many releases it has."""
    for identity, live in sorted(seen.present.items(), key=lambda item: item[0].name):
        other = text(descend(live, "data").get("site")) if _is_record(identity, live) else ""
        if other and other != site.contents.site:
            yield site.error(
                "E509",
                f"the cluster belongs to site {other}, says {target_title(identity)}, and "
                f"this is site {site.contents.site}",
                "name the site's own cluster with --context, or delete the ConfigMap once "
                f"{other} is gone",
            )
            return


def _is_record(identity: Identity, live: Fields) -> bool:
    """Whether it is what chart/templates/site/configmap.yaml makes, in whichever namespace."""
    own = labels(descend(live, "metadata", "labels"))
    return identity.kind == "ConfigMap" and _LABELS.items() <= own.items()

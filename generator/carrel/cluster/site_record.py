"""Whose cluster it is: the chart writes the site's name into a ConfigMap of each release."""

from collections.abc import Iterator

from carrel.cluster.observation import Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import descend, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import target_title


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """No other site is installed there. Said once, however many releases it has."""
    for rendered in filter(_is_record, site.contents.objects):
        live = seen.present.get(rendered.identity, {})
        other = text(descend(live, "data").get("site"))
        if other and other != site.contents.site:
            yield site.error(
                "E509",
                f"the cluster belongs to site {other}, says {target_title(rendered.identity)}, and "
                f"this is site {site.contents.site}",
                "name the site's own cluster with --context, or delete the ConfigMap once "
                f"{other} is gone",
            )
            return


def _is_record(rendered: RenderedObject) -> bool:
    """Whether it is what chart/templates/site/configmap.yaml makes."""
    return (rendered.kind, rendered.name) == ("ConfigMap", f"{rendered.release}-site")

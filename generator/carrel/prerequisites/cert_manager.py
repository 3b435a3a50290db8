"""cert-manager's chart for a site."""

from collections.abc import Mapping

from carrel.prerequisites.charts import ChartRelease, Prerequisite, Registry, without_empty
from carrel.upstream import Chart

_NAMESPACE = "cert-manager"


def cert_manager(values: Mapping[str, object], chart: Chart) -> Prerequisite:
    """cert-manager for a site.

    Args:
        values: those of the site, resolved.
        chart: version, repository and images. Its keys: the chart cert-manager of that version,
            whose images are all in one folder.
    """
    registry = Registry.of(values)
    folder, _ = registry.place(chart.images["controller"])
    host, _, namespace = folder.rpartition("/")
    chart_values = {
        # Kept when the release is removed: with them every certificate of the cluster would go.
        "crds": {"enabled": True, "keep": True},
        "imageRegistry": host,
        "imageNamespace": namespace,
        "global": {"imagePullSecrets": registry.login_references()},
    }
    images = tuple(sorted(registry.reference(image) for image in chart.images.values()))
    release = ChartRelease(
        "cert-manager", "cert-manager", _NAMESPACE, without_empty(chart_values), images
    )
    return Prerequisite("cert-manager", "cert-manager", chart.version, chart.repository, (release,))

"""NVIDIA's GPU operator for a site whose plans grant NVIDIA's cards."""

from collections.abc import Mapping

from carrel.k8s.fields import descend, text
from carrel.prerequisites.charts import ChartRelease, Prerequisite, Registry, without_empty
from carrel.upstream import Chart

_NAMESPACE = "gpu-operator"
_SLICE = "nvidia.com/mig-"

_OPERANDS: Mapping[str, tuple[str, ...]] = {
    "gpu-operator": ("operator", "validator", "nodeStatusExporter"),
    "container-toolkit": ("toolkit",),
    "k8s-device-plugin": ("devicePlugin", "gfd"),
    "dcgm-exporter": ("dcgmExporter",),
    "k8s-mig-manager": ("migManager",),
}
"""An image → the keys of the chart below which it is named; the chart has none for all of them."""

Values = Mapping[str, object]


def granted_resources(values: Values) -> frozenset[str]:
    """The resources of NVIDIA's cards of which some plan grants any."""
    return frozenset(
        resource
        for plan in descend(values, "plans").values()
        for resource, count in descend(plan, "quota", "gpus").items()
        if resource.startswith("nvidia.com/") and count
    )


def gpu_operator(values: Values, chart: Chart) -> Prerequisite:
    """The GPU operator for a site.

    Args:
        values: those of the site, resolved.
        chart: version, repository and images. Its keys: the chart gpu-operator of that version.
    """
    registry = Registry.of(values)
    operands: dict[str, object] = {
        key: _named(registry, chart, image) for image, keys in _OPERANDS.items() for key in keys
    }
    system = text(descend(values, "prerequisites", "gpuOperator").get("nodeSystem"))
    sliced = any(each.startswith(_SLICE) for each in granted_resources(values))
    discovery = chart.images["node-feature-discovery"]
    chart_values = {
        **operands,
        "driver": _driver(registry, chart, system),
        # A slice has a resource name of its own under strategy mixed alone.
        "mig": {"strategy": "mixed" if sliced else "single"},
        "node-feature-discovery": {
            "image": {"repository": "/".join(registry.place(discovery)), "tag": discovery.tag},
            "imagePullSecrets": registry.login_references(),
        },
    }
    release = ChartRelease(
        "gpu-operator",
        "gpu-operator",
        _NAMESPACE,
        without_empty(chart_values),
        tuple(sorted(_references(registry, chart, system))),
        has_crds=True,
    )
    return Prerequisite(
        "gpu-operator", "NVIDIA GPU operator", chart.version, chart.repository, (release,)
    )


def _named(registry: Registry, chart: Chart, image: str) -> dict[str, object]:
    """An image as the chart's components name theirs."""
    folder, name = registry.place(chart.images[image])
    version = chart.images[image].tag
    login: list[str] = registry.login()
    return {"repository": folder, "image": name, "version": version, "imagePullSecrets": login}


def _driver(registry: Registry, chart: Chart, system: str) -> Mapping[str, object]:
    if not system:
        return {"enabled": False}
    manager = _named(registry, chart, "k8s-driver-manager")
    # It starts in the driver's pod, which has the login, and the chart knows none of its own.
    del manager["imagePullSecrets"]
    return {"enabled": True, **_named(registry, chart, "driver"), "manager": manager}


def _references(registry: Registry, chart: Chart, system: str) -> set[str]:
    found = {*_OPERANDS, "node-feature-discovery", *(["k8s-driver-manager"] if system else [])}
    references = {registry.reference(chart.images[name]) for name in found}
    if system:
        references.add(f"{registry.reference(chart.images['driver'])}-{system}")
    return references

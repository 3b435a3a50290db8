"""Quotas that would be less than what a tenant has in use."""

from collections.abc import Iterator

from carrel.cluster.observation import Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, text
from carrel.k8s.quantities import quantity


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """Nobody is over their new quota: what runs goes on, and what stops does not start again."""
    for rendered in site.contents.objects:
        if rendered.kind != "ResourceQuota":
            continue
        live = seen.present.get(rendered.identity)
        used = descend(live, "status", "used") if live is not None else {}
        for name, hard in sorted(descend(rendered.body, "spec", "hard").items()):
            before, after = quantity(used.get(name)), quantity(hard)
            if before is None or after is None or before <= after:
                continue
            yield site.warning(
                "W550",
                f"tenant {rendered.namespace} uses {used.get(name)} of {name}, and would be "
                f"allowed {hard}: what runs goes on, but nothing that stops starts again",
                "let the tenant stop something first, or grant more",
                _where(site, rendered.namespace, name),
            )


def _where(site: RenderedSite, tenant: str, resource: str) -> tuple[str, ...]:
    """The value that a row of a tenant's quota comes from."""
    tenants: Fields = site["tenants"]
    plan = text(descend(tenants, tenant).get("plan"))
    row = {
        "requests.cpu": ("cpu",),
        "requests.memory": ("memory",),
        "requests.storage": ("storage",),
        "persistentvolumeclaims": ("volumes",),
        "count/notebooks.kubeflow.org": ("notebooks",),
    }.get(resource, ("gpus", resource.removeprefix("requests.")))
    return ("plans", plan, "quota", *row)

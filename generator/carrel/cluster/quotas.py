"""Quotas that would be less than what a tenant has in use."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from carrel.cluster.observation import Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, text

_SUFFIXES = {
    **{"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate("kMGTPE", 1)},
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
}


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


def quantity(amount: object) -> Decimal | None:
    """The number that a quantity of Kubernetes is, None for what is none.

    Source: k8s.io/apimachinery/pkg/api/resource/quantity.go.
    """
    written = text(amount) or (str(amount) if isinstance(amount, int | float) else "")
    digits = written.rstrip("".join(_SUFFIXES))
    factor = _SUFFIXES.get(written[len(digits) :])
    try:
        return None if factor is None else Decimal(digits) * factor
    except InvalidOperation:
        return None


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

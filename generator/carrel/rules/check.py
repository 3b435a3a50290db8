"""Running every rule over a site's values."""

from collections.abc import Callable, Iterator

from carrel.diagnostics import Diagnostic, ordered
from carrel.layers import Resolved
from carrel.rules import (
    catalogue,
    certificates,
    components,
    cookies,
    culling,
    extra_objects,
    gpus,
    identity,
    images,
    labels,
    login,
    namespaces,
    plans,
    pod_security,
    published_secrets,
    relaxations,
    resources,
    tenants,
    volumes,
)
from carrel.rules.values import Values

Rule = Callable[[Values], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    namespaces.check,
    identity.check,
    pod_security.check,
    resources.check,
    volumes.check,
    login.check,
    published_secrets.check,
    certificates.check,
    components.check,
    cookies.check,
    culling.check,
    catalogue.check,
    images.check,
    labels.check,
    plans.check,
    gpus.check,
    tenants.check,
    extra_objects.check,
    relaxations.check,
)


def check(resolved: Resolved) -> tuple[Diagnostic, ...]:
    """Findings on values that have passed the schema, all rules in one run."""
    values = Values(resolved)
    return ordered(finding for rule in RULES for finding in rule(values))

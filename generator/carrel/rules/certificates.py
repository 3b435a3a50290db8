"""Certificates of the webhooks."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values

WEBHOOKS = ("pvcviewerController", "podDefaults")
"""Components that the API server asks."""


def check(values: Values) -> Iterator[Diagnostic]:
    """Certificates of a site's own need their authority, or the API server trusts none of them."""
    certificates, components = values["certificates"], values["components"]
    asked = any(components[name]["enabled"] for name in WEBHOOKS)
    if certificates["mode"] == "existing" and asked and not certificates["caBundle"]:
        yield values.error(
            "E217",
            ("certificates", "caBundle"),
            "certificates.mode is existing and no authority is named; write the PEM text of the "
            "one that signed the webhooks' certificates",
        )

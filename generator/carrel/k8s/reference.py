"""One object naming another."""

from dataclasses import dataclass

from carrel.diagnostics import Path
from carrel.k8s.objects import Identity, RenderedObject

TLS = "kubernetes.io/tls"
"""Type of a Secret that holds a certificate and its key."""

REGISTRY_LOGIN = "kubernetes.io/dockerconfigjson"
"""Type of a Secret that holds the login to a registry."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One object naming another.

    Attributes:
        source: the object that names it.
        where: the field that does.
        target: what is named.
        keys: the keys of a ConfigMap or Secret that are read; empty when all are, or none.
        optional: whether the source does without it.
        secret_type: the type that a Secret must have, empty when any will do.
        hint: what to do when the target is missing.
        outside: whether something outside of the cluster may be meant instead.
        by_site: whether the site's author names the target, and not a template of ours.
    """

    source: RenderedObject
    where: Path
    target: Identity
    keys: tuple[str, ...] = ()
    optional: bool = False
    secret_type: str = ""
    hint: str = ""
    outside: bool = False
    by_site: bool = False

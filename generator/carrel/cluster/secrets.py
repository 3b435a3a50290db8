"""Secrets that the site needs and does not render."""

from collections.abc import Iterator

from carrel.cluster.observation import NAMESPACES, Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import descend, text
from carrel.secrets import RequiredSecret


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """Each is there, of the right type, with all keys that are read."""
    coming = {each.name for each in site.contents.objects if each.kind == "Namespace"}
    coming -= seen.named(NAMESPACES).keys()
    for secret in site.contents.secrets:
        place = (secret.namespace, secret.name)
        if f"{NAMESPACES}/{secret.namespace}/secrets/{secret.name}" in seen.hidden:
            continue
        if secret.namespace in coming and NAMESPACES in seen.lists:
            # Whoever made the namespace first would be in Helm's way.
            yield site.warning(
                "W520",
                f"Secret {secret.namespace}/{secret.name} is to be made once the site has made its "
                f"namespace: {_user(secret)} waits for it",
                secret.command(),
            )
            continue
        if place not in seen.secrets:
            yield site.error(
                "E520",
                f"Secret {secret.namespace}/{secret.name} is missing, which {_user(secret)} needs",
                secret.command(),
            )
            continue
        body = seen.secrets[place]
        kind = text(body.get("type"))
        missing = sorted(set(secret.keys) - descend(body, "data").keys())
        if kind != secret.type:
            message = f"is of type {kind}, and {_user(secret)} needs {secret.type}"
        elif missing:
            message = f"lacks {', '.join(missing)}, which {_user(secret)} reads"
        else:
            continue
        yield site.error(
            "E521",
            f"Secret {secret.namespace}/{secret.name} {message}",
            f"delete it and make it again: {secret.command()}",
        )


def _user(secret: RequiredSecret) -> str:
    return secret.used_by[0].partition(" spec")[0] if secret.used_by else "the site"

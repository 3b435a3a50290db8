"""Test code, never shipped: puts an authority into webhook configurations, as cert-manager does.

cert-manager's cainjector does so wherever `cert-manager.io/inject-ca-from` stands.
"""

import base64
from collections.abc import Iterable

from tests.cluster.api import Api, Body
from tests.cluster.stand_ins.reconciler import Controller, Key

_WANTED = "cert-manager.io/inject-ca-from"
_GROUP = "admissionregistration.k8s.io"
_RESOURCES = (
    f"mutatingwebhookconfigurations.{_GROUP}",
    f"validatingwebhookconfigurations.{_GROUP}",
)


def controllers(authority: bytes) -> list[Controller]:
    """The stand-in, for each kind. Takes the authority's certificate as PEM."""
    bundle = base64.b64encode(authority).decode()
    return [_controller(resource, bundle) for resource in _RESOURCES]


def _controller(resource: str, bundle: str) -> Controller:
    def keys(body: Body) -> Iterable[Key]:
        return [("", body["metadata"]["name"])]

    def reconcile(api: Api, key: Key) -> None:
        found = api.find(resource, key[1])
        if found is None or _WANTED not in found["metadata"].get("annotations", {}):
            return
        lacking = [
            position
            for position, webhook in enumerate(found["webhooks"])
            if webhook["clientConfig"].get("caBundle") != bundle
        ]
        if lacking:
            for position in lacking:
                found["webhooks"][position]["clientConfig"]["caBundle"] = bundle
            api.update(found)

    return Controller(f"cainjector {resource}", {resource: keys}, reconcile)

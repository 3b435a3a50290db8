"""Test code, never shipped: the reference by which an object goes with the one that owns it."""

from typing import Any

from tests.cluster.api import Body


def owner_reference(owner: Body, api_version: str) -> dict[str, Any]:
    """As a controller writes it into what it makes for `owner`."""
    return {
        "apiVersion": api_version,
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def owners(body: Body, kind: str) -> list[tuple[str, str]]:
    """Namespace and name of those owners of an object that are of a kind."""
    namespace = body["metadata"].get("namespace", "")
    return [
        (namespace, each["name"])
        for each in body["metadata"].get("ownerReferences", ())
        if each["kind"] == kind
    ]

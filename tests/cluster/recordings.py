"""Recordings of upstream's programs, and what of an object can be compared with them."""

import json
import re
from pathlib import Path
from typing import Any

from tests.cluster.api import Body

_DROPPED = {
    "clusterIP", "clusterIPs", "creationTimestamp", "currentRevision", "generation", "hostIP",
    "hostIPs", "managedFields", "nodeName", "podIP", "podIPs", "resourceVersion", "uid",
    "updateRevision", "controller-revision-hash", "observedGeneration", "maxUnavailable",
}  # fmt: skip
"""What differs from run to run, and what only some versions of Kubernetes fill in."""

_REPLACED = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    # Kubernetes 1.33 writes it otherwise.
    (re.compile(r"\b[Cc]reate Pod\b"), "create Pod"),
    (re.compile(r"no more than 63 (bytes|characters)"), "no more than 63 bytes"),
    (re.compile(r"kube-api-access-[a-z0-9]{5}"), "kube-api-access"),
    (re.compile(r"(?<= to )[a-z0-9-]+$"), "NODE"),
    (re.compile(r"(?<=m)-[0-9a-f]{9,10}(?=\")"), "-HASH"),
    # How many nodes there are, and why each does not fit, is up to the cluster.
    (re.compile(r"\d+/\d+ nodes are available: .*"), "NO NODE"),
)


def recording(root: Path, name: str) -> Any:
    """A recording below tests/fixtures/recorded."""
    return json.loads((root / "tests" / "fixtures" / "recorded" / f"{name}.json").read_text())


def comparable(value: Any) -> Any:
    """`value` without what varies, lists of conditions and empty maps brought into one form."""
    if isinstance(value, dict):
        found = {key: comparable(each) for key, each in value.items() if key not in _DROPPED}
        if "conditions" in found:
            found["conditions"].sort(key=lambda each: str(each.get("type")))
        return found
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if isinstance(value, str):
        for pattern, word in _REPLACED:
            value = pattern.sub(word, value)
    return value


def by_name(bodies: list[Body]) -> dict[str, Any]:
    """Objects in comparable form by name."""
    return {str(body["metadata"]["name"]): comparable(body) for body in bodies}
